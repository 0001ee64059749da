#include "emu/timing/in_order/in_order_classes.h"

namespace emu {

namespace {

using Lane = IssueGroup::Lane;

IssueGroup::Needs needs_of(OpClass c, const ClassTiming& timing) {
    switch (timing.path) {
        case Path::Branch: return IssueGroup::needs({Lane::Slot, Lane::Branch});
        case Path::Load:
        case Path::Prefetch: return IssueGroup::needs({Lane::Slot, Lane::Address, Lane::Load});
        case Path::Store:
        case Path::StoreExclusive:
        case Path::ZeroBlock: return IssueGroup::needs({Lane::Slot, Lane::Address, Lane::Store});
        case Path::Atomic: return IssueGroup::needs({Lane::Slot, Lane::Address, Lane::Load, Lane::Store});
        case Path::CacheMaintenance: return IssueGroup::needs({Lane::Slot, Lane::Address});
        case Path::Compute: break;
        default: return IssueGroup::needs({Lane::Slot});
    }
    switch (timing.port) {
        case Port::Vector:
        case Port::VectorDivide: return IssueGroup::needs({Lane::Slot, Lane::Vector});
        case Port::None: return IssueGroup::needs({Lane::Slot});
        default: break;
    }
    if (c == OpClass::Mul32 || c == OpClass::Mul64 || c == OpClass::MulHigh)
        return IssueGroup::needs({Lane::Slot, Lane::Multiply});
    if (c == OpClass::Div32 || c == OpClass::Div64) return IssueGroup::needs({Lane::Slot});
    return IssueGroup::needs({Lane::Slot, Lane::Alu});
}

LongUnit unit_of(OpClass c) {
    switch (c) {
        case OpClass::Mul64:
        case OpClass::MulHigh: return LongUnit::Multiplier;
        case OpClass::Div32:
        case OpClass::Div64: return LongUnit::Divider;
        case OpClass::FpDiv: return LongUnit::VectorDivider;
        default: return LongUnit::None;
    }
}

// Single-cycle operations may execute in a later stage; so do branches, which need their condition last.
unsigned skew_of(OpClass c, const CoreTimingConfig& config) {
    if (c == OpClass::Alu || c == OpClass::AluFlags) return static_cast<unsigned>(config.in_order.alu_skew);
    return c >= OpClass::Branch && c <= OpClass::Return ? static_cast<unsigned>(config.in_order.data_skew) : 0;
}

}  // namespace

InOrderClasses in_order_classes(const CoreTimingConfig& config) {
    const ClassTimings timings = class_timings(config);
    InOrderClasses out;
    for (std::size_t i = 0; i < kOpClassCount; ++i) {
        const auto c = static_cast<OpClass>(i);
        const LongUnit unit = unit_of(c);
        const bool blocks = unit == LongUnit::Divider && config.in_order.blocking_divide;
        out[i] = {nullptr, needs_of(c, timings[i]), skew_of(c, config), unit, blocks, timings[i]};
    }
    return out;
}

}  // namespace emu
