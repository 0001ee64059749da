#include "mmu/walk/group_choice.h"

#include <array>

namespace mmu {

using arch::Descriptor;
using arch::u64;
using arch::u8;

namespace {

constexpr unsigned kMostMembers = 128;  // 16K granule, level 3

// Bits that may differ within a consistent group: software's, those that leaves do not have, access flag, and the read-only bit
// where both members are writable (DBM).
bool agree(Descriptor a, Descriptor b) {
    u64 ignored = arch::BitField<63, 55>::kMask | Descriptor::AF::kMask;
    if (a.test<Descriptor::DBM>() && b.test<Descriptor::DBM>()) ignored |= Descriptor::AP2::kMask;
    return ((a.raw ^ b.raw) & ~ignored) == 0;
}

u64 scrambled(u64 x) {
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

}  // namespace

struct GroupChoice::Group {
    u64 first_pa;
    unsigned count;
    unsigned walked;      // index of the member that the walk has read
    unsigned size_shift;  // log2 bytes of what a member maps
    std::array<Descriptor, kMostMembers> members;

    // What member `i` would be if it continued the walked one.
    [[nodiscard]] Descriptor expected(unsigned i) const {
        return Descriptor{members[walked].raw + (u64{i} << size_shift) - (u64{walked} << size_shift)};
    }
    [[nodiscard]] bool is_consistent() const {
        for (unsigned i = 0; i < count; ++i)
            if (!agree(members[i], expected(i))) return false;
        return true;
    }
    // Whether member `i` could be what hardware knows the group by.
    [[nodiscard]] bool may_stand_in(unsigned i) const {
        constexpr u64 kLeaf = Descriptor::Valid::kMask | Descriptor::TableOrPage::kMask | Descriptor::Contiguous::kMask;
        return ((members[i].raw ^ members[walked].raw) & kLeaf) == 0;
    }
};

GroupChoice::Group GroupChoice::read(arch::Granule granule, const WalkOutcome& out) const {
    Group group;
    group.count = static_cast<unsigned>(arch::contiguous_count(granule, out.level));
    group.first_pa = arch::align_down(out.descriptor_pa, 8 * u64{group.count});
    group.walked = static_cast<unsigned>((out.descriptor_pa - group.first_pa) / 8);
    group.size_shift = out.leaf_shift;
    for (unsigned i = 0; i < group.count; ++i)
        group.members[i] = Descriptor{memory_.descriptor(arch::PhysicalAddress{group.first_pa + 8 * u64{i}}).value_or(0)};
    return group;
}

unsigned GroupChoice::pick(const Group& group, u64 salt) const {
    const auto first = static_cast<unsigned>(scrambled(seed_ ^ scrambled(group.first_pa ^ salt)) % group.count);
    for (unsigned i = 0; i < group.count; ++i) {
        const unsigned member = (first + i) % group.count;
        if (group.may_stand_in(member)) return member;
    }
    return group.walked;
}

// The group is known by `member`: its address, rights, access flag and dirty state; and updates go there.
void GroupChoice::stand_in(const Group& group, unsigned member, PermissionRules rules, WalkOutcome& out) const {
    const u64 moved = (u64{group.walked} << group.size_shift) - (u64{member} << group.size_shift);
    const u64 difference = (group.members[member].raw ^ group.members[group.walked].raw) & Descriptor::OutputAddress::kMask;
    if (difference != 0 || member != group.walked)
        out.output = arch::align_down(group.members[member].raw & Descriptor::OutputAddress::kMask, u64{1} << group.size_shift) + moved;
    out.leaf = group.members[member];
    out.descriptor_pa = group.first_pa + 8 * u64{member};
    out.permissions = effective_permissions(out.leaf, out.limits, rules);
}

// Rights that all members give, or that any gives.
void GroupChoice::amalgamate(const Group& group, PermissionRules rules, WalkOutcome& out) const {
    const bool widest = (scrambled(seed_ ^ group.first_pa) & 1) != 0;
    for (unsigned i = 0; i < group.count; ++i) {
        if (!group.may_stand_in(i)) continue;
        const u8 bits = effective_permissions(group.members[i], out.limits, rules).bits;
        out.permissions.bits = static_cast<u8>(widest ? out.permissions.bits | bits : out.permissions.bits & bits);
    }
}

void GroupChoice::apply(arch::Granule granule, PermissionRules rules, WalkOutcome& out) const {
    if (arch::contiguous_count(granule, out.level) == 1) return;
    const Group group = read(granule, out);
    if (group.is_consistent()) {
        if (update_ == UpdateChoice::AnyOne) stand_in(group, pick(group, 0), rules, out);
        return;
    }
    switch (inconsistent_) {
        case GroupDecision::Walked: return;
        case GroupDecision::AnyOne: return stand_in(group, pick(group, group.members[group.walked].raw), rules, out);
        case GroupDecision::Amalgamate: return amalgamate(group, rules, out);
        case GroupDecision::Abort: out.fault = arch::FaultKind::TlbConflict; return;
    }
}

}  // namespace mmu
