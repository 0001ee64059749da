// TLBI instructions of EL1 as data: the guest encodes, the emulator decodes. Arm: "TLB maintenance
// instructions", TLBI <type>{IS|OS}, and their Xt formats.
#pragma once

#include <optional>

#include "mmu/arch/bits.h"
#include "mmu/arch/granule.h"

namespace arch {

enum class Shareability : u8 { NonShareable, InnerShareable, OuterShareable };

struct TlbInvalidation {
    enum class Scope : u8 {
        All,          // VMALLE1
        Asid,         // ASIDE1
        VaAsid,       // VAE1, VALE1 and their ranges: entries of the ASID, and global ones
        VaAllAsids,   // VAAE1, VAALE1 and their ranges
    };
    Scope scope{Scope::All};
    Shareability shareability{Shareability::NonShareable};
    bool last_level_only{false};
    bool is_range{false};
    u16 asid{0};
    u64 va{0};          // first byte, sign-extended from bit 55 of the operand; page aligned
    u64 bytes{0};       // length: one page of `granule`, or the range
    int ttl_level{-1};  // level hint 0..3, or -1: any level. FEAT_TTL and ranges
    Granule granule{Granule::k4K};
};

// (op1, CRn, CRm, op2) with op0 = 1: the operation part of a TLBI encoding of EL1.
struct TlbiOpcode {
    u8 op1, crn, crm, op2;
    friend constexpr bool operator==(TlbiOpcode, TlbiOpcode) = default;
};

namespace detail {
struct TlbiKind {
    u8 op2;
    TlbInvalidation::Scope scope;
    bool last_level;
};
// Single-address and whole operations: CRm 7 local, 3 IS, 1 OS (FEAT_TLBIOS), CRn 8.
inline constexpr TlbiKind kSingle[] = {
    {0, TlbInvalidation::Scope::All, false},        {1, TlbInvalidation::Scope::VaAsid, false},
    {2, TlbInvalidation::Scope::Asid, false},       {3, TlbInvalidation::Scope::VaAllAsids, false},
    {5, TlbInvalidation::Scope::VaAsid, true},      {7, TlbInvalidation::Scope::VaAllAsids, true},
};
// Range operations (FEAT_TLBIRANGE): CRm 6 local, 2 IS, 5 OS; op2 1,3,5,7 as above.

[[nodiscard]] constexpr std::optional<Shareability> single_share(u8 crm) {
    if (crm == 7) return Shareability::NonShareable;
    if (crm == 3) return Shareability::InnerShareable;
    if (crm == 1) return Shareability::OuterShareable;
    return std::nullopt;
}
[[nodiscard]] constexpr std::optional<Shareability> range_share(u8 crm) {
    if (crm == 6) return Shareability::NonShareable;
    if (crm == 2) return Shareability::InnerShareable;
    if (crm == 5) return Shareability::OuterShareable;
    return std::nullopt;
}
}  // namespace detail

// Operand fields. Single: ASID [63:48], TTL [47:44], VA[55:12] in [43:0].
// Range: ASID [63:48], TG [47:46], SCALE [45:44], NUM [43:39], TTL [38:37], BaseADDR [36:0].
struct TlbiOperand {
    using Asid = BitField<63, 48>;
    using Ttl = BitField<47, 44>;
    using Va = BitField<43, 0>;
    using TG = BitField<47, 46>;
    using Scale = BitField<45, 44>;
    using Num = BitField<43, 39>;
    using RangeTtl = BitField<38, 37>;
    using BaseAddr = BitField<36, 0>;
};

// TG and the TTL granule part: 1 = 4K, 2 = 16K, 3 = 64K.
[[nodiscard]] constexpr std::optional<Granule> granule_of_tg(u64 tg) {
    if (tg == 1) return Granule::k4K;
    if (tg == 2) return Granule::k16K;
    if (tg == 3) return Granule::k64K;
    return std::nullopt;
}
[[nodiscard]] constexpr u64 tg_of_granule(Granule g) { return g == Granule::k4K ? 1 : g == Granule::k16K ? 2 : 3; }

// What FEAT_LPA2 changes in operands.
struct LargeAddresses {
    bool has_lpa2{false};  // hints may name the levels that get leaves: 0 with 4K, 1 with 16K
    bool ds{false};        // TCR_EL1.DS: ranges start at a multiple of 64K, whatever the granule
};

// The level hint of a TTL field's low bits, or -1: none, or one of a level that has no leaves, which is ignored.
[[nodiscard]] constexpr int hinted_level(Granule g, u64 level, bool has_lpa2) {
    if (level == 0) return has_lpa2 && g == Granule::k4K ? 0 : -1;
    if (level == 1 && g == Granule::k16K && !has_lpa2) return -1;
    return static_cast<int>(level);
}

// Decodes one TLBI. `current` is the granule a single-page operation without TTL acts on; `has_ttl`
// says whether the core has FEAT_TTL (without it the TTL field is RES0 and ignored).
// nullopt: not a TLBI of EL1 (EL2 and stage-2 operations are not here), or a range operation with
// reserved TG, which the manual lets us treat as invalidating nothing.
[[nodiscard]] constexpr std::optional<TlbInvalidation> decode_tlbi(TlbiOpcode op, u64 xt, Granule current, bool has_ttl,
                                                                     LargeAddresses large = {}) {
    if (op.op1 != 0 || op.crn != 8) return std::nullopt;
    TlbInvalidation out;
    out.asid = static_cast<u16>(TlbiOperand::Asid::get(xt));
    out.granule = current;
    const auto single = detail::single_share(op.crm);
    const auto range = detail::range_share(op.crm);
    for (const auto& k : detail::kSingle) {
        if (k.op2 != op.op2) continue;
        out.scope = k.scope;
        out.last_level_only = k.last_level;
        const bool by_va = k.scope == TlbInvalidation::Scope::VaAsid || k.scope == TlbInvalidation::Scope::VaAllAsids;
        if (single) {
            out.shareability = *single;
            if (by_va) {
                out.va = static_cast<u64>(sign_extend(TlbiOperand::Va::get(xt), 44)) << 12;
                out.bytes = page_size(current);
                const u64 ttl = TlbiOperand::Ttl::get(xt);
                if (const auto g = granule_of_tg(ttl >> 2); has_ttl && g) {
                    out.granule = *g;
                    out.bytes = page_size(*g);
                    out.ttl_level = hinted_level(*g, ttl & 3, large.has_lpa2);
                }
                // VA bits below the granule are RES0, and ignored.
                out.va = align_down(out.va, out.bytes);
            }
            return out;
        }
        if (range && by_va) {
            const auto g = granule_of_tg(TlbiOperand::TG::get(xt));
            if (!g) return std::nullopt;
            out.shareability = *range;
            out.is_range = true;
            out.granule = *g;
            out.va = static_cast<u64>(sign_extend(TlbiOperand::BaseAddr::get(xt), 37)) << (large.ds ? 16 : page_shift(*g));
            const u64 num = TlbiOperand::Num::get(xt);
            const u64 scale = TlbiOperand::Scale::get(xt);
            out.bytes = (num + 1) << (5 * scale + 1 + page_shift(*g));
            const u64 ttl = TlbiOperand::RangeTtl::get(xt);
            if (ttl != 0) out.ttl_level = hinted_level(*g, ttl, large.has_lpa2);
            return out;
        }
    }
    return std::nullopt;
}

// Operands as a guest writes them. `ttl_level` 1..3, or 0 for no hint.
[[nodiscard]] constexpr u64 tlbi_va_operand(u64 va, u16 asid, Granule g, unsigned ttl_level) {
    const u64 ttl = ttl_level == 0 ? 0 : (tg_of_granule(g) << 2) | ttl_level;
    return TlbiOperand::Asid::make(asid) | TlbiOperand::Ttl::make(ttl) | TlbiOperand::Va::make(va >> 12);
}
[[nodiscard]] constexpr u64 tlbi_range_operand(u64 va, u16 asid, Granule g, unsigned scale, unsigned num, unsigned ttl_level) {
    return TlbiOperand::Asid::make(asid) | TlbiOperand::TG::make(tg_of_granule(g)) | TlbiOperand::Scale::make(scale) |
           TlbiOperand::Num::make(num) | TlbiOperand::RangeTtl::make(ttl_level) |
           TlbiOperand::BaseAddr::make(va >> page_shift(g));
}
// Pages that a range operation of (scale, num) covers.
[[nodiscard]] constexpr u64 tlbi_range_pages(unsigned scale, unsigned num) { return u64{num + 1} << (5 * scale + 1); }

}  // namespace arch
