#include "emu/app/chase_runs.h"

#include "emu/app/parallel_runs.h"
#include "emu/app/profile.h"
#include "emu/report/phases.h"
#include "mmu/arch/granule.h"
#include "mmu/base/user_error.h"

namespace emu::app {
namespace {

using mmu::Event;

constexpr std::uint64_t kSteps = 200'000;
constexpr std::uint64_t kCalls = 20'000;
constexpr std::uint64_t kMemory = std::uint64_t{10} << 30;  // sparse: the guest's own GiB, and eight for chains
// Of the steps: the L2 TLB also holds tables, and each in a full set makes all its pages miss.
constexpr double kFewMisses = 0.005;
constexpr double kFewWalks = 0.04;

DataFiles loops_of(const DataFiles& files) { return DataFiles::locate(files.folder() + "/event_loops"); }

std::string number(const char* key, std::uint64_t value) { return key + ("=" + std::to_string(value)); }

mmu::CounterBank counters_of(const RunResult& run) {
    if (!run.complete) throw UserError{"validate: " + run.workload + " " + run.workload_args + ": " + run.stop_reason};
    const PhaseResult all = all_of_interest(run);
    mmu::CounterBank sum = all.el0;
    sum += all.el1;
    return sum;
}

double per(std::uint64_t count, std::uint64_t steps) { return static_cast<double>(count) / static_cast<double>(steps); }

arch::Granule granule_of(std::uint64_t page) {
    for (const arch::Granule granule : {arch::Granule::k4K, arch::Granule::k16K})
        if (arch::page_size(granule) == page) return granule;
    return arch::Granule::k64K;
}

}  // namespace

std::uint64_t group_bytes(std::uint64_t page) { return page * arch::contiguous_count(granule_of(page), arch::kLeafLevel); }

std::uint64_t block_bytes(std::uint64_t page) { return arch::level_size(granule_of(page), arch::kLeafLevel - 1); }

ChaseRuns::ChaseRuns(const DataFiles& files, const MachineConfig& config, const std::atomic<bool>& stop)
    : loops_{loops_of(files)}, config_{config}, stop_{stop} {
    config_.memory = kMemory;
    config_.kernel.contpte = Contpte::On;  // the name that the folder gives its only image
}

RunRequest ChaseRuns::request_of(const ChasePoint& point, std::uint64_t steps) const {
    RunRequest request;
    request.config = config_;
    request.files = guest_files(loops_, config_);
    request.name = request.workload = "chase";
    request.arguments = {number("count", steps), number("nodes", point.nodes), number("stride", point.stride),
                         number("granule", point.page), number("mapping", point.mapping), number("scattered", point.scattered ? 1 : 0)};
    return request;
}

RunResult ChaseRuns::run_quietly(RunRequest request) const { return run_guest(request, stop_, {}); }

bool ChaseRuns::measure(const std::vector<ChasePoint>& points) {
    std::vector<ChasePoint> fresh;
    for (const auto& point : points)
        if (times_.try_emplace(point).second) fresh.push_back(point);
    std::vector<RunRequest> requests;
    for (const auto& point : fresh) requests.push_back(request_of(point, kSteps));
    const auto results = run_all(requests, stop_);
    if (stop_) return false;
    for (std::size_t i = 0; i < fresh.size(); ++i) {
        const auto counters = counters_of(results[i]);
        times_[fresh[i]] = {per(counters[Event::CPU_CYCLES], kSteps), per(counters[Event::L1D_TLB_REFILL], kSteps),
                            per(counters[Event::DTLB_WALK], kSteps)};
    }
    return true;
}

double ChaseRuns::system_call_cycles() const {
    RunRequest request = request_of({}, kCalls);
    request.name = request.workload = "system_call";
    request.arguments = {number("count", kCalls)};
    return per(counters_of(run_quietly(request))[Event::CPU_CYCLES], kCalls);
}

double ChaseRuns::misses(const ChasePoint& point, bool walks) const {
    const std::uint64_t steps = 8 * point.nodes;
    RunRequest request = request_of(point, steps);
    request.config.mode = Mode::Functional;
    const auto counters = counters_of(run_quietly(request));
    return per(counters[walks ? Event::DTLB_WALK : Event::L1D_TLB_REFILL], steps);
}

std::uint64_t ChaseRuns::knee(std::uint64_t page, std::uint64_t apart, bool walks, std::uint64_t most) const {
    std::uint64_t held = 0;
    std::uint64_t missed = most + 1;
    while (missed - held > 1) {
        const std::uint64_t nodes = held + (missed - held) / 2;
        const ChasePoint point{.nodes = nodes, .stride = apart * page, .mapping = page, .scattered = true, .page = page};
        (misses(point, walks) < (walks ? kFewWalks : kFewMisses) ? held : missed) = nodes;
    }
    return held;
}

}  // namespace emu::app
