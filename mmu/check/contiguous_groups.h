// Contiguous groups whose descriptors were written and that have not been judged since. A group is rewritten one descriptor
// at a time, so it is judged where it can be used: at a walk that ends in it, and when user code goes on.
#pragma once

#include <span>
#include <vector>

#include "mmu/check/descriptor_change.h"

namespace mmu::check {

// The index of the first descriptor that disagrees with the others, or -1. `group` has no descriptor with the Contiguous
// bit, or all are valid, have it, map one block aligned to its size, and differ at most in access flag, software bits
// and, where hardware manages it, dirty state. Arm: "The Contiguous bit", R_NGLXZ, R_JQQTC.
[[nodiscard]] int disagreement(std::span<const arch::Descriptor> group, int level, const ChangeRules& rules);

class ContiguousGroups {
public:
    struct Group {
        arch::u64 first_pa{0};  // of its first descriptor
        arch::u64 table_pa{0};
        unsigned first{0};      // index
        unsigned count{0};      // of its descriptors
        arch::u64 va{0};        // that the first descriptor maps
        Site write{};           // the last one
    };
    void note(const Group& group);
    // The groups to judge now: all, or the one that the descriptor at `pa` is in.
    [[nodiscard]] std::vector<Group> take_all();
    [[nodiscard]] std::vector<Group> take(arch::u64 pa);
    [[nodiscard]] bool empty() const { return groups_.empty(); }

private:
    std::vector<Group> groups_;
};

}  // namespace mmu::check
