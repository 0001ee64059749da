// What `validate` would run for each published figure.
#include "emu/app/configuration.h"
#include "emu/app/validation_model.h"
#include "tests/support/catch.h"

using namespace emu;
using namespace emu::app;

namespace {

MachineConfig config_of(const char* core) {
    return make_config(DataFiles{FOLDWALK_EMU}, {std::nullopt, {{"core.profile", core, "--core"}}});
}

}  // namespace

TEST_CASE("Each published figure is measured by chains that the core's caches and TLBs can hold", "[validate]") {
    for (const Target& target : validation_targets()) {
        const MachineConfig config = config_of(target.core);
        INFO(target.core << ": " << name_of(target.figure, target.argument));
        for (const ChasePoint& point : points_of(target, config)) {
            CHECK(point.nodes > 1);
            CHECK(point.stride >= 64);
        }
    }
}

TEST_CASE("The last level of a core without a system cache is its L3 cache", "[validate]") {
    const Target llc{"", Figure::LlcLatency, 0, 0, 0, false, 0, ""};
    MachineConfig config = config_of("cortex-x2");
    const std::uint64_t l3_lines = config.timing.memory.l3.size / 64;
    CHECK(points_of(llc, config).at(0).nodes == l3_lines / 2);
    config.timing.memory.llc.size = 16 << 20;
    CHECK(points_of(llc, config).at(0).nodes == (8 << 20) / 64);
}
