#include "emu/app/latency_ladder.h"

#include <algorithm>

#include "emu/report/number_format.h"
#include "emu/report/text_table.h"
#include "mmu/base/config_schema.h"

namespace emu::app {
namespace {

using config_text::format_bytes;

constexpr std::uint64_t kLine = 64;
constexpr std::uint64_t kSmallest = 16 << 10;
constexpr std::uint64_t kLargest = 1 << 30;

std::vector<std::uint64_t> footprints() {
    std::vector<std::uint64_t> out;
    for (std::uint64_t bytes = kSmallest; bytes <= kLargest; bytes *= 2) out.push_back(bytes);
    return out;
}

}  // namespace

LatencyLadder::LatencyLadder(std::uint64_t page)
    : page_{page},
      rungs_{Rung{format_bytes(page) + " scattered", page, true}, Rung{format_bytes(page) + " adjacent", page, false},
             Rung{format_bytes(group_bytes(page)) + " contpte", group_bytes(page), false},
             Rung{format_bytes(block_bytes(page)), block_bytes(page), false}} {}

// At most two million nodes; small footprints hold one in each line.
ChasePoint LatencyLadder::on(const Rung& rung, std::uint64_t footprint) const {
    const std::uint64_t stride = std::max(kLine, footprint >> 21);
    return {footprint / stride, stride, rung.mapping, rung.scattered, page_};
}

std::vector<ChasePoint> LatencyLadder::points() const {
    std::vector<ChasePoint> out;
    for (const std::uint64_t footprint : footprints())
        for (const Rung& rung : rungs_) out.push_back(on(rung, footprint));
    return out;
}

std::string LatencyLadder::table(const ChaseRuns& runs) const {
    std::vector<std::string> headings{"footprint"};
    for (const Rung& rung : rungs_) headings.push_back(rung.heading);
    for (const Rung& rung : rungs_) headings.push_back("walks, " + rung.heading);
    TextTable table{headings};
    for (const std::uint64_t footprint : footprints()) {
        std::vector<std::string> cells{format_bytes(footprint)};
        for (const Rung& rung : rungs_) cells.push_back(fixed(runs.at(on(rung, footprint)).cycles, 1));
        for (const Rung& rung : rungs_) cells.push_back(fixed(runs.at(on(rung, footprint)).walks, 2));
        table.add_row(std::move(cells));
    }
    return "Latency ladder, " + format_bytes(page_) +
           " granule: cycles and walks per step of a chain of dependent loads over all lines (the model's\n"
           "prediction; no such curve is published for an Arm core):\n\n" + table.to_string();
}

Json LatencyLadder::json(const ChaseRuns& runs) const {
    Json list = Json::array();
    for (const std::uint64_t footprint : footprints()) {
        for (const Rung& rung : rungs_) {
            const auto& time = runs.at(on(rung, footprint));
            list.push_back(Json{{"bytes", footprint}, {"granule", page_}, {"mapping", rung.heading}, {"cycles", time.cycles}, {"walks", time.walks}});
        }
    }
    return list;
}

}  // namespace emu::app
