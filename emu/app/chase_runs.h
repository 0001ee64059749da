// Runs of the guest without a kernel that follow chains of pointers: what one access takes at a footprint, under a mapping.
#pragma once

#include <atomic>
#include <compare>
#include <cstdint>
#include <map>
#include <vector>

#include "emu/app/data_files.h"
#include "emu/machine/run.h"

namespace emu::app {

// Of a granule with pages of so many bytes: what a contiguous group of pages maps, and what a block of the level above does.
[[nodiscard]] std::uint64_t group_bytes(std::uint64_t page);
[[nodiscard]] std::uint64_t block_bytes(std::uint64_t page);

// One shape of the chain; see workloads/event_loops/chase.h.
struct ChasePoint {
    std::uint64_t nodes{0};
    std::uint64_t stride{0};      // bytes between nodes
    std::uint64_t mapping{4096};  // bytes that one descriptor, or one contiguous group, maps
    bool scattered{false};        // neighbouring pages are not neighbours in memory
    std::uint64_t page{4096};     // of the granule
    auto operator<=>(const ChasePoint&) const = default;
};

struct ChaseTime {
    double cycles{0};   // all per step
    double refills{0};  // of the L1 data TLB
    double walks{0};
};

// Measures points on one configuration, each once.
class ChaseRuns {
public:
    // `files` is the folder of the guest with a kernel; the other one lies in it. Throws UserError where it is missing.
    ChaseRuns(const DataFiles& files, const MachineConfig& config, const std::atomic<bool>& stop);

    // Measures several points at once, with progress. False: interrupted.
    [[nodiscard]] bool measure(const std::vector<ChasePoint>& points);
    // Of a point that was measured.
    [[nodiscard]] const ChaseTime& at(const ChasePoint& point) const { return times_.at(point); }

    // Cycles from one SVC at EL0 to the next, through a kernel that saves and restores all registers.
    [[nodiscard]] double system_call_cycles() const;

    // The most nodes, one in each `apart`th page of `page` bytes, whose translations all stay in the L1 data TLB, or (`walks`)
    // in the L2 TLB: those of which hardly a step misses. At most `most`.
    [[nodiscard]] std::uint64_t knee(std::uint64_t page, std::uint64_t apart, bool walks, std::uint64_t most) const;

private:
    [[nodiscard]] RunRequest request_of(const ChasePoint& point, std::uint64_t steps) const;
    [[nodiscard]] RunResult run_quietly(RunRequest request) const;
    [[nodiscard]] double misses(const ChasePoint& point, bool walks) const;

    DataFiles loops_;
    MachineConfig config_;
    const std::atomic<bool>& stop_;
    std::map<ChasePoint, ChaseTime> times_;
};

}  // namespace emu::app
