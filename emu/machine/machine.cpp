#include "emu/machine/machine.h"

#include <algorithm>

#include "emu/devices/psci.h"
#include "emu/machine/derived_config.h"
#include "emu/machine/guest_probes.h"
#include "emu/machine/memory_map.h"
#include "emu/machine/program_initrd.h"
#include "emu/machine/recorders.h"
#include "emu/machine/take_snapshot.h"
#include "emu/machine/user_memory_hash.h"

namespace emu {

namespace {

// Instructions between looks at the stop flag and progress, by how fast they pass: a fraction of a second.
constexpr arch::u64 kTracedSlice = 100'000;
constexpr arch::u64 kTimedSlice = 2'000'000;
constexpr arch::u64 kUntimedSlice = 20'000'000;
constexpr unsigned kResultRegister = 0;
using Stage = TimingSchedule::Stage;

std::string init_arguments(const RunRequest& request) {
    if (request.program) return kProgramBootArgument;
    std::string out = "init=/" + request.workload + " --";
    for (const std::string& a : request.arguments) out += " " + a;
    return out;
}

// Null in functional mode.
std::unique_ptr<Pipeline> make_pipeline(const RunRequest& request, const GuestImage& image, mmu::Counters& counters) {
    if (request.config.mode == Mode::Functional) return nullptr;
    return std::make_unique<Pipeline>(request.config.timing, counters,
                                      function_table(image.kernel_symbols, image.program_symbols));
}

// Null where it is not asked for.
std::unique_ptr<TranslationCheck> make_check(const RunRequest& request, const GuestImage& image, const Pe& pe,
                                             PhysicalMemory& memory) {
    if (!request.check.wanted) return nullptr;
    return std::make_unique<TranslationCheck>(request.check, function_table(image.kernel_symbols, image.program_symbols),
                                              PageReleases{image.kernel_symbols, image.kernel_objects}, pe, memory);
}

}  // namespace

Machine::Machine(const RunRequest& request, const GuestImage& image)
    : request_{request},
      memory_{memory_map::kRamBase, request.config.memory, BuiltInHypervisor::hidden_bytes(request.config.stage2, request.config.memory)},
      mmu_{mmu_config(request.config), memory_, counters_},
      core_{core_config(request.config), mmu_, memory_, counters_, *this},
      pipeline_{make_pipeline(request, image, counters_)},
      stacks_{request.follow_calls && pipeline_ ? std::make_unique<CallStacks>(pipeline_->ledger()) : nullptr},
      schedule_{request.config.sampling},
      phases_{{counters_, probes_, pipeline_ ? &pipeline_->ledger() : nullptr, stacks_.get()}},
      traces_{request, image, core_.pe, memory_},
      guest_{memory_},
      functions_{function_table(image.kernel_symbols, image.program_symbols)} {
    add_probes(request.probes, image.kernel_symbols, image.program_symbols, probes_);
    probes_.set_pricing(false);
    if (request.program) program_console_.emplace(request.program_sink);
    if (!request.trace.empty()) replay_ = std::make_unique<ReplayFeed>(request.trace, request.heaps);

    const std::string arguments = bootargs(request.config.kernel) + " " + init_arguments(request);
    const BootState boot = load_guest(image, arguments, replay_ ? ReplayFeed::kWindowBytes : 0, memory_);
    if (replay_) replay_->refill(memory_, boot.window);
    core_.reset();
    if (request.config.stage2.mapping != Stage2Mapping::Off) hypervisor_.emplace(request.config.stage2, memory_, mmu_);
    check_ = make_check(request, image, core_.pe, memory_);
    core_.pe.pc = boot.pc;
    core_.pe.x[0] = boot.device_tree;
}

Machine::~Machine() = default;

StopReason Machine::run_slice(arch::u64 limit, RunWatcher* watcher) {
    std::optional<CallFollower> calls;
    if (stacks_) calls.emplace(*stacks_, core_.pe);
    const Observers observers{traces_.wanted(core_.pe.retired) ? &traces_ : nullptr, watcher, check_.get(),
                              stage_ == Stage::Timed && request_.count_functions ? &function_counts_ : nullptr,
                              calls ? &*calls : nullptr};
    limit = traces_.next_change(core_.pe.retired, limit);
    if (stage_ == Stage::Untimed && !observers.any()) return core_.run_plain(limit);
    if (observers.traces != nullptr) traces_.resume();
    const auto observe = [&](auto* recorder) {
        ObservedRecorder observed{recorder, observers, phases_, core_.pe};
        return core_.run_recording(observed, limit);
    };
    if (stage_ == Stage::Untimed) return observe(static_cast<TimedRecorder<OutOfOrderPipeline>*>(nullptr));
    const auto run = [&](auto& recorder) {
        return observers.any() ? observe(&recorder) : core_.run_recording(recorder, limit);
    };
    return pipeline_->visit([&](auto& clock) {
        MissTaxonomy* misses = misses_ ? &*misses_ : nullptr;
        WarmingRecorder warming{clock, misses};
        if (stage_ == Stage::Warming) return run(warming);
        TimedRecorder timed{clock, probes_, core_.pe, counters_, misses};
        return run(timed);
    });
}

void Machine::run_some(arch::u64 instructions, RunWatcher* watcher) {
    enter_stage();
    const arch::u64 limit = std::min(core_.pe.retired + instructions, schedule_.next_change(core_.pe.retired));
    switch (run_slice(limit, watcher)) {
        case StopReason::Limit:
        case StopReason::Requested: break;
        case StopReason::WaitForInterrupt: end_ = RunEnd::WaitsForever; break;  // nothing can wake it
        case StopReason::ExceptionLoop: end_ = RunEnd::ExceptionLoop; break;
    }
}

RunEnd Machine::run(const std::atomic<bool>& stop, const ProgressSink& progress) {
    while (!end_) {
        if (stop.load(std::memory_order_relaxed)) interrupt();
        if (end_) break;
        const bool traced = traces_.wanted(core_.pe.retired);
        const bool slow = stage_ != Stage::Untimed || check_ || stacks_;
        run_some(traced ? kTracedSlice : slow ? kTimedSlice : kUntimedSlice, nullptr);
        if (progress) progress(core_.pe.retired, phases_.current_name());
    }
    return *end_;
}

bool Machine::device_read(arch::PhysicalAddress pa, unsigned size, arch::u64& value) {
    if (pa.value - memory_map::kUartBase >= memory_map::kUartSize) return false;
    value = console_.read(pa.value - memory_map::kUartBase, size);
    return true;
}

bool Machine::device_write(arch::PhysicalAddress pa, unsigned size, arch::u64 value) {
    if (pa.value - memory_map::kUartBase >= memory_map::kUartSize) return false;
    console_.write(pa.value - memory_map::kUartBase, size, value);
    return true;
}

void Machine::set_code_page(arch::PhysicalAddress page, bool is_code) { memory_.set_code_page(page.value, is_code); }

bool Machine::firmware_call(Pe& pe) {
    const PsciReply reply = psci_call(pe.x[0], pe.x[1]);
    if (reply.action == PsciAction::Continue) {
        pe.x[kResultRegister] = reply.x0;
        return true;
    }
    end_ = reply.action == PsciAction::PowerOff ? RunEnd::PoweredOff : RunEnd::Reset;
    pe.stop_requested = true;
    return true;
}

PhaseTracker::Moment Machine::moment() {
    const arch::u64 waiting = stage_ == Stage::Timed ? 0 : core_.pe.retired - stage_began_;
    return {core_.pe.retired, core_.pe.retired - untimed_instructions_ - waiting, read_mailbox(memory_, mailbox_)};
}

void Machine::add_snapshot(const std::string& phase) {
    Snapshot snapshot = take_snapshot(mmu_, guest_, memory_);
    snapshot.phase = phase;
    snapshot.interrupted = end_.has_value();
    snapshot.instruction = core_.pe.retired;
    snapshots_.push_back(std::move(snapshot));
}

void Machine::snapshot_of_phase() {
    const auto& wanted = request_.snapshot_phase;
    if (!wanted || !phases_.open()) return;
    if (wanted->empty() ? phases_.of_interest() : phases_.current_name() == *wanted) add_snapshot(phases_.current_name());
}

void Machine::snapshot_of_end() {
    if (request_.snapshot_phase == kSnapshotAtEnd && snapshots_.empty()) add_snapshot(kSnapshotAtEnd);
}

void Machine::take_output(Pe& pe) {
    const arch::u8* bytes = program_console_ ? memory_.host(pe.x[1], pe.x[2]) : nullptr;
    if (bytes == nullptr) return;
    program_console_->write(pe.x[0], {reinterpret_cast<const char*>(bytes), pe.x[2]});
    pe.x[0] = GUEST_OUTPUT_TAKEN;
}

void Machine::on_marker(Pe& pe, unsigned number) {
    switch (number) {
        case GUEST_HINT_PHASE_BEGIN: {
            const bool of_interest = (pe.x[3] & GUEST_PHASE_OF_INTEREST) != 0;
            schedule_.phase_begins(of_interest, pe.retired);
            stop_for_stage(pe);
            watch_misses();
            phases_.begin(phase_name(pe.x[0], pe.x[1], pe.x[2]), of_interest, moment());
            probes_.set_pricing(of_interest);
            break;
        }
        case GUEST_HINT_PHASE_END:
            schedule_.phase_ends(pe.retired);
            stop_for_stage(pe);
            snapshot_of_phase();
            phases_.end(moment());
            probes_.set_pricing(false);
            break;
        case GUEST_HINT_MAILBOX:
            mailbox_ = {pe.x[0], pe.x[1]};
            guest_.set_layout(pe.x[2]);
            break;
        case GUEST_HINT_WINDOW:
            if (replay_) replay_->refill(memory_, pe.x[0]);
            break;
        case GUEST_HINT_OUTPUT: take_output(pe); break;
        case GUEST_HINT_SYSCALL_NOT_BUILT:
            if (program_console_) program_console_->count_not_built(pe.x[0]);
            break;
        case GUEST_HINT_INIT_EXIT:
            memory_hash_ = user_memory_hash(memory_, pe.x[0]);
            snapshot_of_end();
            break;
        default: break;
    }
}

// Boot runs untimed up to the first phase: nobody asks for its cycles, and it is most of a short run. TLBs are warm by then,
// as in functional mode; caches and predictors are not.
void Machine::enter_stage() {
    if (!pipeline_) return;
    const Stage next = schedule_.stage(core_.pe.retired);
    if (next != stage_) enter_stage(next);
    if (schedule_.sample()) note_unit();
}

// A marker may begin another stage of timing, or end a unit.
void Machine::stop_for_stage(Pe& pe) {
    if (!pipeline_) return;
    if (schedule_.sample() || schedule_.stage(pe.retired) != stage_) pe.stop_requested = true;
}

void Machine::enter_stage(Stage next) {
    if (stage_ != Stage::Timed) untimed_instructions_ += core_.pe.retired - stage_began_;
    stage_began_ = core_.pe.retired;
    if (stage_ == Stage::Warming) pipeline_->visit([](auto& clock) { clock.end_warm_up(); });
    if (next == Stage::Warming) pipeline_->visit([](auto& clock) { clock.begin_warm_up(); });
    if (stage_ == Stage::Untimed) begin_timing(core_.pe.pmu, counters_);
    if (next == Stage::Untimed && misses_) misses_->look_away();
    stage_ = next;
}

mmu::CounterBank Machine::counted_so_far() {
    mmu_.sync_counters();
    mmu::CounterBank sum = counters_.by_el[0];
    sum += counters_.by_el[1];
    return sum;
}

// A unit that a phase's end cut short does not count.
void Machine::note_unit() {
    const bool inside = schedule_.in_unit(core_.pe.retired);
    if (inside == unit_began_.has_value()) return;
    if (inside) {
        unit_began_ = counted_so_far();
        return;
    }
    const mmu::CounterBank unit = counted_so_far() - *unit_began_;
    unit_began_.reset();
    if (unit[mmu::Event::INST_RETIRED] == schedule_.sample()->unit) units_.push_back(unit);
}

// From the first phase on, as timing.
void Machine::watch_misses() {
    if (misses_ || !pipeline_ || !request_.explain_misses) return;
    misses_.emplace(MissTaxonomy::Sources{core_.pe, request_.config.mmu, counters_, probes_, functions_, guest_});
    phases_.watch(&*misses_);
}

std::optional<arch::u64> Machine::cycles() const {
    if (stage_ == Stage::Untimed) return std::nullopt;
    const arch::u64 warmed = stage_ == Stage::Warming ? core_.pe.retired - stage_began_ : 0;
    return untimed_instructions_ + warmed + pipeline_->now();
}

// Without timing, an instruction takes a cycle.
arch::u64 Machine::system_count(const Pe& pe) {
    const arch::u64 cycles = this->cycles().value_or(pe.retired);
    const arch::u64 hertz = request_.config.timing.core.frequency_mhz * 1'000'000;
    const arch::u64 ticks_per_second = core_.config().cntfrq;
    return cycles / hertz * ticks_per_second + cycles % hertz * ticks_per_second / hertz;
}

// The recording loop hands over each instruction before the next executes: time is never behind.
void Machine::synchronize_time(Pe&) {}

}  // namespace emu
