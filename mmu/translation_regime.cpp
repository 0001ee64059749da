#include "mmu/translation_regime.h"

#include <algorithm>

#include "mmu/arch/sysreg_layout.h"

namespace mmu {

using arch::Granule;
using arch::SCTLR_EL1;
using arch::TCR_EL1;
using arch::TTBR_EL1;
using arch::u64;

namespace {

// TG0 and TG1 number the granules differently; reserved values act as 4K.
Granule granule_of_tg0(u64 tg0) { return tg0 == 1 ? Granule::k64K : tg0 == 2 ? Granule::k16K : Granule::k4K; }
Granule granule_of_tg1(u64 tg1) { return tg1 == 1 ? Granule::k16K : tg1 == 3 ? Granule::k64K : Granule::k4K; }

// Without FEAT_LVA and FEAT_TTST, TxSZ outside 16..39 acts as the nearest bound, one of the allowed choices.
unsigned input_bits_of(u64 txsz) { return 64 - static_cast<unsigned>(std::clamp<u64>(txsz, 16, 39)); }

unsigned output_bits_of(u64 ips) {
    constexpr unsigned kBits[] = {32, 36, 40, 42, 44, 48, 48, 48};
    return kBits[ips & 7];
}

bool is_write_back(u64 rgn) { return rgn == 1 || rgn == 3; }

// The two halves of TCR_EL1, one layout.
struct HalfFields {
    Granule granule;
    u64 txsz, epd, tbi, hpd, irgn, orgn;
};

WalkParams decode_half(const HalfFields& f, u64 ttbr, unsigned output_bits) {
    WalkParams p;
    p.granule = f.granule;
    p.input_bits = input_bits_of(f.txsz);
    p.start_level = arch::start_level(f.granule, p.input_bits);
    const u64 table_bytes = u64{8} << (p.input_bits - arch::level_shift(f.granule, p.start_level));
    const u64 base = TTBR_EL1::BADDR::get(ttbr) << 1;
    p.table_base = arch::align_down(base, std::max<u64>(table_bytes, 64));
    p.base_in_range = (p.table_base >> output_bits) == 0;
    p.walks_disabled = f.epd != 0;
    p.top_byte_ignored = f.tbi != 0;
    p.hierarchical_attributes = f.hpd == 0;
    p.copies_of_bit_55 = arch::low_mask(p.top_byte_ignored ? 56 : 64) & ~arch::low_mask(p.input_bits);
    p.write_back_walks = is_write_back(f.irgn) && is_write_back(f.orgn);
    return p;
}

}  // namespace

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
    out.output_bits = std::min(features.pa_bits, output_bits_of(T::IPS::get(tcr)));
    for (unsigned i = 0; i < 8; ++i) out.mair[i] = static_cast<arch::u8>(r.MAIR_EL1 >> (8 * i));
    const HalfFields low{granule_of_tg0(T::TG0::get(tcr)), T::T0SZ::get(tcr), T::EPD0::get(tcr), T::TBI0::get(tcr),
                         T::HPD0::get(tcr), T::IRGN0::get(tcr), T::ORGN0::get(tcr)};
    const HalfFields high{granule_of_tg1(T::TG1::get(tcr)), T::T1SZ::get(tcr), T::EPD1::get(tcr), T::TBI1::get(tcr),
                          T::HPD1::get(tcr), T::IRGN1::get(tcr), T::ORGN1::get(tcr)};
    out.half = {decode_half(low, r.TTBR0_EL1, out.output_bits), decode_half(high, r.TTBR1_EL1, out.output_bits)};
    return out;
}

}  // namespace mmu
