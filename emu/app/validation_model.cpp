#include "emu/app/validation_model.h"

#include <utility>

namespace emu::app {
namespace {

constexpr std::uint64_t kGiB = std::uint64_t{1} << 30;
constexpr std::uint64_t kLine = 64;

// Random accesses to 1 GiB: two million nodes, one in each 512 bytes.
ChasePoint dram(std::uint64_t mapping, std::uint64_t page) { return {kGiB / 512, 512, mapping, mapping == page, page}; }

const CacheLevelConfig& last_level(const MemoryTimingConfig& memory) { return memory.llc.size != 0 ? memory.llc : memory.l3; }

// Half of a cache, which the level above does not hold.
ChasePoint half_of(const CacheLevelConfig& cache) { return {.nodes = cache.size / 2 / kLine, .stride = kLine, .mapping = kGiB}; }

// One node in each of so many pages.
ChasePoint in_pages(std::uint64_t pages, std::uint64_t mapping, std::uint64_t page) {
    return {pages, page, mapping, mapping == page, page};
}

// Half of the L1 TLB's pages, and twice as many as it has; twice as many as the L2 TLB has, and the same nodes under blocks, which
// need next to none.
std::vector<ChasePoint> around_tlbs(const mmu::MmuConfig& mmu, std::uint64_t page) {
    const std::uint64_t l1 = mmu.l1d_tlb.entries;
    const std::uint64_t l2 = mmu.l2_tlb.entries;
    return {in_pages(l1 / 2, page, page), in_pages(2 * l1, page, page), in_pages(2 * l2, page, page),
            in_pages(2 * l2, block_bytes(page), page)};
}

// Of an L1 TLB refill that the L2 TLB serves.
double penalty_of(const std::vector<ChasePoint>& points, const ChaseRuns& runs) {
    const auto& [within, beyond] = std::pair{runs.at(points[0]), runs.at(points[1])};
    return (beyond.cycles - within.cycles) / (beyond.refills - within.refills);
}

// A TLB that has no entries for blocks refills under them too.
double walk_of(const std::vector<ChasePoint>& points, const ChaseRuns& runs) {
    const auto& [pages, blocks] = std::pair{runs.at(points[2]), runs.at(points[3])};
    const double refills = (pages.refills - blocks.refills) * penalty_of(points, runs);
    return (pages.cycles - blocks.cycles - refills) / (pages.walks - blocks.walks);
}

}  // namespace

std::vector<ChasePoint> points_of(const Target& target, const MachineConfig& config) {
    const auto& memory = config.timing.memory;
    const std::uint64_t page = measured_page(target.core);
    const std::uint64_t block = block_bytes(page);
    switch (target.figure) {
        case Figure::L1dLatency: return {half_of(memory.l1d)};
        case Figure::L2Latency: return {half_of(memory.l2)};
        case Figure::LlcLatency: return {half_of(last_level(memory))};
        case Figure::Dram1G: return {dram(kGiB, page)};
        case Figure::DramBlocks: return {dram(block, page)};
        case Figure::DramPages: return {dram(page, page)};
        case Figure::PagesOverBlocks: return {dram(page, page), dram(block, page)};
        case Figure::L2TlbPenalty: case Figure::WalkHot: return around_tlbs(config.mmu, page);
        case Figure::TlbKnee: case Figure::L2TlbKnee: case Figure::SystemCall: break;
    }
    return {};
}

double model_of(const Target& target, const ChaseRuns& runs, const MachineConfig& config) {
    const auto points = points_of(target, config);
    const auto cycles = [&](std::size_t i) { return runs.at(points[i]).cycles; };
    const double ns_per_cycle = 1000.0 / static_cast<double>(config.timing.core.frequency_mhz);
    const std::uint64_t page = measured_page(target.core);
    switch (target.figure) {
        case Figure::L1dLatency: case Figure::L2Latency: return cycles(0);
        case Figure::LlcLatency: case Figure::Dram1G: case Figure::DramBlocks: case Figure::DramPages: return cycles(0) * ns_per_cycle;
        case Figure::PagesOverBlocks: return (cycles(0) - cycles(1)) * ns_per_cycle;
        case Figure::L2TlbPenalty: return penalty_of(points, runs);
        case Figure::WalkHot: return walk_of(points, runs);
        case Figure::TlbKnee:
            return static_cast<double>(runs.knee(page, target.argument, false, 2 * config.mmu.l1d_tlb.entries));
        case Figure::L2TlbKnee: return static_cast<double>(runs.knee(page, 1, true, 2 * config.mmu.l2_tlb.entries));
        case Figure::SystemCall: return runs.system_call_cycles();
    }
    return 0;
}

}  // namespace emu::app
