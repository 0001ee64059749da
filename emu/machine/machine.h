// One machine: a processing element, its memory and devices, and what watches them. Everything that a run changes is in
// here, so two machines can live in one process.
#pragma once

#include <atomic>
#include <memory>
#include <optional>

#include "emu/check/translation_check.h"
#include "emu/core/core.h"
#include "emu/devices/pl011.h"
#include "emu/machine/built_in_hypervisor.h"
#include "emu/machine/function_counts.h"
#include "emu/machine/guest_image.h"
#include "emu/machine/guest_view.h"
#include "emu/machine/mailbox_view.h"
#include "emu/machine/miss_taxonomy.h"
#include "emu/machine/phase_tracker.h"
#include "emu/machine/replay_feed.h"
#include "emu/machine/run.h"
#include "emu/machine/run_watcher.h"
#include "emu/machine/timing_schedule.h"
#include "emu/machine/traces.h"
#include "emu/memory/physical_memory.h"
#include "emu/timing/ledger/call_stacks.h"
#include "emu/timing/ledger/operation_probes.h"
#include "emu/timing/pipeline.h"

namespace emu {

enum class RunEnd : arch::u8 { PoweredOff, Reset, Interrupted, WaitsForever, ExceptionLoop };

class Machine final : private Bus {
public:
    // Lays the guest out in memory and stands at its first instruction. Throws UserError.
    Machine(const RunRequest& request, const GuestImage& image);
    ~Machine() override;

    // Until the guest ends or `stop` is set.
    [[nodiscard]] RunEnd run(const std::atomic<bool>& stop, const ProgressSink& progress);

    // A part of run(): at most `instructions` more. Where `watcher` (may be null) stops it, end() is still empty.
    void run_some(arch::u64 instructions, RunWatcher* watcher);
    // Why the run is over; empty: it goes on.
    [[nodiscard]] std::optional<RunEnd> end() const { return end_; }
    void interrupt() { end_ = RunEnd::Interrupted; }

    // After run(): closes an open phase and fills the parts of the result that the machine knows.
    void collect(RunResult& result);

    [[nodiscard]] Core& core() { return core_; }
    [[nodiscard]] PhysicalMemory& memory() { return memory_; }
    [[nodiscard]] const RunRequest& request() const { return request_; }
    [[nodiscard]] const std::string& phase() const { return phases_.current_name(); }
    // Counters of the guest's memory manager as they are now; nothing before it announces them.
    [[nodiscard]] std::optional<guest_mailbox> mailbox() { return read_mailbox(memory_, mailbox_); }
    // Calls of the probed guest functions so far; none in functional mode.
    [[nodiscard]] std::vector<OperationCalls> probed_calls() const { return probes_.calls(); }
    // Cycles so far, boot's instructions at one each; nothing without timing.
    [[nodiscard]] std::optional<arch::u64> cycles() const;
    // All that the cost ledger was charged since reset; 0 without timing.
    [[nodiscard]] arch::u64 ledger_cycles() const { return pipeline_ ? pipeline_->ledger().cells().total() : 0; }
    // Of the trace that is replayed, or null.
    [[nodiscard]] const trace::Importer* importer() const { return replay_ ? &replay_->importer() : nullptr; }

private:
    // Bus
    [[nodiscard]] bool device_read(arch::PhysicalAddress pa, unsigned size, arch::u64& value) override;
    [[nodiscard]] bool device_write(arch::PhysicalAddress pa, unsigned size, arch::u64 value) override;
    void set_code_page(arch::PhysicalAddress page, bool is_code) override;
    [[nodiscard]] bool firmware_call(Pe& pe) override;
    void on_marker(Pe& pe, unsigned number) override;
    void take_output(Pe& pe);
    [[nodiscard]] arch::u64 system_count(const Pe& pe) override;
    void synchronize_time(Pe& pe) override;

    [[nodiscard]] StopReason run_slice(arch::u64 limit, RunWatcher* watcher);
    void enter_stage();
    void enter_stage(TimingSchedule::Stage next);
    void stop_for_stage(Pe& pe);
    void note_unit();
    void watch_misses();
    [[nodiscard]] mmu::CounterBank counted_so_far();
    void collect_sample(RunResult& result);
    void add_snapshot(const std::string& phase);
    void snapshot_of_phase();
    void snapshot_of_end();
    [[nodiscard]] PhaseTracker::Moment moment();
    void collect_costs(RunResult& result) const;
    void collect_refills(RunResult& result) const;
    void collect_ledger(RunResult& result) const;

    RunRequest request_;
    PhysicalMemory memory_;
    mmu::Counters counters_;
    mmu::Mmu mmu_;
    std::optional<BuiltInHypervisor> hypervisor_;  // where stage 2 is on
    Core core_;
    Pl011 console_;
    std::optional<ProgramConsole> program_console_;  // where a user's program runs
    std::unique_ptr<Pipeline> pipeline_;  // cycle mode only
    std::unique_ptr<CallStacks> stacks_;  // where they are asked for
    TimingSchedule schedule_;
    TimingSchedule::Stage stage_{TimingSchedule::Stage::Untimed};
    arch::u64 untimed_instructions_{0};  // before the stage under way
    arch::u64 stage_began_{0};           // when that many had retired
    std::optional<mmu::CounterBank> unit_began_;
    std::vector<mmu::CounterBank> units_;
    OperationProbes probes_;
    PhaseTracker phases_;
    std::unique_ptr<ReplayFeed> replay_;
    Traces traces_;
    std::unique_ptr<TranslationCheck> check_;  // where it was asked for
    MailboxPlace mailbox_{};
    GuestView guest_;
    FunctionTable functions_;
    FunctionCounts function_counts_{functions_};
    std::vector<Snapshot> snapshots_;
    std::optional<MissTaxonomy> misses_;  // from the first phase on, where it is asked for
    arch::u64 memory_hash_{0};
    std::optional<RunEnd> end_;
};

}  // namespace emu
