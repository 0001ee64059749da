// Random registers, addresses and descriptors for comparisons with the oracle walkers.
#pragma once

#include <algorithm>
#include <unordered_map>

#include "mmu/check/oracle_walker.h"
#include "mmu/mmu.h"

namespace test {

using arch::u64;
using arch::u8;
using mmu::check::OracleAccess;
using mmu::check::OracleRegisters;

inline u64 scramble(u64 x) {
    x += 0x9e3779b97f4a7c15u;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

class Random {
public:
    explicit Random(u64 seed) : state_{seed} {}
    u64 next() { return scramble(state_++); }
    u64 below(u64 n) { return next() % n; }
    bool one_in(u64 n) { return below(n) == 0; }

private:
    u64 state_;
};

// TxSZ: mostly legal.
inline u64 random_size(Random& r, const OracleRegisters& features) {
    if (r.one_in(12)) return r.below(64);
    const u64 least = features.lva && r.one_in(2) ? 12 : 16;
    return least + r.below((features.ttst ? 49 : 40) - least);
}

inline OracleRegisters random_registers(Random& r) {
    OracleRegisters out;
    out.sctlr = 0x1005 | (r.one_in(4) ? u64{1} << 19 : 0);
    u64 tcr = r.next() & 0x0818'0760'f0c0'f080;                      // DS TBID HD HPD TBI TG1 SH1 A1 EPD1 TG0 SH0 EPD0
    if (!r.one_in(8)) tcr &= ~u64{0x0080'0080};                      // EPD is rare
    if (r.one_in(6)) tcr |= u64{1} << 55 | r.next() << 56 >> 63;     // E0PD0, E0PD1
    out.pa_bits = r.one_in(4) ? 40 : r.one_in(2) ? 48 : 52;
    out.lva = r.one_in(2);
    out.ttst = r.one_in(2);
    out.e0pd = r.one_in(2);
    out.lpa2_4k = out.pa_bits == 52 && r.one_in(2);
    out.lpa2_16k = out.pa_bits == 52 && r.one_in(2);
    tcr |= random_size(r, out) | random_size(r, out) << 16;          // T0SZ, T1SZ
    tcr |= u64{r.one_in(6) ? 0u : r.one_in(3) ? 5u : 6u} << 32 | u64{1} << 36;  // IPS, AS
    if (!r.one_in(3)) tcr |= u64{1} << 39;                           // HA
    if (!r.one_in(6)) tcr |= 0x0500'0500;                            // Write-Back walks
    out.tcr = tcr;
    out.ttbr0 = (r.next() & (r.one_in(10) ? 0x0000'ffff'ffff'fffe : 0x0000'0000'ffff'fffe)) | u64{1} << 48;
    out.ttbr1 = r.next() & 0x0000'0000'ffff'fffe;
    out.hafdbs = static_cast<unsigned>(r.below(3));
    return out;
}

inline u64 random_va(Random& r, u64 tcr) {
    const bool upper = r.one_in(2);
    const u64 size = (upper ? tcr >> 16 : tcr) & 63;
    const u64 inside = arch::low_mask(static_cast<unsigned>(64 - std::clamp<u64>(size, 12, 48)));
    u64 va = upper ? r.next() | ~inside : r.next() & inside;
    if (r.one_in(16)) va ^= u64{1} << (16 + r.below(39));  // perhaps out of range
    if (r.one_in(8)) va = (va & arch::low_mask(56)) | r.below(256) << 56;
    return va;
}

inline mmu::MmuFeatures features_of(const OracleRegisters& registers) {
    mmu::MmuFeatures out;
    out.pa_bits = registers.pa_bits;
    out.hafdbs = registers.hafdbs;
    out.lpa2_4k = registers.lpa2_4k;
    out.lpa2_16k = registers.lpa2_16k;
    out.lva = registers.lva;
    out.ttst = registers.ttst;
    out.e0pd = registers.e0pd;
    return out;
}

inline OracleAccess::Kind kind_of(mmu::AccessKind kind) {
    return kind == mmu::AccessKind::Load    ? OracleAccess::Kind::Read
           : kind == mmu::AccessKind::Store ? OracleAccess::Kind::Write
                                            : OracleAccess::Kind::Fetch;
}

}  // namespace test
