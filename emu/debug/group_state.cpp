#include "emu/debug/group_state.h"

#include <algorithm>
#include <optional>

namespace emu::debug {
namespace {

using arch::Descriptor;
using arch::u64;

struct NamedField {
    const char* name;
    u64 mask;
};
// Leaf fields that all entries of a group have in common. Not among them: the output address, the access flag and
// the dirty state (AP2 of a page with DBM, Linux's software bit 55), which change entry by entry.
constexpr NamedField kCommonFields[] = {
    {"AttrIndx", Descriptor::AttrIndx::kMask}, {"AP1", Descriptor::AP1::kMask},   {"SH", Descriptor::SH::kMask},
    {"nG", Descriptor::nG::kMask},             {"DBM", Descriptor::DBM::kMask},   {"PXN", Descriptor::PXN::kMask},
    {"UXN", Descriptor::UXN::kMask},           {"GP", Descriptor::GP::kMask},     {"NS", Descriptor::NS::kMask},
    {"a software bit", arch::BitField<58, 56>::kMask},
};

std::string entry(std::size_t i) { return "entry " + std::to_string(i); }

std::optional<std::string> attribute_conflict(Descriptor first, Descriptor other, std::size_t i) {
    for (const NamedField& f : kCommonFields) {
        if (((first.raw ^ other.raw) & f.mask) != 0) return entry(i) + " differs from the first in " + f.name;
    }
    const bool same_ap2 = first.test<Descriptor::AP2>() == other.test<Descriptor::AP2>();
    if (!same_ap2 && !first.test<Descriptor::DBM>()) return entry(i) + " differs from the first in AP2";
    return std::nullopt;
}

// Why the entries cannot be one translation.
std::optional<std::string> conflict(std::span<const Descriptor> entries, arch::Granule granule, int level) {
    for (std::size_t i = 0; i < entries.size(); ++i) {
        const auto type = entries[i].type_at(granule, level);
        if (type == arch::DescriptorType::Invalid) return entry(i) + " is invalid";
        if (type == arch::DescriptorType::Table) return entry(i) + " is a table";
    }
    const u64 size = arch::level_size(granule, level);
    const u64 base = entries[0].output_address(granule, level);
    for (std::size_t i = 1; i < entries.size(); ++i) {
        if (entries[i].output_address(granule, level) != base + i * size)
            return "the frame of " + entry(i) + " does not follow the one before";
        if (auto text = attribute_conflict(entries[0], entries[i], i)) return text;
    }
    if (!arch::is_aligned(base, size * entries.size())) return "the first frame is not aligned to the group's size";
    return std::nullopt;
}

}  // namespace

GroupJudgement judge_group(std::span<const Descriptor> entries, arch::Granule granule, int level) {
    const auto marked = static_cast<std::size_t>(std::ranges::count_if(entries, [&](Descriptor d) {
        const auto type = d.type_at(granule, level);
        const bool leaf = type == arch::DescriptorType::Page || type == arch::DescriptorType::Block;
        return leaf && d.test<Descriptor::Contiguous>();
    }));
    const auto reason = conflict(entries, granule, level);
    if (marked == 0) return {reason ? GroupState::NotFoldable : GroupState::Foldable, reason.value_or("")};
    if (marked != entries.size())
        return {GroupState::Broken, "Contiguous on " + std::to_string(marked) + " of " + std::to_string(entries.size())};
    return {reason ? GroupState::Broken : GroupState::Folded, reason.value_or("")};
}

std::string text_of(const GroupJudgement& judgement) {
    switch (judgement.state) {
        case GroupState::Folded: return "folded";
        case GroupState::Foldable: return "foldable, if all frames are of one folio";
        case GroupState::NotFoldable: return "not foldable: " + judgement.reason;
        case GroupState::Broken: return "half changed, or broken: " + judgement.reason;
    }
    return "";
}

}  // namespace emu::debug
