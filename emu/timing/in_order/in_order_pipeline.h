// The in-order core: one pass of time stamps per instruction, in program order. Instructions issue in order, several in
// a cycle as the issue group allows; one whose operands are not there holds all behind it. Loads that miss L1D do not,
// until their value is used or all miss registers are taken (or always, in a blocking core). What may still fault does:
// without a reorder buffer nothing younger may complete before a translation is known.
#pragma once

#include <array>

#include "emu/core/record.h"
#include "emu/timing/barriers_and_dvm.h"
#include "emu/timing/branch/branch_unit.h"
#include "emu/timing/front_end.h"
#include "emu/timing/in_order/in_order_classes.h"
#include "emu/timing/ledger/cycle_account.h"
#include "emu/timing/ledger/timeline.h"
#include "emu/timing/memory/load_store_unit.h"
#include "emu/timing/memory/memory_latency.h"
#include "emu/timing/memory/memory_order.h"
#include "emu/timing/memory/outstanding_misses.h"
#include "emu/timing/memory/translation_timing.h"
#include "emu/timing/system_register_timing.h"
#include "emu/timing/timing_config.h"
#include "emu/timing/warm_up.h"

namespace emu {

class InOrderPipeline {
public:
    // Throws UserError when `config` contradicts itself. Counts go to the bank of the level an instruction runs at.
    InOrderPipeline(const TimingConfig& config, mmu::Counters& counters, FunctionTable functions = {});
    InOrderPipeline(const InOrderPipeline&) = delete;
    InOrderPipeline& operator=(const InOrderPipeline&) = delete;

    // Times one instruction. `record` is not kept; its `op` is never null.
    [[gnu::always_inline]] void consume(const InstructionRecord& record) {
        if (record.exception) [[unlikely]]
            return consume_exception(record);
        if (record.el != el_) [[unlikely]]
            switch_el(record.el);
        const InOrderClass& c = class_of(record);
        c.time(*this, record, c);
    }

    // Instructions that only keep caches and predictors warm: between these two, warm() takes the place of consume(),
    // and no time passes.
    void begin_warm_up();
    void warm(const InstructionRecord& record) { warm_up_.consume(record); }
    void end_warm_up();

    // Cycle at which the last instruction issued, or until which it held the others; the sum of CPU_CYCLES over all
    // levels, and the ledger's total.
    [[nodiscard]] u64 now() const { return group_.cycle() - skipped_; }
    [[nodiscard]] const CostLedger& ledger() const { return account_.ledger(); }

private:
    using Served = MemoryLatency::Served;

    // Ways through the pipeline. All take the same steps; what an instruction of some kind never needs is left out.
    enum class Kind : u8 { Compute, LongCompute, Branch, Load, Store, Other };
    // No accesses: little is done for it.
    [[nodiscard]] static constexpr bool is_short(Kind kind) { return kind <= Kind::Branch; }

    // Who waits for a value does so for `before` up to `split`, then for `after`.
    struct Wait {
        u64 split{0};
        Cause before{Cause::Base};
        Cause after{Cause::Base};
        Figure figure{Figure::Known};  // of the time up to `split`

        // Not all of it is simply Base. `before` says nothing where `after` is Base: nobody waits for a load that
        // faulted.
        [[nodiscard]] bool has_spans() const {
            return (static_cast<unsigned>(after) | static_cast<unsigned>(figure)) != 0;
        }
    };
    // When a register's value can be forwarded.
    struct Value {
        u64 ready{0};
        Wait wait{};
    };
    // When operands are there. Of a store, `all` are its data.
    struct Operands {
        u64 address{0};
        u64 all{0};
    };
    // Sources of an operation, from one of its list to before another.
    struct Sources {
        const OpTiming& op;
        unsigned from;
        unsigned to;
    };

    [[nodiscard]] static Kind kind_of(const InOrderClass& c, MissPolicy misses);
    [[nodiscard]] static InOrderClasses timed_classes(const CoreTimingConfig& config);
    [[nodiscard]] const InOrderClass& class_of(const InstructionRecord& record) const {
        return classes_[static_cast<std::size_t>(record.op->timing.op_class)];
    }
    void consume_exception(const InstructionRecord& record);
    void switch_el(u8 el);

    // The steps: in_order_steps.h.
    template <Kind kKind>
    static void time(InOrderPipeline& pipeline, const InstructionRecord& record, const InOrderClass& c);
    template <Kind kKind>
    [[gnu::noinline]] void deliver_and_go(const InstructionRecord& record, const InOrderClass& c);
    template <Kind kKind>
    [[gnu::noinline]] void fetch_and_go(const InstructionRecord& record, const InOrderClass& c);
    template <Kind kKind>
    void read_and_go(const InstructionRecord& record, const InOrderClass& c, u64 before, u64 earliest);
    template <Kind kKind>
    [[gnu::noinline]] void await_and_go(const InstructionRecord& record, const InOrderClass& c, Operands ready,
                                        u64 earliest);
    template <Kind kKind>
    [[gnu::noinline]] void go_on(const InstructionRecord& record, const InOrderClass& c, u64 ready, u64 earliest);
    template <Kind kKind>
    void go(const InstructionRecord& record, const InOrderClass& c, u64 ready, u64 before, u64 earliest);
    template <Kind kKind>
    [[nodiscard]] Operands operands(const DecodedOp& op) const;
    template <Kind kKind>
    [[nodiscard]] u64 skew(const InOrderClass& c) const;
    template <Kind kKind>
    u64 issue(const InOrderClass& c, u64 earliest);
    template <Kind kKind>
    void execute(const InstructionRecord& record, const InOrderClass& c, u64 issued, u64 ready);
    template <Kind kKind>
    void pass(const InstructionRecord& record, u64 before, u64 now);

    [[gnu::noinline]] void resolve_and_pass(const InstructionRecord& record, u64 resolved, u64 before);
    [[nodiscard]] u64 all_ready(const Sources& sources) const;
    u64 await(const Sources& sources, u64 ready, u64 skew, u64 earliest);
    u64 await_slot(u64 earliest);
    // Nothing issues before `until`.
    void hold(Cause cause, u64 until, Figure figure = Figure::Known) {
        if (until > group_.cycle()) hold_longer(cause, until, figure);
    }
    void hold_longer(Cause cause, u64 until, Figure figure);
    void begin_accesses(const InstructionRecord& record);
    Value execute_other(const InstructionRecord& record, const InOrderClass& c, u64 issued, u64 ready);
    Value execute_memory(const InstructionRecord& record, const InOrderClass& c, u64 issued, u64 ready);
    Value execute_system(const InstructionRecord& record, const InOrderClass& c, u64 issued);
    Value compute(const InOrderClass& c, u64 issued, u64 ready);
    [[nodiscard]] bool loads_at_once(const InstructionRecord& record) const;
    [[nodiscard]] bool loads_unordered(const InstructionRecord& record) const;
    void load_at_once(const InstructionRecord& record, const InOrderClass& c, u64 issued);
    [[gnu::noinline]] void load_and_pass(const InstructionRecord& record, const InOrderClass& c, u64 issued,
                                         u64 before);
    [[gnu::noinline]] Value load(const InstructionRecord& record, const InOrderClass& c);
    void execute_store(const InstructionRecord& record, const InOrderClass& c, u64 issued, u64 ready);
    [[gnu::noinline]] u64 store(const InstructionRecord& record, const InOrderClass& c, u64 issued, u64 ready);
    Value exchange(const InstructionRecord& record, const InOrderClass& c, u64 issued, u64 ready);
    Served load_one(const DataAccess& access, u64 cycle);
    u64 translate(const InstructionRecord& record, u64 issued);
    u64 translate(const DataAccess& access, u64 cycle);
    void note_miss(const DataAccess& access, u64 cycle, const Served& served);
    [[gnu::noinline]] void take_miss_register(const DataAccess& access, u64 cycle, const Served& served);
    u64 prolong(const InOrderClass& c, u64 bytes, u64 bytes_per_cycle);
    void barrier(const InstructionRecord& record, u64 issued);
    [[nodiscard]] Value value_of(const Served& served, u64 split, u64 later) const;
    void write(u8 reg, u64 ready);
    void write(u8 reg, const Value& value);
    void write_results(const OpTiming& op, u64 ready);
    void write_results(const OpTiming& op, u64 issued, const Value& value);
    void charge_spans(const InstructionRecord& record, u64 before);

    TimingConfig config_;
    InOrderClasses classes_;
    mmu::Counters& counters_;
    mmu::CounterBank* bank_;
    u8 el_{1};
    bool blocking_;
    MemoryLatency memory_;
    TranslationTiming translation_;
    FrontEnd front_end_;
    BranchUnit branches_;
    LoadStoreUnit unit_;
    MemoryOrder order_;
    BarriersAndDvm barriers_;
    SystemRegisterTiming registers_timing_;
    OutstandingMisses misses_;
    CycleAccount account_;
    WarmUp warm_up_;
    Timeline timeline_;
    Timeline unseen_;  // records nothing

    IssueGroup group_;  // its cycle is the clock, to where the last instruction left the pipeline to the next one
    u64 skipped_{0};    // of that, warm-up
    std::array<u64, kLongUnitCount> unit_free_{};
    // By register, of Value: most operations read and write `ready_` alone.
    std::array<u64, kTimingNoResult + 1> ready_{};
    std::array<bool, kTimingNoResult + 1> has_wait_{};  // false: who waits does so for Base, whatever `waits_` says
    std::array<Wait, kTimingNoResult + 1> waits_{};
};

}  // namespace emu
