#include "emu/app/memory_rates.h"

#include <algorithm>

#include "emu/app/parallel_runs.h"
#include "emu/app/profile.h"
#include "emu/report/number_format.h"
#include "emu/report/text_table.h"
#include "mmu/base/user_error.h"

namespace emu::app {
namespace {

struct Shape {
    const char* page;
    const char* bytes;
    std::uint64_t size;
};
// In the last level cache of most cores, and beyond it.
constexpr Shape kShapes[] = {{"4K", "4M", 4 << 20}, {"64K", "4M", 4 << 20}, {"4K", "32M", 32 << 20}, {"64K", "32M", 32 << 20}};

RunRequest request_of(const DataFiles& files, const MachineConfig& config, const Shape& shape) {
    RunRequest request;
    request.config = config;
    request.files = guest_files(files, config);
    request.name = request.workload = "memory_rates";
    request.arguments = {std::string{"page="} + shape.page, std::string{"bytes="} + shape.bytes};
    request.explain_misses = false;
    request.config.memory = std::max(request.config.memory, MachineConfig{}.memory);
    return request;
}

double rate_of(const RunResult& run, const char* phase, const MachineConfig& config, std::uint64_t bytes) {
    std::uint64_t cycles = 0;
    for (const PhaseResult& p : run.phases)
        if (p.name == phase) cycles += p.el0[mmu::Event::CPU_CYCLES] + p.el1[mmu::Event::CPU_CYCLES];
    if (!run.complete || cycles == 0) throw UserError{"validate: memory_rates: " + run.stop_reason};
    const double ns = static_cast<double>(cycles) * 1000.0 / static_cast<double>(config.timing.core.frequency_mhz);
    return static_cast<double>(bytes) / ns;
}

}  // namespace

std::vector<MemoryRates> measure_memory_rates(const DataFiles& files, const MachineConfig& config,
                                              const std::atomic<bool>& stop) {
    std::vector<RunRequest> requests;
    for (const Shape& shape : kShapes) requests.push_back(request_of(files, config, shape));
    const auto results = run_all(requests, stop);
    std::vector<MemoryRates> rates;
    if (stop) return rates;
    for (std::size_t i = 0; i < results.size(); ++i) {
        const Shape& shape = kShapes[i];
        const auto rate = [&](const char* phase) { return rate_of(results[i], phase, config, shape.size); };
        rates.push_back({shape.page, shape.bytes, rate("copy"), rate("clear_stp"), rate("clear_zva")});
    }
    return rates;
}

std::string memory_rates_table(const std::vector<MemoryRates>& rates) {
    TextTable table{{"runs of", "region", "copy, LDP and STP", "clear, STP", "clear, DC ZVA"}};
    for (const MemoryRates& r : rates)
        table.add_row({r.page, r.bytes, fixed(r.copy, 1), fixed(r.clear_by_stores, 1), fixed(r.clear_by_zva, 1)});
    return "Clearing and copying memory, GB/s of bytes cleared or copied (the model's prediction):\n\n" + table.to_string();
}

}  // namespace emu::app
