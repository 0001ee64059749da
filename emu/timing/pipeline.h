// The seam between the recording loop and a timing model: the loop calls consume() directly, once per instruction, and
// reads now() when the guest reads time. A model of in-order cores takes the same place by satisfying this concept.
#pragma once

#include <concepts>

#include "emu/timing/out_of_order_pipeline.h"

namespace emu {

template <class P>
concept TimingModel = requires(P pipeline, const P& constant, const InstructionRecord& record) {
    { pipeline.consume(record) } -> std::same_as<void>;
    { constant.now() } -> std::same_as<u64>;
    { constant.ledger() } -> std::same_as<const CostLedger&>;
};

using Pipeline = OutOfOrderPipeline;
static_assert(TimingModel<Pipeline>);

}  // namespace emu
