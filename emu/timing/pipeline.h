// The seam between the recording loop and the timing models: the loop calls consume() directly, once per instruction, and
// reads now() when the guest reads time. Which model a run has is looked at once per stretch of instructions.
#pragma once

#include <concepts>
#include <memory>
#include <variant>

#include "emu/timing/in_order/in_order_pipeline.h"
#include "emu/timing/out_of_order/out_of_order_pipeline.h"

namespace emu {

template <class P>
concept TimingModel = requires(P pipeline, const P& constant, const InstructionRecord& record) {
    { pipeline.consume(record) } -> std::same_as<void>;
    { pipeline.begin_warm_up() } -> std::same_as<void>;
    { pipeline.warm(record) } -> std::same_as<void>;
    { pipeline.end_warm_up() } -> std::same_as<void>;
    { constant.now() } -> std::same_as<u64>;
    { constant.ledger() } -> std::same_as<const CostLedger&>;
};
static_assert(TimingModel<InOrderPipeline> && TimingModel<OutOfOrderPipeline>);

// The model that core.pipeline names.
class Pipeline {
public:
    // Throws UserError when `config` contradicts itself.
    Pipeline(const TimingConfig& config, mmu::Counters& counters, FunctionTable functions = {})
        : model_{make(config, counters, std::move(functions))} {}

    // Calls body(model) with the model's own type.
    template <class Body>
    decltype(auto) visit(Body&& body) {
        return std::visit([&body](auto& model) -> decltype(auto) { return body(*model); }, model_);
    }
    [[nodiscard]] u64 now() const {
        return std::visit([](const auto& model) { return model->now(); }, model_);
    }
    [[nodiscard]] const CostLedger& ledger() const {
        return std::visit([](const auto& model) -> const CostLedger& { return model->ledger(); }, model_);
    }

private:
    using Model = std::variant<std::unique_ptr<OutOfOrderPipeline>, std::unique_ptr<InOrderPipeline>>;

    static Model make(const TimingConfig& config, mmu::Counters& counters, FunctionTable functions) {
        if (config.core.pipeline == PipelineKind::InOrder)
            return std::make_unique<InOrderPipeline>(config, counters, std::move(functions));
        return std::make_unique<OutOfOrderPipeline>(config, counters, std::move(functions));
    }

    Model model_;
};

}  // namespace emu
