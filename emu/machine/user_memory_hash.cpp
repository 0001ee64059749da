#include "emu/machine/user_memory_hash.h"

#include <cstring>

#include "mmu/arch/descriptor.h"

namespace emu {

namespace {

constexpr auto kGranule = arch::Granule::k4K;
constexpr arch::u64 kPage = arch::page_size(kGranule);
constexpr unsigned kWords = kPage / 8;

class Hasher {
public:
    explicit Hasher(PhysicalMemory& memory) : memory_{memory} {}

    void table(arch::u64 pa, int level, arch::u64 va) {
        const arch::u8* entries = memory_.host(pa, kPage);
        if (entries == nullptr) return;
        for (arch::u64 i = 0; i < arch::entries_per_table(kGranule); ++i) {
            arch::Descriptor d;
            std::memcpy(&d.raw, entries + i * 8, 8);
            entry(d, level, va + (i << arch::level_shift(kGranule, level)));
        }
    }
    [[nodiscard]] arch::u64 value() const { return hash_; }

private:
    void entry(arch::Descriptor d, int level, arch::u64 va) {
        switch (d.type_at(kGranule, level)) {
            case arch::DescriptorType::Invalid: return;
            case arch::DescriptorType::Table: return table(d.next_table(kGranule), level + 1, va);
            case arch::DescriptorType::Block:
            case arch::DescriptorType::Page: break;
        }
        const arch::u64 pa = d.output_address(kGranule, level);
        for (arch::u64 at = 0; at < arch::level_size(kGranule, level); at += kPage) page(pa + at, va + at);
    }
    void page(arch::u64 pa, arch::u64 va) {
        const arch::u8* bytes = memory_.host(pa, kPage);
        if (bytes == nullptr) return;
        arch::u64 words[kWords];
        std::memcpy(words, bytes, kPage);
        arch::u64 any = 0;
        for (const arch::u64 w : words) any |= w;
        if (any == 0) return;
        add(va);
        for (const arch::u64 w : words) add(w);
    }
    void add(arch::u64 word) { hash_ = (hash_ ^ word) * 0x100000001b3; }

    PhysicalMemory& memory_;
    arch::u64 hash_{0xcbf29ce484222325};
};

}  // namespace

arch::u64 user_memory_hash(PhysicalMemory& memory, arch::u64 root) {
    Hasher hasher{memory};
    hasher.table(root, 0, 0);
    return hasher.value();
}

}  // namespace emu
