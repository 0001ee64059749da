#include "mmu/walk/stage2_regime.h"

#include <algorithm>
#include <optional>

#include "mmu/arch/stage2.h"

namespace mmu {

using arch::AddressLayout;
using arch::Granule;
using arch::HCR_EL2;
using arch::u64;
using arch::VTCR_EL2;
using arch::VTTBR_EL2;

namespace {

Granule granule_of(u64 tg0, const MmuFeatures& features) {
    if (tg0 == 1 && features.granule_64k) return Granule::k64K;
    return tg0 == 2 && features.granule_16k ? Granule::k16K : Granule::k4K;
}

AddressLayout layout_of(Granule granule, u64 vtcr, const MmuFeatures& features) {
    if (granule == Granule::k64K) return features.pa_bits > 48 ? AddressLayout::Bits52Lpa : AddressLayout::Bits48;
    const bool has_lpa2 = granule == Granule::k4K ? features.lpa2_4k : features.lpa2_16k;
    return has_lpa2 && VTCR_EL2::DS::test(vtcr) ? AddressLayout::Bits52Ds : AddressLayout::Bits48;
}

// The start level that SL0 and SL2 name, or nullopt: reserved, or more than the core's physical address size allows.
std::optional<int> start_level_of(u64 vtcr, Granule granule, AddressLayout layout, const MmuFeatures& features) {
    const u64 sl0 = VTCR_EL2::SL0::get(vtcr);
    const bool ds = layout == AddressLayout::Bits52Ds;
    switch (granule) {
        case Granule::k4K:
            if (ds && VTCR_EL2::SL2::test(vtcr)) return sl0 == 0 ? std::optional{-1} : std::nullopt;
            if (sl0 == 3) return features.ttst ? std::optional{3} : std::nullopt;
            if (sl0 == 2) return features.pa_bits >= 44 ? std::optional{0} : std::nullopt;
            return sl0 == 1 ? 1 : 2;
        case Granule::k16K:
            if (sl0 == 3) return ds ? std::optional{0} : std::nullopt;
            if (sl0 == 2) return features.pa_bits >= 42 ? std::optional{1} : std::nullopt;
            return sl0 == 1 ? 2 : 3;
        case Granule::k64K:
            if (sl0 == 3) return std::nullopt;
            if (sl0 == 2) return features.pa_bits >= 44 ? std::optional{1} : std::nullopt;
            return sl0 == 1 ? 2 : 3;
    }
    return std::nullopt;
}

// The start table must have at least two entries, and at most 16 tables' worth of them.
bool is_consistent(unsigned input_bits, Granule granule, int start_level) {
    const unsigned decided = arch::level_shift(granule, start_level);
    return input_bits > decided && input_bits <= decided + arch::level_bits(granule) + 4;
}

u64 least_t0sz(Granule granule, AddressLayout layout, const MmuFeatures& features) {
    const bool large = layout == AddressLayout::Bits52Ds || (granule == Granule::k64K && features.lva && features.pa_bits > 48);
    return std::max<u64>(large ? 12 : 16, 64 - features.pa_bits);
}

u64 base_of(u64 vttbr, const WalkParams& p) {
    const bool large = p.layout == AddressLayout::Bits52Ds || (p.layout == AddressLayout::Bits52Lpa && p.output_bits == 52);
    const u64 table_bytes = u64{8} << (p.input_bits - arch::level_shift(p.granule, p.start_level));
    const u64 base = VTTBR_EL2::BADDR::get(vttbr) << 1;
    if (!large) return arch::align_down(base, table_bytes);
    return arch::align_down(base, std::max<u64>(table_bytes, 64)) | VTTBR_EL2::BADDR_51_48::get(vttbr) << 48;
}

WalkParams decode_walk(const Stage2Registers& r, const MmuFeatures& features) {
    const u64 vtcr = r.VTCR_EL2;
    WalkParams p;
    p.granule = granule_of(VTCR_EL2::TG0::get(vtcr), features);
    p.layout = layout_of(p.granule, vtcr, features);
    const u64 most = !features.ttst ? 39u : p.granule == Granule::k64K ? 47u : 48u;
    const u64 t0sz = VTCR_EL2::T0SZ::get(vtcr);
    const u64 least = least_t0sz(p.granule, p.layout, features);
    p.input_bits = 64 - static_cast<unsigned>(std::clamp(t0sz, least, most));
    p.output_bits = output_bits_of(VTCR_EL2::PS::get(vtcr), p.layout, features.pa_bits);
    const auto level = start_level_of(vtcr, p.granule, p.layout, features);
    p.walks_disabled = t0sz < least || t0sz > most || !level || !is_consistent(p.input_bits, p.granule, *level);
    p.hierarchical_attributes = false;
    p.shareability = static_cast<arch::u8>(VTCR_EL2::SH0::get(vtcr));
    p.write_back_walks = is_write_back(VTCR_EL2::IRGN0::get(vtcr)) && is_write_back(VTCR_EL2::ORGN0::get(vtcr));
    if (p.walks_disabled) return p;
    p.start_level = *level;
    p.table_base = base_of(r.VTTBR_EL2, p);
    p.base_in_range = (p.table_base >> p.output_bits) == 0;
    return p;
}

}  // namespace

Stage2Regime decode_stage2(const Stage2Registers& r, const MmuFeatures& features) {
    Stage2Regime out;
    out.on = HCR_EL2::VM::test(r.HCR_EL2);
    if (!out.on) return out;
    out.forces_write_back = HCR_EL2::FWB::test(r.HCR_EL2);
    out.protects_walks = HCR_EL2::PTW::test(r.HCR_EL2);
    out.manages_access_flag = features.hafdbs >= 1 && VTCR_EL2::HA::test(r.VTCR_EL2);
    out.manages_dirty_state = features.hafdbs >= 2 && out.manages_access_flag && VTCR_EL2::HD::test(r.VTCR_EL2);
    const u64 vmid = VTTBR_EL2::VMID::get(r.VTTBR_EL2);
    out.vmid = static_cast<arch::u16>(VTCR_EL2::VS::test(r.VTCR_EL2) ? vmid : vmid & 0xff);
    out.walk = decode_walk(r, features);
    return out;
}

}  // namespace mmu
