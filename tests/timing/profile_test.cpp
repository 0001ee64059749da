// The INI file of a core says where each figure comes from, and agrees with the defaults.
#include <fstream>
#include <map>

#include "emu/core/core_config.h"
#include "emu/timing/timing_config.h"
#include "mmu/base/config_schema.h"
#include "mmu/base/user_error.h"
#include "tests/support/catch.h"

using namespace emu;

namespace {

struct Line {
    std::string value;
    std::string comment;
};

std::map<std::string, Line> read_profile(const std::string& name) {
    std::ifstream file{std::string{FOLDWALK_PROFILES} + "/" + name};
    REQUIRE(file);
    std::map<std::string, Line> out;
    for (std::string text; std::getline(file, text);) {
        const auto hash = text.find('#');
        const auto equals = text.find('=');
        if (equals == std::string::npos || equals > hash) continue;
        const auto trim = [](std::string t) {
            t.erase(0, t.find_first_not_of(' '));
            t.erase(t.find_last_not_of(' ') + 1);
            return t;
        };
        out[trim(text.substr(0, equals))] = {trim(text.substr(equals + 1, hash - equals - 1)),
                                             hash == std::string::npos ? "" : trim(text.substr(hash + 1))};
    }
    return out;
}

bool names_confidence(const std::string& comment) {
    for (const char* word : {"documented", "measured", "estimated", "assumed"}) {
        if (comment.starts_with(word)) return true;
    }
    return false;
}

bool is_end_of_range(const std::string& key) {
    return key.ends_with(".low") || key.ends_with(".high");
}

// Keys of the emulator itself, not figures of a core.
bool is_of_the_host(const std::string& key) {
    return key == "core.threaded" || key == "core.jit" || key == "core.jit_threshold";
}

template <class Config>
void check_agreement(const std::map<std::string, Line>& profile) {
    Config defaults;
    Config from_profile;
    const ParameterList keys{defaults};
    ParameterList set{from_profile};
    for (const Parameter& p : keys.parameters()) {
        if (is_of_the_host(p.key)) continue;
        INFO(p.key);
        const auto line = profile.find(p.key);
        REQUIRE(line != profile.end());
        set.set(p.key, line->second.value, "neoverse-n1.ini");
        CHECK(set.get(p.key) == p.get());
    }
}

}  // namespace

TEST_CASE("the Neoverse N1 profile sets every key of core and timing to the default") {
    const auto profile = read_profile("neoverse-n1.ini");
    check_agreement<TimingConfig>(profile);
    check_agreement<CoreConfig>(profile);
}

TEST_CASE("every figure of the Neoverse N1 profile says how sure it is") {
    for (const auto& [key, line] : read_profile("neoverse-n1.ini")) {
        INFO(key);
        if (!is_end_of_range(key)) CHECK(names_confidence(line.comment));
    }
}

TEST_CASE("every figure that is estimated has a range") {
    const auto profile = read_profile("neoverse-n1.ini");
    TimingConfig config;
    const ParameterList keys{config};
    for (const Parameter& p : keys.parameters()) {
        INFO(p.key);
        if (profile.at(p.key).comment.starts_with("estimated")) CHECK(profile.count(p.key + ".low") == 1);
    }
}

TEST_CASE("a configuration can take all its estimates at one end") {
    TimingConfig config;
    const TimingConfig low = config.with_estimates_at(EstimateEnd::Low);
    const TimingConfig high = config.with_estimates_at(EstimateEnd::High);
    CHECK(low.core.dsb_ish.mid == config.core.dsb_ish.low);
    CHECK(high.core.dsb_ish.mid == config.core.dsb_ish.high);
    CHECK(high.translation.walk_overhead.mid == 23);
    CHECK(high.core.rob == config.core.rob);
    CHECK(config.with_estimates_at(EstimateEnd::Mid).core.isb.mid == config.core.isb.mid);
}

TEST_CASE("configurations that contradict themselves are the user's mistake") {
    TimingConfig config;
    CHECK_NOTHROW(config.validate());
    config.core.isb.mid = 1000;
    CHECK_THROWS_AS(config.validate(), UserError);
    config = {};
    config.memory.l1d.ways = 3;
    CHECK_THROWS_WITH(config.validate(), Catch::Contains("cache.l1d.size"));
}
