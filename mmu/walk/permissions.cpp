#include "mmu/walk/permissions.h"

#include <array>

namespace mmu {

using arch::BitField;
using arch::Descriptor;
using arch::u64;
using arch::u8;

namespace {

using AccessRights = BitField<7, 6>;    // AP1 and AP2
using NeverExecute = BitField<54, 53>;  // PXN and UXN
static_assert(AccessRights::kMask == (Descriptor::AP1::kMask | Descriptor::AP2::kMask));
static_assert(NeverExecute::kMask == (Descriptor::PXN::kMask | Descriptor::UXN::kMask));

// All that the rights of a page depend on: too little to work them out at every walk.
struct Grounds {
    using El0May = BitField<0>;    // AP[1]
    using ReadOnly = BitField<1>;  // AP[2]
    using Pxn = BitField<2>;
    using Uxn = BitField<3>;
    using Managed = BitField<4>;  // DBM, where dirty state is managed
    using WriteImpliesXn = BitField<5>;
    using Limits = BitField<9, 6>;  // TableLimits
    static constexpr u64 kCount = 1 << 10;
};

constexpr u8 rights_on(u64 grounds) {
    using P = Permissions;
    const TableLimits tables{static_cast<u8>(Grounds::Limits::get(grounds))};
    const bool write_implies_xn = Grounds::WriteImpliesXn::test(grounds);
    const bool writable = (!Grounds::ReadOnly::test(grounds) || Grounds::Managed::test(grounds)) && !tables.read_only();
    const bool el0_data = Grounds::El0May::test(grounds) && !tables.el0_never_accesses();
    const bool el0_writes = el0_data && writable;

    const bool el0_never = Grounds::Uxn::test(grounds) || tables.el0_never_executes();
    const bool el0_executes = !el0_never && !(write_implies_xn && el0_writes);
    // What EL0 can write, EL1 never executes.
    const bool el1_never = Grounds::Pxn::test(grounds) || tables.el1_never_executes() || el0_writes;
    const bool el1_executes = !el1_never && !(write_implies_xn && writable);

    const unsigned el0 = (el0_data ? P::kRead : 0u) | (el0_writes ? P::kWrite : 0u) | (el0_executes ? P::kExecute : 0u);
    const unsigned el1 = P::kRead | (writable ? P::kWrite : 0u) | (el1_executes ? P::kExecute : 0u);
    return static_cast<u8>(el0 | el1 << P::kEl1Shift);
}

constexpr auto kRights = [] {
    std::array<u8, Grounds::kCount> rights{};
    for (u64 grounds = 0; grounds < rights.size(); ++grounds) rights[grounds] = rights_on(grounds);
    return rights;
}();

}  // namespace

Permissions effective_permissions(Descriptor leaf, TableLimits tables, PermissionRules rules) {
    const bool managed = rules.manages_dirty_state && leaf.test<Descriptor::DBM>();
    const u64 grounds = leaf.get<AccessRights>() | leaf.get<NeverExecute>() << 2 | Grounds::Managed::make(managed) |
                        Grounds::WriteImpliesXn::make(rules.write_implies_xn) | Grounds::Limits::make(tables.bits);
    return {kRights[grounds]};
}

}  // namespace mmu
