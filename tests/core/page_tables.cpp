#include "tests/core/page_tables.h"

namespace core_test {

using emu::SysReg;

u64 PageTables::new_table() {
    const u64 table = next_;
    next_ += 0x1000;
    return table;
}

u64 PageTables::leaf(u64 va) {
    u64 table = (va >> 55 & 1) != 0 ? kTables + 0x1000 : kTables;
    for (unsigned shift = 39; shift > 12; shift -= 9) {
        const u64 entry = table + (va >> shift & 511) * 8;
        if (m_.peek<u64>(entry) == 0) m_.poke<u64>(entry, new_table() | 3);
        table = m_.peek<u64>(entry) & 0x0000fffffffff000;
    }
    return table + (va >> 12 & 511) * 8;
}

void PageTables::map(u64 va, u64 pa, u64 attributes) { m_.poke<u64>(leaf(va), pa | attributes | kValidPage); }

void PageTables::map_kernel() {
    for (u64 pa = kRam; pa < kRam + 0x200000; pa += 0x1000) map(pa, pa, kNormal | kUxn);
}

void PageTables::enable(u64 sctlr) {
    constexpr u64 kTcr = 16 | 16 << 16 | u64{2} << 30 | u64{5} << 32 | u64{1} << 36 |  // T0SZ, T1SZ, TG1, IPS, AS
                         0x3500 | u64{0x35} << 24;                                      // cacheable walks
    m_.set_sysreg(SysReg::MAIR_EL1, 0xff00);
    m_.set_sysreg(SysReg::TCR_EL1, kTcr);
    m_.set_sysreg(SysReg::TTBR0_EL1, kTables);
    m_.set_sysreg(SysReg::TTBR1_EL1, kTables + 0x1000);
    m_.set_sysreg(SysReg::SCTLR_EL1, m_.sysreg(SysReg::SCTLR_EL1) | 0x1005 | sctlr);  // I, C, M
}

}  // namespace core_test
