#include "kernel_model/mm/memory.h"
#include "kernel_model/mm/page_table.h"
#include "kernel_model/mm/pte.h"

namespace km {
namespace {

// FNV-1a over 64-bit words.
class Hash {
public:
    void add(u64 word) { value_ = (value_ ^ word) * 0x100000001b3; }
    [[nodiscard]] u64 value() const { return value_; }

private:
    u64 value_{0xcbf29ce484222325};
};

// Hardware may or may not have set these.
u64 without_flags(u64 leaf) {
    const Pte pte{leaf};
    const u64 read_only = pte_write(pte) ? PTE_RDONLY : 0;
    return pte.raw & ~(PTE_AF | PTE_DIRTY | read_only);
}

void add_table(Hash& hash, const u64* table, int level, u64 base) {
    for (u64 i = 0; i != PTRS_PER_PTE; ++i) {
        const u64 entry = port::load_descriptor(table + i);
        if (entry == 0) continue;
        const u64 address = base + (i << arch::level_shift(kGranule, level));
        hash.add(address | static_cast<u64>(level));
        hash.add(level == kPteLevel ? without_flags(entry) : entry);
        if (level != kPteLevel) add_table(hash, table_of(entry), level + 1, address);
    }
}

}  // namespace

u64 table_hash() {
    Hash hash;
    for (const AddressSpace* mm = all_address_spaces; mm != nullptr; mm = mm->next)
        add_table(hash, mm->pgd, kRootLevel, 0);
    return hash.value();
}

}  // namespace km
