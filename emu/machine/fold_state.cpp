#include "emu/machine/fold_state.h"

#include <algorithm>

namespace emu {

using arch::Descriptor;
using arch::TableFormat;
using arch::u64;

namespace {

constexpr const char* kNotFoldable = "not foldable";

using SoftwareDirty = arch::BitField<55>;  // Linux: PTE_DIRTY
using Special = arch::BitField<56>;        // Linux: PTE_SPECIAL

u64 address_bits(arch::AddressLayout layout) {
    if (layout == arch::AddressLayout::Bits52Ds) return arch::BitField<49, 12>::kMask | arch::BitField<9, 8>::kMask;
    return Descriptor::OutputAddress::kMask;
}

// What must be equal over a block: all but the address, the access flag and the dirty state. Linux: pte_mkold(pte_mkclean()).
u64 attributes_of(Descriptor d, arch::AddressLayout layout) {
    u64 raw = d.raw & ~(address_bits(layout) | Descriptor::AF::kMask | SoftwareDirty::kMask);
    if (Descriptor::DBM::test(raw)) raw |= Descriptor::AP2::kMask;
    return raw;
}

// Of memory that the guest knows no folios of, nothing is said.
const char* folio_reason(u64 first, u64 bytes, const FolioLookup& folio_of, TableFormat format) {
    const auto folio = folio_of(first);
    if (!folio) return nullptr;
    const u64 folio_bytes = arch::page_size(format.granule) << folio->order;
    if (folio_bytes < bytes) return "folio too small";
    return first + bytes > folio->first_pa + folio_bytes ? "different folios" : nullptr;
}

const char* frames_reason(std::span<const Descriptor> entries, TableFormat format) {
    const u64 page = arch::page_size(format.granule);
    const u64 first = entries[0].output_address(format.granule, arch::kLeafLevel, format.layout);
    if (first % (page * entries.size()) != 0) return "frames not aligned";
    for (std::size_t i = 1; i < entries.size(); ++i)
        if (entries[i].output_address(format.granule, arch::kLeafLevel, format.layout) != first + i * page) return "frames not contiguous";
    return nullptr;
}

}  // namespace

FoldState fold_state(std::span<const Descriptor> entries, TableFormat format, const FolioLookup& folio_of) {
    const auto is_valid = [&](Descriptor d) { return d.type_at(format.granule, arch::kLeafLevel, format.layout) == arch::DescriptorType::Page; };
    const auto valid = static_cast<std::size_t>(std::count_if(entries.begin(), entries.end(), is_valid));
    if (valid == 0) return {};
    const auto joined = static_cast<std::size_t>(
        std::count_if(entries.begin(), entries.end(), [&](Descriptor d) { return is_valid(d) && d.test<Descriptor::Contiguous>(); }));
    if (joined == entries.size()) return {"folded"};
    if (joined != 0) return {kNotFoldable, "Contiguous bit on some entries only"};
    if (valid != entries.size()) return {kNotFoldable, "hole"};
    if (std::any_of(entries.begin(), entries.end(), [](Descriptor d) { return d.test<Special>(); })) return {kNotFoldable, "special page"};
    const u64 first = entries[0].output_address(format.granule, arch::kLeafLevel, format.layout);
    if (const char* reason = folio_reason(first, arch::page_size(format.granule) * entries.size(), folio_of, format)) return {kNotFoldable, reason};
    if (const char* reason = frames_reason(entries, format)) return {kNotFoldable, reason};
    const u64 attributes = attributes_of(entries[0], format.layout);
    if (std::any_of(entries.begin(), entries.end(), [&](Descriptor d) { return attributes_of(d, format.layout) != attributes; }))
        return {kNotFoldable, "different permissions or attributes"};
    return {"foldable"};
}

}  // namespace emu
