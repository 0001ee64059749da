// The out-of-order core: one pass of time stamps per instruction, in program order. Delivered by the front end,
// dispatched in order into the window, issued when operands and a port are there, complete, committed in order.
#pragma once

#include <array>

#include "emu/core/record.h"
#include "emu/timing/barriers_and_dvm.h"
#include "emu/timing/branch/branch_unit.h"
#include "emu/timing/execution_ports.h"
#include "emu/timing/front_end.h"
#include "emu/timing/ledger/cycle_account.h"
#include "emu/timing/ledger/timeline.h"
#include "emu/timing/memory/load_store_unit.h"
#include "emu/timing/memory/memory_latency.h"
#include "emu/timing/memory/memory_order.h"
#include "emu/timing/memory/translation_timing.h"
#include "emu/timing/store_operands.h"
#include "emu/timing/system_register_timing.h"
#include "emu/timing/timing_config.h"
#include "emu/timing/warm_up.h"

namespace emu {

class OutOfOrderPipeline {
public:
    // Throws UserError when `config` contradicts itself. Counts go to the bank of the level an instruction runs at.
    OutOfOrderPipeline(const TimingConfig& config, mmu::Counters& counters, FunctionTable functions = {});
    OutOfOrderPipeline(const OutOfOrderPipeline&) = delete;
    OutOfOrderPipeline& operator=(const OutOfOrderPipeline&) = delete;

    // Times one instruction. `record` is not kept; its `op` is never null: a fetch that failed has one without
    // operands.
    [[gnu::always_inline]] void consume(const InstructionRecord& record) {
        const Class& c = classes_[static_cast<std::size_t>(record.op->timing.op_class)];
        if (c.computes && record.only_computes() && record.el == el_ && front_end_.is_there(record, commit_.cycle()))
            return time_at_once<Kind::Compute>(record, c);
        if (is_interrupt(record)) [[unlikely]] return interrupted(record);
        if (record.el != el_) [[unlikely]] switch_el(record.el);
        c.time(*this, record, c);
    }

    // Instructions that only keep caches and predictors warm: between these two, warm() takes the place of consume(), and
    // no time passes.
    void begin_warm_up();
    void warm(const InstructionRecord& record) { warm_up_.consume(record); }
    void end_warm_up();

    // Cycle at which the last instruction committed; the sum of CPU_CYCLES over all levels, and the ledger's total.
    [[nodiscard]] u64 now() const { return commit_.cycle() - skipped_; }
    [[nodiscard]] const CostLedger& ledger() const { return account_.ledger(); }

private:
    // Ways through the pipeline. All take the same steps; what an instruction of some kind never needs is left out.
    enum class Kind : u8 { Compute, Branch, Load, Store, Other };

    // What a timing class asks for, and who times its instructions: one line of the host's cache.
    struct alignas(64) Class {
        void (*time)(OutOfOrderPipeline& pipeline, const InstructionRecord& record, const Class& c){nullptr};
        ExecutionPorts::Use port{};
        bool computes{false};  // Kind::Compute
        ClassTiming timing{};
    };

    [[nodiscard]] std::array<Class, kOpClassCount> classes();
    [[nodiscard]] static Kind kind_of(const ClassTiming& timing);
    template <Kind kKind>
    static void time(OutOfOrderPipeline& pipeline, const InstructionRecord& record, const Class& c);
    template <Kind kKind>
    [[gnu::always_inline]] void time_at_once(const InstructionRecord& record, const Class& c);
    template <Kind kKind>
    u64 dispatch(const ClassTiming& timing, u64 delivered);
    template <Kind kKind>
    u64 execute(const InstructionRecord& record, const Class& c, u64 dispatched);
    template <Kind kKind>
    void write_results(const OpTiming& op, u64 complete);
    template <Kind kKind>
    void commit(const InstructionRecord& record, const ClassTiming& timing, u64 complete);
    template <Kind kKind>
    [[gnu::always_inline]] u64 pass_commit(const ClassTiming& timing, u64 complete);

    void switch_el(u8 el);
    void interrupted(const InstructionRecord& record);
    // Of all sources, or of those from `from` to before `to`; not before dispatch.
    [[nodiscard]] u64 operands_ready(const OpTiming& op, u64 dispatched) const;
    [[nodiscard]] u64 operands_ready(const OpTiming& op, u64 dispatched, unsigned from, unsigned to) const;
    u64 execute_other(const InstructionRecord& record, const ClassTiming& timing, u64 ready);
    u64 execute_system(const InstructionRecord& record, const ClassTiming& timing, u64 ready);
    u64 execute_memory(const InstructionRecord& record, const ClassTiming& timing, u64 ready);
    u64 execute_branch(const InstructionRecord& record, const Class& c, u64 ready);
    void issue_load(const InstructionRecord& record, const Class& c, u64 ready);
    [[nodiscard]] bool accesses_at_once(const InstructionRecord& record) const;
    void charge_load(const InstructionRecord& record, u64 found, u64 before, u64 cycle);
    void load_at_hand(const InstructionRecord& record, const Class& c);
    void load(const InstructionRecord& record, const Class& c);
    void issue_store(const InstructionRecord& record, const Class& c, u64 dispatched);
    void store_at_hand(const InstructionRecord& record, const Class& c, u64 data);
    void store(const InstructionRecord& record, const Class& c, u64 data);
    u64 store_address(const InstructionRecord& record);
    u64 execute_at_head(const InstructionRecord& record, const ClassTiming& timing, u64 ready);
    u64 execute_hint(const InstructionRecord& record, u64 ready);
    u64 load_one(const DataAccess& access, u64 issued);
    u64 translate(const InstructionRecord& record, u64 issued);
    u64 oldest_at(u64 ready);
    u64 hand_over(u64 cycle);
    u64 barrier(const InstructionRecord& record, u64 ready);
    void begin_accesses(const InstructionRecord& record);
    void charge_spans(const InstructionRecord& record, u64 before, u64 cycle);

    TimingConfig config_;
    mmu::Counters& counters_;
    mmu::CounterBank* bank_;
    u8 el_{1};
    MemoryLatency memory_;
    TranslationTiming translation_;
    FrontEnd front_end_;
    BranchUnit branches_;
    ExecutionPorts ports_;
    LoadStoreUnit unit_;
    MemoryOrder order_;
    BarriersAndDvm barriers_;
    SystemRegisterTiming registers_timing_;
    CycleAccount account_;
    WarmUp warm_up_;
    Timeline timeline_;

    InOrderStage dispatch_;
    InOrderStage commit_;
    StampRing rob_;
    StampRing load_queue_;
    u64 skipped_{0};         // cycles of warm-up before the last commit
    u64 issued_{0};          // of the current instruction, after its port
    std::array<Class, kOpClassCount> classes_;
    std::array<u64, kTimingNoResult + 1> register_ready_{};
};

}  // namespace emu

#include "emu/timing/out_of_order/out_of_order_steps.h"  // consume() in line
