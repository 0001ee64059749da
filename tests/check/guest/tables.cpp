#include "tests/check/guest/tables.h"

namespace {

constexpr unsigned kTables = 64;
constexpr u64 kAddress = 0x0000fffffffff000;
alignas(4096) u64 pool[kTables][512];
unsigned used = 0;

constexpr u64 kMair = 0xff;
// 48 bits of 4K pages below, nothing above; Write-Back Inner Shareable walks; 16-bit ASIDs in TTBR0_EL1; HA and HD.
constexpr u64 kTcr = 16 | 16 << 16 | 1 << 8 | 1 << 10 | 3 << 12 | 1 << 23 | u64{2} << 30 | u64{5} << 32 | u64{1} << 36 |
                     u64{1} << 39 | u64{1} << 40;

}  // namespace

u64 new_table() {
    for (unsigned i = 0; i < 512; ++i) pool[used][i] = 0;
    return reinterpret_cast<u64>(pool[used++]);
}

Slot descriptor(AddressSpace space, u64 va, int level) {
    Slot table = space.root;
    for (int l = 0; l < level; ++l) {
        Slot slot = &table[va >> (39 - 9 * l) & 511];
        if ((*slot & 3) != kTable) {
            *slot = new_table() | kTable;
            dsb_ishst();
            isb();
        }
        table = reinterpret_cast<Slot>(*slot & kAddress);
    }
    return &table[va >> (39 - 9 * level) & 511];
}

AddressSpace new_address_space(u64 asid) {
    const AddressSpace space{reinterpret_cast<Slot>(new_table()), asid};
    *descriptor(space, 0x40000000, 1) = 0x40000000 | kBlock | kNormal;
    *descriptor(space, kUserCode, 3) = reinterpret_cast<u64>(user_code) | kPage | kUserData | kReadOnly;
    dsb_ishst();
    return space;
}

void turn_mmu_on(AddressSpace space) {
    asm volatile("msr mair_el1, %0" : : "r"(kMair));
    asm volatile("msr tcr_el1, %0" : : "r"(kTcr));
    install(space);
    asm volatile("tlbi vmalle1\n\tdsb nsh\n\tisb" : : : "memory");
    u64 sctlr;
    asm volatile("mrs %0, sctlr_el1" : "=r"(sctlr));
    asm volatile("msr sctlr_el1, %0\n\tisb" : : "r"(sctlr | 1 | 1 << 2 | 1 << 12) : "memory");
}
