// What each timing class asks of an in-order core: its place in an issue group, the unit that it keeps, and how long
// before its operands are there it may issue.
#pragma once

#include "emu/timing/execution_ports.h"
#include "emu/timing/in_order/issue_group.h"

namespace emu {

// Units that work on one operation for several cycles.
enum class LongUnit : u8 { None, Multiplier, Divider, VectorDivider };
inline constexpr std::size_t kLongUnitCount = 4;

class InOrderPipeline;
struct InstructionRecord;

// One line of the host's cache.
struct alignas(64) InOrderClass {
    void (*time)(InOrderPipeline& pipeline, const InstructionRecord& record, const InOrderClass& c){nullptr};
    IssueGroup::Needs needs{0};
    unsigned skew{0};  // of all operands; stores apart
    LongUnit unit{LongUnit::None};
    bool blocks{false};  // nothing issues until it is done
    ClassTiming timing{};
};
static_assert(sizeof(InOrderClass) == 64);

using InOrderClasses = std::array<InOrderClass, kOpClassCount>;
// All but `time`, which is the pipeline's.
[[nodiscard]] InOrderClasses in_order_classes(const CoreTimingConfig& config);

}  // namespace emu
