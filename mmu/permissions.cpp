#include "mmu/permissions.h"

namespace mmu {

using arch::BitField;
using arch::Descriptor;
using arch::u8;

TableLimits TableLimits::with(Descriptor table) const {
    const arch::u64 ap = table.get<Descriptor::APTable>();
    return {.no_el0 = no_el0 || (ap & 1) != 0,
            .read_only = read_only || (ap & 2) != 0,
            .el0_no_execute = el0_no_execute || table.test<Descriptor::UXNTable>(),
            .el1_no_execute = el1_no_execute || table.test<Descriptor::PXNTable>()};
}

u8 TableLimits::packed() const {
    return static_cast<u8>(unsigned{no_el0} | unsigned{read_only} << 1 | unsigned{el0_no_execute} << 2 |
                           unsigned{el1_no_execute} << 3);
}

TableLimits TableLimits::unpacked(u8 bits) {
    return {BitField<0>::test(bits), BitField<1>::test(bits), BitField<2>::test(bits), BitField<3>::test(bits)};
}

Permissions effective_permissions(Descriptor leaf, const TableLimits& tables, const PermissionRules& rules) {
    using P = Permissions;
    const bool managed = rules.manages_dirty_state && leaf.test<Descriptor::DBM>();
    const bool writable = (!leaf.test<Descriptor::AP2>() || managed) && !tables.read_only;
    const bool el0_data = leaf.test<Descriptor::AP1>() && !tables.no_el0;
    const bool el0_writes = el0_data && writable;

    const bool el0_never = leaf.test<Descriptor::UXN>() || tables.el0_no_execute;
    const bool el0_executes = !el0_never && !(rules.write_implies_xn && el0_writes);
    // What EL0 can write, EL1 never executes.
    const bool el1_never = leaf.test<Descriptor::PXN>() || tables.el1_no_execute || el0_writes;
    const bool el1_executes = !el1_never && !(rules.write_implies_xn && writable);

    const unsigned el0 = (el0_data ? P::kRead : 0u) | (el0_writes ? P::kWrite : 0u) | (el0_executes ? P::kExecute : 0u);
    const unsigned el1 = P::kRead | (writable ? P::kWrite : 0u) | (el1_executes ? P::kExecute : 0u);
    return {static_cast<u8>(el0 | el1 << P::kEl1Shift)};
}

}  // namespace mmu
