#include "mmu/walk/translation_regime.h"

#include <algorithm>

#include "mmu/arch/sysreg_layout.h"

namespace mmu {

using arch::AddressLayout;
using arch::Granule;
using arch::SCTLR_EL1;
using arch::TCR_EL1;
using arch::TTBR_EL1;
using arch::u64;

namespace {

// TG0 and TG1 number the granules differently. Reserved values, and granules that the core lacks, act as 4K.
Granule present(Granule granule, const MmuFeatures& features) {
    const bool absent = (granule == Granule::k16K && !features.granule_16k) || (granule == Granule::k64K && !features.granule_64k);
    return absent ? Granule::k4K : granule;
}
Granule granule_of_tg0(u64 tg0) { return tg0 == 1 ? Granule::k64K : tg0 == 2 ? Granule::k16K : Granule::k4K; }
Granule granule_of_tg1(u64 tg1) { return tg1 == 1 ? Granule::k16K : tg1 == 3 ? Granule::k64K : Granule::k4K; }

AddressLayout layout_of(Granule granule, u64 tcr, const MmuFeatures& features) {
    if (granule == Granule::k64K) return features.pa_bits > 48 ? AddressLayout::Bits52Lpa : AddressLayout::Bits48;
    const bool has_lpa2 = granule == Granule::k4K ? features.lpa2_4k : features.lpa2_16k;
    return has_lpa2 && TCR_EL1::DS::test(tcr) ? AddressLayout::Bits52Ds : AddressLayout::Bits48;
}

// The values of TxSZ that give a range. What lies outside faults where FEAT_LVA (below) or FEAT_TTST (above) says so; else
// it acts as the nearest bound, one of the allowed choices. Arm: AArch64.S1TxSZFaults, AArch64.S1MinTxSZ, AArch64.MaxTxSZ.
struct SizeLimits {
    u64 least, most;

    SizeLimits(Granule granule, AddressLayout layout, const MmuFeatures& features)
        : least{granule == Granule::k64K ? (features.lva ? 12u : 16u) : layout == AddressLayout::Bits52Ds ? 12u : 16u},
          most{!features.ttst ? 39u : granule == Granule::k64K ? 47u : 48u} {}

    [[nodiscard]] bool faults(u64 txsz, const MmuFeatures& features) const {
        return (txsz < least && features.lva) || (txsz > most && features.ttst);
    }
    [[nodiscard]] unsigned input_bits(u64 txsz) const { return 64 - static_cast<unsigned>(std::clamp(txsz, least, most)); }
};

// The two halves of TCR_EL1, one layout.
struct HalfFields {
    Granule granule;
    u64 txsz, epd, tbi, tbid, hpd, irgn, orgn, sh, e0pd;
};

// Bits 51:48 of the table's address are in 5:2 where the layout has such addresses (64K: and IPS allows them).
u64 base_of(u64 ttbr, const WalkParams& p) {
    const bool large = p.layout == AddressLayout::Bits52Ds || (p.layout == AddressLayout::Bits52Lpa && p.output_bits == 52);
    const u64 table_bytes = u64{8} << (p.input_bits - arch::level_shift(p.granule, p.start_level));
    const u64 base = TTBR_EL1::BADDR::get(ttbr) << 1;
    if (!large) return arch::align_down(base, table_bytes);
    return arch::align_down(base, std::max<u64>(table_bytes, 64)) | TTBR_EL1::BADDR_51_48::get(ttbr) << 48;
}

u64 copies_of_bit_55(unsigned input_bits, bool tag_ignored) {
    return arch::low_mask(tag_ignored ? 56 : 64) & ~arch::low_mask(input_bits);
}

WalkParams decode_half(const HalfFields& f, u64 ttbr, u64 tcr, const MmuFeatures& features) {
    WalkParams p;
    p.granule = present(f.granule, features);
    p.layout = layout_of(p.granule, tcr, features);
    const SizeLimits sizes{p.granule, p.layout, features};
    p.input_bits = sizes.input_bits(f.txsz);
    p.output_bits = output_bits_of(TCR_EL1::IPS::get(tcr), p.layout, features.pa_bits);
    p.start_level = arch::start_level(p.granule, p.input_bits);
    p.table_base = base_of(ttbr, p);
    p.base_in_range = (p.table_base >> p.output_bits) == 0;
    p.walks_disabled = f.epd != 0 || sizes.faults(f.txsz, features);
    p.el0_kept_out = features.e0pd && f.e0pd != 0;
    p.hierarchical_attributes = f.hpd == 0;
    p.write_back_walks = is_write_back(f.irgn) && is_write_back(f.orgn);
    p.shareability = static_cast<arch::u8>(f.sh);
    p.copies_of_bit_55 = {copies_of_bit_55(p.input_bits, f.tbi != 0),
                          copies_of_bit_55(p.input_bits, f.tbi != 0 && f.tbid == 0)};
    return p;
}

}  // namespace

unsigned output_bits_of(u64 ips, AddressLayout layout, unsigned pa_bits) {
    constexpr unsigned kBits[] = {32, 36, 40, 42, 44, 48, 52, 52};
    const unsigned expressible = layout == AddressLayout::Bits48 ? 48 : 52;
    return std::min({kBits[ips & 7], expressible, pa_bits});
}

TranslationRegime decode_regime(const RegimeRegisters& r, const MmuFeatures& features) {
    const u64 tcr = r.TCR_EL1;
    using T = TCR_EL1;
    TranslationRegime out;
    out.mmu_on = SCTLR_EL1::M::test(r.SCTLR_EL1);
    out.write_implies_xn = SCTLR_EL1::WXN::test(r.SCTLR_EL1);
    out.data_cacheable = SCTLR_EL1::C::test(r.SCTLR_EL1);
    out.fetch_cacheable = SCTLR_EL1::I::test(r.SCTLR_EL1);
    out.manages_access_flag = features.hafdbs >= 1 && T::HA::test(tcr);
    out.manages_dirty_state = features.hafdbs >= 2 && T::HD::test(tcr) && out.manages_access_flag;
    out.asid_mask = features.asid_bits == 16 && T::AS::test(tcr) ? 0xffff : 0x00ff;
    out.asid = static_cast<arch::u16>(TTBR_EL1::ASID::get(T::A1::test(tcr) ? r.TTBR1_EL1 : r.TTBR0_EL1) & out.asid_mask);
    out.pa_bits = features.pa_bits;
    for (unsigned i = 0; i < 8; ++i) out.mair[i] = static_cast<arch::u8>(r.MAIR_EL1 >> (8 * i));
    const HalfFields low{granule_of_tg0(T::TG0::get(tcr)), T::T0SZ::get(tcr), T::EPD0::get(tcr),
                         T::TBI0::get(tcr),                T::TBID0::get(tcr), T::HPD0::get(tcr),
                         T::IRGN0::get(tcr),               T::ORGN0::get(tcr), T::SH0::get(tcr), T::E0PD0::get(tcr)};
    const HalfFields high{granule_of_tg1(T::TG1::get(tcr)), T::T1SZ::get(tcr), T::EPD1::get(tcr),
                          T::TBI1::get(tcr),                T::TBID1::get(tcr), T::HPD1::get(tcr),
                          T::IRGN1::get(tcr),               T::ORGN1::get(tcr), T::SH1::get(tcr), T::E0PD1::get(tcr)};
    out.half = {decode_half(low, r.TTBR0_EL1, tcr, features), decode_half(high, r.TTBR1_EL1, tcr, features)};
    return out;
}

}  // namespace mmu
