// The INI file of a core says where each figure comes from, is complete, and agrees with what is published.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <vector>

#include "emu/core/core_config.h"
#include "emu/timing/timing_config.h"
#include "mmu/base/config_schema.h"
#include "mmu/base/user_error.h"
#include "mmu/config.h"
#include "tests/support/catch.h"

using namespace emu;

namespace {

struct Line {
    std::string value;
    std::string comment;
};

const std::string kFolder{FOLDWALK_PROFILES};

std::vector<std::string> core_names() {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator{kFolder}) names.push_back(entry.path().stem().string());
    std::sort(names.begin(), names.end());
    return names;
}

std::string trim(std::string text) {
    text.erase(0, text.find_first_not_of(' '));
    text.erase(text.find_last_not_of(' ') + 1);
    return text;
}

// A reader of its own, simpler than the program's: `key = value  # comment`, and core.extends.
std::map<std::string, Line> read_profile(const std::string& core) {
    std::ifstream file{kFolder + "/" + core + ".ini"};
    REQUIRE(file);
    std::map<std::string, Line> out;
    for (std::string text; std::getline(file, text);) {
        const auto hash = text.find('#');
        const auto equals = text.find('=');
        if (equals == std::string::npos || equals > hash) continue;
        out[trim(text.substr(0, equals))] = {trim(text.substr(equals + 1, hash - equals - 1)),
                                             hash == std::string::npos ? "" : trim(text.substr(hash + 1))};
    }
    const auto extends = out.extract("core.extends");
    if (!extends.empty()) out.merge(read_profile(extends.mapped().value));
    return out;
}

// Figures as the sources named in the profiles have them; those that nobody published as their authors recommend.
struct Facts {
    const char* core;
    const char* l1i_tlb;
    const char* l1d_tlb;
    const char* l1d_ways;
    const char* l2_tlb;
    const char* l2_ways;
    const char* l2_tlb_penalty;
    const char* rob;
    const char* mispredict;
    const char* l1d_size;
    const char* l1d_latency;
    const char* l2_size;
    const char* l2_latency;
    const char* tlbi;
    const char* hafdbs;
};
constexpr Facts kFacts[] = {
    {"cortex-a53", "10", "10", "0", "512", "4", "2", "1", "9", "32K", "3", "256K", "17", "0", "0"},
    {"cortex-a55", "15", "16", "0", "1024", "4", "3", "1", "8", "32K", "3", "128K", "9", "0", "2"},
    {"cortex-a510", "16", "16", "0", "2048", "8", "5", "1", "8", "32K", "4", "256K", "11", "2", "2"},
    {"cortex-a72", "48", "32", "0", "1024", "4", "7", "128", "15", "32K", "4", "2M", "21", "0", "0"},
    {"cortex-a76", "48", "48", "0", "1280", "5", "5", "128", "11", "64K", "4", "512K", "9", "0", "2"},
    {"cortex-a78", "32", "32", "0", "1024", "4", "5", "160", "10", "32K", "4", "512K", "9", "0", "2"},
    {"neoverse-n1", "48", "48", "0", "1280", "5", "5", "128", "11", "64K", "4", "1M", "11", "0", "2"},
    {"ampere-altra", "48", "48", "0", "1280", "5", "5", "128", "11", "64K", "4", "1M", "11", "0", "2"},
    {"cortex-a710", "48", "32", "0", "1024", "4", "5", "160", "10", "32K", "4", "512K", "13", "2", "2"},
    {"cortex-x2", "48", "48", "0", "2048", "8", "5", "288", "10", "64K", "4", "1M", "11", "2", "2"},
    {"neoverse-n2", "48", "44", "0", "1280", "5", "3", "160", "10", "64K", "4", "1M", "13", "2", "2"},
    {"neoverse-v1", "48", "40", "0", "2048", "8", "5", "256", "11", "64K", "4", "1M", "10", "0", "2"},
    {"neoverse-v2", "48", "48", "0", "2048", "8", "5", "320", "10", "64K", "4", "2M", "11", "2", "2"},
    {"ampereone", "48", "48", "0", "2048", "8", "6", "174", "10", "64K", "4", "2M", "11", "2", "0"},
    {"apple-m1-firestorm", "192", "160", "5", "3072", "12", "6", "330", "13", "128K", "3", "12M", "16", "2", "0"},
    {"apple-m1-icestorm", "128", "128", "4", "1024", "4", "7", "59", "10", "64K", "3", "4M", "15", "2", "0"},
    {"apple-m2-avalanche", "192", "256", "8", "3072", "12", "6", "292", "13", "128K", "3", "16M", "16", "2", "0"},
};

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
    return key == "core.threaded" || key == "core.jit" || key == "core.jit_threshold" || key == "mmu.host_tlb" ||
           key.ends_with("_seed");
}

template <class Config>
void check_complete(const std::map<std::string, Line>& profile) {
    Config config;
    const ParameterList keys{config};
    for (const Parameter& p : keys.parameters()) {
        INFO(p.key);
        if (!is_of_the_host(p.key)) CHECK(profile.count(p.key) == 1);
    }
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
    const auto profile = read_profile("neoverse-n1");
    check_agreement<TimingConfig>(profile);
    check_agreement<CoreConfig>(profile);
}

TEST_CASE("every profile sets every key of a core") {
    for (const auto& core : core_names()) {
        INFO(core);
        const auto profile = read_profile(core);
        check_complete<TimingConfig>(profile);
        check_complete<CoreConfig>(profile);
        check_complete<mmu::MmuConfig>(profile);
    }
}

TEST_CASE("every figure of a profile says how sure it is, and why") {
    for (const auto& core : core_names()) {
        for (const auto& [key, line] : read_profile(core)) {
            if (is_end_of_range(key)) continue;
            INFO(core << " " << key << " # " << line.comment);
            CHECK(names_confidence(line.comment));
            CHECK(line.comment.find(": ") + 3 < line.comment.size());
        }
    }
}

TEST_CASE("every figure of a profile that is estimated has a range, and lies in it") {
    for (const auto& core : core_names()) {
        const auto profile = read_profile(core);
        for (const auto& [key, line] : profile) {
            if (!line.comment.starts_with("estimated")) continue;
            INFO(core << " " << key);
            REQUIRE(profile.count(key + ".low") == 1);
            REQUIRE(profile.count(key + ".high") == 1);
            CHECK(std::stoull(profile.at(key + ".low").value) <= std::stoull(line.value));
            CHECK(std::stoull(line.value) <= std::stoull(profile.at(key + ".high").value));
        }
    }
}

TEST_CASE("telling figures of the profiles are those published") {
    for (const Facts& f : kFacts) {
        INFO(f.core);
        const auto profile = read_profile(f.core);
        CHECK(profile.at("mmu.l1i_tlb.entries").value == f.l1i_tlb);
        CHECK(profile.at("mmu.l1d_tlb.entries").value == f.l1d_tlb);
        CHECK(profile.at("mmu.l1d_tlb.ways").value == f.l1d_ways);
        CHECK(profile.at("mmu.l2_tlb.entries").value == f.l2_tlb);
        CHECK(profile.at("mmu.l2_tlb.ways").value == f.l2_ways);
        CHECK(profile.at("mmu.l2_tlb.hit_penalty").value == f.l2_tlb_penalty);
        CHECK(profile.at("core.rob").value == f.rob);
        CHECK(profile.at("core.mispredict_penalty").value == f.mispredict);
        CHECK(profile.at("cache.l1d.size").value == f.l1d_size);
        CHECK(profile.at("cache.l1d.latency").value == f.l1d_latency);
        CHECK(profile.at("cache.l2.size").value == f.l2_size);
        CHECK(profile.at("cache.l2.latency").value == f.l2_latency);
        CHECK(profile.at("core.tlbi").value == f.tlbi);
        CHECK(profile.at("core.hafdbs").value == f.hafdbs);
    }
}

TEST_CASE("the published figures cover the profiles of all cores") {
    std::vector<std::string> names;
    for (const Facts& f : kFacts) names.emplace_back(f.core);
    std::sort(names.begin(), names.end());
    CHECK(names == core_names());
}

TEST_CASE("profiles of Armv8.0 lack atomics, those of in-order cores a reorder window") {
    for (const auto& core : core_names()) {
        INFO(core);
        const auto profile = read_profile(core);
        const bool armv8_0 = core == "cortex-a53" || core == "cortex-a72";
        const bool in_order = core == "cortex-a53" || core == "cortex-a55" || core == "cortex-a510";
        CHECK((profile.at("core.lse").value == "off") == armv8_0);
        CHECK((profile.at("core.pipeline").value == "in-order") == in_order);
        CHECK((profile.at("core.rob").value == "1") == in_order);
    }
}

TEST_CASE("the knobs of a profile agree with its identification registers") {
    for (const auto& core : core_names()) {
        INFO(core);
        const auto profile = read_profile(core);
        const auto number = [&](const char* key) { return std::stoull(profile.at(key).value, nullptr, 0); };
        const auto field = [&](const char* key, unsigned low) { return number(key) >> low & 15; };
        if (core != "ampereone") CHECK(number("core.hafdbs") == field("core.id_aa64mmfr1", 0));  // off for its erratum
        CHECK(number("core.pan") == field("core.id_aa64mmfr1", 20));
        CHECK(number("core.tlbi") == field("core.id_aa64isar0", 56));
        CHECK(number("core.bbm") == field("core.id_aa64mmfr2", 52));
        CHECK((profile.at("core.ttl").value == "on") == (field("core.id_aa64mmfr2", 48) == 1));
        CHECK((profile.at("core.lse").value == "on") == (field("core.id_aa64isar0", 20) == 2));
    }
}

TEST_CASE("CCSIDR_EL1 of a profile says the size and ways of its caches") {
    for (const auto& core : core_names()) {
        const auto profile = read_profile(core);
        for (const std::string level : {"l1i", "l1d", "l2"}) {
            INFO(core << " " << level);
            const auto ccsidr = std::stoull(profile.at("core.ccsidr_" + level).value, nullptr, 0);
            const auto sets = (ccsidr >> 13 & 0x7fff) + 1;
            const auto ways = (ccsidr >> 3 & 0x3ff) + 1;
            const auto line = arch::u64{16} << (ccsidr & 7);
            CHECK(std::to_string(ways) == profile.at("cache." + level + ".ways").value);
            CHECK(config_text::format_bytes(sets * ways * line) == profile.at("cache." + level + ".size").value);
        }
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
