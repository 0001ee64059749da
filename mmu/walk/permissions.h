// Who may do what with a page. Pure functions of descriptor bits and of the access.
// Arm: AArch64.S1DirectBasePermissions, AArch64.S1CheckPermissions.
#pragma once

#include "mmu/access.h"
#include "mmu/arch/descriptor.h"

namespace mmu {

// What the table descriptors above a leaf take away: APTable, UXNTable and PXNTable, accumulated along the walk.
struct TableLimits {
    // Bits 62:59 of the table descriptors, or-ed.
    using Fields = arch::BitField<62, 59>;
    static_assert(Fields::kMask == (arch::Descriptor::PXNTable::kMask | arch::Descriptor::UXNTable::kMask |
                                    arch::Descriptor::APTable::kMask));

    arch::u8 bits;  // no initial value, as TablePointer

    [[nodiscard]] TableLimits with(arch::Descriptor table) const {
        return {static_cast<arch::u8>(bits | Fields::get(table.raw))};
    }
    [[nodiscard]] constexpr bool el1_never_executes() const { return (bits & 1) != 0; }
    [[nodiscard]] constexpr bool el0_never_executes() const { return (bits & 2) != 0; }
    [[nodiscard]] constexpr bool el0_never_accesses() const { return (bits & 4) != 0; }
    [[nodiscard]] constexpr bool read_only() const { return (bits & 8) != 0; }
    friend bool operator==(TableLimits, TableLimits) = default;
};

struct Permissions {
    static constexpr arch::u8 kRead = 1;
    static constexpr arch::u8 kWrite = 2;
    static constexpr arch::u8 kExecute = 4;
    static constexpr unsigned kEl1Shift = 3;

    arch::u8 bits{0};  // read, write, execute of EL0, then of EL1

    [[nodiscard]] bool allows(unsigned el, arch::u8 needed) const {
        const unsigned granted = unsigned{bits} >> (el * kEl1Shift);
        return (granted & needed) == needed;
    }
    // PAN keeps EL1 from data that EL0 may read.
    [[nodiscard]] bool el0_may_read() const { return (bits & kRead) != 0; }
    friend bool operator==(Permissions, Permissions) = default;
};

// Where the walk takes the rules from.
struct PermissionRules {
    bool write_implies_xn{false};     // SCTLR_EL1.WXN
    bool manages_dirty_state{false};  // TCR_EL1.HD: a DBM page counts as writable
};
[[nodiscard]] Permissions effective_permissions(arch::Descriptor leaf, TableLimits tables, PermissionRules rules);

// Permission check of one access, PAN included.
[[nodiscard]] inline bool is_permitted(const AccessDescriptor& access, Permissions permissions) {
    using P = Permissions;
    if (access.kind == AccessKind::Fetch) return permissions.allows(access.el, P::kExecute);
    // DC by VA other than DC ZVA needs a permission at EL0 only.
    if (access.kind == AccessKind::CacheMaintenance && access.el != 0) return true;
    if (access.pan && access.el == 1 && permissions.el0_may_read()) return false;
    return permissions.allows(access.el, access.writes() ? P::kWrite | P::kRead : P::kRead);
}

// ESR_EL1.ISS.WnR of a fault of `access`. An atomic reports a write only if a read would have succeeded.
[[nodiscard]] inline bool reports_write(const AccessDescriptor& access, bool read_would_succeed) {
    if (access.kind == AccessKind::CacheMaintenance) return true;
    if (access.kind == AccessKind::Atomic) return read_would_succeed;
    return access.writes();
}

}  // namespace mmu
