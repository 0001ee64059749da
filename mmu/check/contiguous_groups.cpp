#include "mmu/check/contiguous_groups.h"

#include <algorithm>
#include <utility>

namespace mmu::check {

using arch::Descriptor;
using arch::u64;

namespace {

bool is_contiguous(Descriptor d) { return d.test<Descriptor::Valid>() && d.test<Descriptor::Contiguous>(); }

// What all members must have in common, apart from the output address.
u64 common_bits(Descriptor d, const ChangeRules& rules) {
    u64 ignored = Descriptor::address_mask(rules.format.layout) | Descriptor::AF::kMask | Descriptor::Software::kMask |
                  arch::BitField<63, 59>::kMask;
    if (rules.hardware_dirty && d.test<Descriptor::DBM>()) ignored |= Descriptor::AP2::kMask;
    return d.raw & ~ignored;
}

}  // namespace

int disagreement(std::span<const Descriptor> group, int level, const ChangeRules& rules) {
    const auto one = std::find_if(group.begin(), group.end(), is_contiguous);
    if (one == group.end()) return -1;
    const u64 size = arch::level_size(rules.format.granule, level);
    const u64 base = arch::align_down(one->output_address(rules.format, level), size * group.size());
    for (std::size_t i = 0; i < group.size(); ++i) {
        const bool agrees = is_contiguous(group[i]) && common_bits(group[i], rules) == common_bits(*one, rules) &&
                            group[i].output_address(rules.format, level) == base + i * size;
        if (!agrees) return static_cast<int>(i);
    }
    return -1;
}

void ContiguousGroups::note(const Group& group) {
    const auto known = std::find_if(groups_.rbegin(), groups_.rend(),
                                    [&group](const Group& g) { return g.first_pa == group.first_pa; });
    if (known == groups_.rend()) groups_.push_back(group);
    else known->write = group.write;
}

std::vector<ContiguousGroups::Group> ContiguousGroups::take_all() { return std::exchange(groups_, {}); }

std::vector<ContiguousGroups::Group> ContiguousGroups::take(u64 pa) {
    const auto found = std::find_if(groups_.begin(), groups_.end(),
                                    [pa](const Group& g) { return pa - g.first_pa < 8 * g.count; });
    if (found == groups_.end()) return {};
    const Group group = *found;
    groups_.erase(found);
    return {group};
}

}  // namespace mmu::check
