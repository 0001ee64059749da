#include "tests/check/guest/tables.h"

namespace {

constexpr unsigned kPoolWords = 1 << 16;
constexpr u64 kAddress = 0x0000fffffffff000;
alignas(65536) u64 pool[kPoolWords];
unsigned used = 0;
Layout layout = kPages4K;

constexpr u64 kMair = 0xff;
// Nothing above; Write-Back Inner Shareable walks; 16-bit ASIDs in TTBR0_EL1; HA and HD.
constexpr u64 kTcr = 16 << 16 | 1 << 8 | 1 << 10 | 3 << 12 | 1 << 23 | u64{2} << 30 | u64{1} << 36 | u64{1} << 39 | u64{1} << 40;

unsigned entries_shift() { return layout.page_shift - 3; }

u64 index_of(u64 va, int level) {
    return va >> (layout.page_shift + static_cast<unsigned>(3 - level) * entries_shift()) & ((1u << entries_shift()) - 1);
}

}  // namespace

void use_layout(const Layout& chosen) { layout = chosen; }

u64 new_table() {
    u64* const table = pool + used;
    used += 1u << entries_shift();
    for (u64* slot = table; slot != pool + used; ++slot) *slot = 0;
    return reinterpret_cast<u64>(table);
}

Slot descriptor(AddressSpace space, u64 va, int level) {
    Slot table = space.root;
    for (int l = layout.start_level; l < level; ++l) {
        Slot slot = &table[index_of(va, l)];
        if ((*slot & 3) != kTable) {
            *slot = new_table() | kTable;
            dsb_ishst();
            isb();
        }
        table = reinterpret_cast<Slot>(*slot & kAddress);
    }
    return &table[index_of(va, level)];
}

AddressSpace new_address_space(u64 asid) {
    const AddressSpace space{reinterpret_cast<Slot>(new_table()), asid};
    const u64 shareable = layout.has_shareability ? 0 : kShareable;
    *descriptor(space, 0x40000000, layout.block_level) = 0x40000000 | kBlock | (kNormal & ~shareable);
    *descriptor(space, kUserCode, 3) = reinterpret_cast<u64>(user_code) | kPage | ((kUserData | kReadOnly) & ~shareable);
    dsb_ishst();
    return space;
}

void turn_mmu_on(AddressSpace space) {
    asm volatile("msr mair_el1, %0" : : "r"(kMair));
    asm volatile("msr tcr_el1, %0" : : "r"(kTcr | layout.tcr));
    install(space);
    asm volatile("tlbi vmalle1\n\tdsb nsh\n\tisb" : : : "memory");
    u64 sctlr;
    asm volatile("mrs %0, sctlr_el1" : "=r"(sctlr));
    asm volatile("msr sctlr_el1, %0\n\tisb" : : "r"(sctlr | 1 | 1 << 2 | 1 << 12) : "memory");
}
