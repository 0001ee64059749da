// What one of a chain of dependent loads takes, by footprint, under everything that can map it in one granule: scattered pages,
// adjacent ones, contiguous groups, blocks.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "emu/app/chase_runs.h"
#include "emu/report/json_type.h"

namespace emu::app {

class LatencyLadder {
public:
    explicit LatencyLadder(std::uint64_t page);

    // What must have been measured for the rest.
    [[nodiscard]] std::vector<ChasePoint> points() const;
    [[nodiscard]] std::string table(const ChaseRuns& runs) const;
    [[nodiscard]] Json json(const ChaseRuns& runs) const;

private:
    struct Rung {
        std::string heading;
        std::uint64_t mapping;
        bool scattered;
    };
    [[nodiscard]] ChasePoint on(const Rung& rung, std::uint64_t footprint) const;

    std::uint64_t page_;
    std::array<Rung, 4> rungs_;
};

}  // namespace emu::app
