// The consumers of the recording loop: each takes one InstructionRecord per instruction, by direct call. TimedRecorder is
// what every run in cycle mode pays for; ObservedRecorder is for runs that are looked at more closely.
#pragma once

#include <bitset>

#include "emu/check/translation_check.h"
#include "emu/core/core.h"
#include "emu/machine/call_follower.h"
#include "emu/machine/function_counts.h"
#include "emu/machine/kernel_stack.h"
#include "emu/machine/miss_taxonomy.h"
#include "emu/machine/phase_tracker.h"
#include "emu/machine/run_watcher.h"
#include "emu/machine/traces.h"
#include "emu/timing/ledger/operation_probes.h"
#include "emu/timing/pipeline.h"

namespace emu {

// Time, then probes. A function is entered and left by taken branches (or exceptions), so only their targets are looked at.
template <TimingModel Clock>
class TimedRecorder {
public:
    // `misses` may be null.
    TimedRecorder(Clock& clock, OperationProbes& probes, const Pe& pe, const mmu::Counters& counters, MissTaxonomy* misses)
        : clock_{clock}, probes_{probes}, pe_{pe}, counters_{counters}, misses_{misses} {
        for (const arch::u64 pc : probes.entries()) entries_.set(slot(pc));
    }

    // Part of the loop itself: every instruction comes by here.
    [[gnu::always_inline]] void consume(const InstructionRecord& record) {
        const bool quiet = record.is_quiet();
        clock_.consume(record);
        if (quiet) return;
        if (misses_ != nullptr) misses_->consume(record);
        if (record.taken && probed_) look(record);
    }
    [[nodiscard]] arch::u64 now() const { return clock_.now(); }

private:
    static std::size_t slot(arch::u64 pc) { return (pc >> 2) & 4095; }

    [[gnu::always_inline]] void look(const InstructionRecord& record) {
        static constexpr DecodedOp kUnprobed{};
        const arch::u64 target = record.next_pc;
        const arch::u64 task = kernel_stack(pe_);
        if (task != probes_.task()) [[unlikely]] switch_task(task);
        if (entries_.test(slot(target)) || probes_.wants(kUnprobed, target)) [[unlikely]] probe(record, target, task);
    }
    [[gnu::noinline]] void switch_task(arch::u64 task) { probes_.switch_task(task, work_now()); }
    [[gnu::noinline]] void probe(const InstructionRecord& record, arch::u64 target, arch::u64 task) {
        const OpClass last = record.op->timing.op_class;
        probes_.at({target, pe_.x[0], pe_.x[30], pe_.x[kRegSp], task, last == OpClass::Call || last == OpClass::CallIndirect},
                   work_now());
    }
    [[nodiscard]] WorkCounts work_now() const {
        WorkCounts work = work_of(counters_);
        work.cycles = clock_.now();
        work.instructions += pe_.retired - pe_.retired_counted;
        work.loads += pe_.mem_reads;
        work.stores += pe_.mem_writes;
        return work;
    }

    Clock& clock_;
    OperationProbes& probes_;
    const Pe& pe_;
    const mmu::Counters& counters_;
    MissTaxonomy* misses_;
    std::bitset<4096> entries_;
    bool probed_{!probes_.entries().empty()};
};

// Caches and predictors only.
template <TimingModel Clock>
class WarmingRecorder {
public:
    // `misses` may be null.
    WarmingRecorder(Clock& clock, MissTaxonomy* misses) : clock_{clock}, misses_{misses} {}

    void consume(const InstructionRecord& record) {
        clock_.warm(record);
        if (misses_ != nullptr) misses_->consume(record);
    }
    [[nodiscard]] arch::u64 now() const { return clock_.now(); }

private:
    Clock& clock_;
    MissTaxonomy* misses_;
};

// What looks on besides the clock; null: absent.
struct Observers {
    Traces* traces{nullptr};
    RunWatcher* watcher{nullptr};
    TranslationCheck* check{nullptr};
    FunctionCounts* functions{nullptr};
    CallFollower* calls{nullptr};

    [[nodiscard]] bool any() const {
        return traces != nullptr || watcher != nullptr || functions != nullptr || calls != nullptr || check != nullptr;
    }
};

// With time only where there is any: observers are for both modes.
template <class Timed>
class ObservedRecorder {
public:
    ObservedRecorder(Timed* timed, const Observers& observers, const PhaseTracker& phases, Pe& pe)
        : timed_{timed}, observers_{observers}, phases_{phases}, pe_{pe}, retired_{pe.retired} {}

    void consume(const InstructionRecord& record) {
        if (timed_ != nullptr) timed_->consume(record);
        if (observers_.check != nullptr) observers_.check->record(record, retired_ + 1);
        if (observers_.traces != nullptr) trace(record);
        if (observers_.calls != nullptr) observers_.calls->consume(record);
        if (observers_.functions != nullptr && phases_.of_interest()) observers_.functions->count(record.pc, record.el, pe_.retired - retired_);
        retired_ = pe_.retired;
        if (observers_.watcher != nullptr && observers_.watcher->stops(pe_)) pe_.stop_requested = true;
    }

private:
    void trace(const InstructionRecord& record) {
        const TraceRange::Place place{retired_ + 1, record.pc, phases_.current_name(), phases_.of_interest()};
        observers_.traces->record(record, place, timed_ != nullptr ? timed_->now() : 0);
    }

    Timed* timed_;
    Observers observers_;
    const PhaseTracker& phases_;
    Pe& pe_;
    arch::u64 retired_;  // before the instruction
};

}  // namespace emu
