#include "mmu/permissions.h"

namespace mmu {

using arch::Descriptor;
using arch::u8;

Permissions effective_permissions(Descriptor leaf, TableLimits tables, PermissionRules rules) {
    using P = Permissions;
    const bool managed = rules.manages_dirty_state && leaf.test<Descriptor::DBM>();
    const bool writable = (!leaf.test<Descriptor::AP2>() || managed) && !tables.read_only();
    const bool el0_data = leaf.test<Descriptor::AP1>() && !tables.el0_never_accesses();
    const bool el0_writes = el0_data && writable;

    const bool el0_never = leaf.test<Descriptor::UXN>() || tables.el0_never_executes();
    const bool el0_executes = !el0_never && !(rules.write_implies_xn && el0_writes);
    // What EL0 can write, EL1 never executes.
    const bool el1_never = leaf.test<Descriptor::PXN>() || tables.el1_never_executes() || el0_writes;
    const bool el1_executes = !el1_never && !(rules.write_implies_xn && writable);

    const unsigned el0 = (el0_data ? P::kRead : 0u) | (el0_writes ? P::kWrite : 0u) | (el0_executes ? P::kExecute : 0u);
    const unsigned el1 = P::kRead | (writable ? P::kWrite : 0u) | (el1_executes ? P::kExecute : 0u);
    return {static_cast<u8>(el0 | el1 << P::kEl1Shift)};
}

}  // namespace mmu
