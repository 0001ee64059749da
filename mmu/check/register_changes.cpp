#include "mmu/check/register_changes.h"

#include "mmu/check/descriptor_change.h"

namespace mmu::check {

using arch::Descriptor;
using arch::u16;
using arch::u64;

namespace {

bool may_execute(Descriptor leaf) { return !leaf.test<Descriptor::UXN>() || !leaf.test<Descriptor::PXN>(); }

// Beyond IPS: an Address size fault.
bool is_reached(const RegisterView& view, const CheckedRegime& regime) {
    return (view.leaf.output_address(view.format, view.level) >> regime.half[view.upper].output_bits) == 0;
}

ChangeRules rules_of(const CheckedRegime& regime) {
    ChangeRules rules;
    rules.hardware_dirty = regime.hardware_dirty;
    return rules;
}

}  // namespace

u16 register_memory_type(Descriptor leaf, arch::AddressLayout layout, bool upper, const CheckedRegime& regime) {
    const u16 attribute = regime.mair[leaf.get<Descriptor::AttrIndx>()];
    if (layout != arch::AddressLayout::Bits52Ds) return attribute;
    return static_cast<u16>(attribute | regime.half[upper].shareability << 8);
}

bool has_effect(RegisterEffect effect, const RegisterView& view, const CheckedRegime& before, const CheckedRegime& now) {
    const HalfControls& old_half = before.half[view.upper];
    const HalfControls& new_half = now.half[view.upper];
    switch (effect) {
        case RegisterEffect::None: return false;
        case RegisterEffect::MemoryType:
            return register_memory_type(view.leaf, view.format.layout, view.upper, before) !=
                   register_memory_type(view.leaf, view.format.layout, view.upper, now);
        case RegisterEffect::Execution:
            return !before.write_implies_xn && now.write_implies_xn && may_execute(view.leaf) && may_write(view.leaf, rules_of(now));
        case RegisterEffect::DirtyState:
            return before.hardware_dirty && !now.hardware_dirty && may_write(view.leaf, rules_of(before)) &&
                   !may_write(view.leaf, rules_of(now));
        case RegisterEffect::Hierarchy: return !old_half.hierarchical_attributes && new_half.hierarchical_attributes && view.limited;
        case RegisterEffect::UserAccess:
            return !old_half.el0_kept_out && new_half.el0_kept_out && view.leaf.test<Descriptor::AP1>();
        case RegisterEffect::OutputSize: return is_reached(view, before) && !is_reached(view, now);
    }
    return false;
}

}  // namespace mmu::check
