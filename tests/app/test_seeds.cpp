// Comparisons over several seeds, and with the estimated figures at both ends.
#include "emu/report/phase_tables.h"
#include "emu/report/result_json.h"
#include "emu/report/statistics.h"
#include "emu/report/text_report.h"
#include "tests/app/sample_runs.h"
#include "tests/app/table_text.h"
#include "tests/support/catch.h"

using Catch::Contains;
using namespace emu;
using sample::row_of;
using sample::words;

namespace {

// Two runs, "off" and "on", of the given user cycles; the kernel takes 500 in each.
std::vector<RunResult> pair_of(std::uint64_t off, std::uint64_t on) {
    return {sample::run("off", off), sample::run("on", on)};
}

Comparison pairs(std::vector<std::vector<RunResult>> by_seed) {
    Comparison c{"random_touch", by_seed.front(), {{"gain", 0, 1}}, 2};
    c.further_seeds.assign(by_seed.begin() + 1, by_seed.end());
    return c;
}

std::string printed_gain(const Comparison& c) {
    const auto row = words(row_of(report_comparison(c), "cycles, user"));
    std::string gain;
    for (std::size_t i = 4; i < row.size(); ++i) gain += (i == 4 ? "" : " ") + row[i];
    return gain;
}

}  // namespace

TEST_CASE("The interval of a mean is Student's, by hand for one to five", "[seeds]") {
    const auto five = mean_interval({1, 2, 3, 4, 5});  // s = sqrt(2.5), t(4; 0.975) = 2.776445
    CHECK(five.mean == Approx(3));
    CHECK(five.low == Approx(3 - 1.963243).epsilon(1e-6));
    CHECK(five.high == Approx(3 + 1.963243).epsilon(1e-6));
    CHECK_FALSE(five.contains_zero());
    CHECK(mean_interval({-1, 1, 0.5}).contains_zero());
    CHECK(mean_interval({7}).low == 7);
    CHECK(mean_interval({0, 0, 0}).contains_zero());
}

TEST_CASE("Seeds are paired: a small change shows through runs that differ much among themselves", "[seeds]") {
    const auto c = pairs({pair_of(1000, 1010), pair_of(2000, 2011), pair_of(3000, 3009)});
    const auto row = words(row_of(report_comparison(c), "cycles, user"));
    CHECK(row[2] == "2,000");
    CHECK(row[3] == "2,010");
    CHECK(printed_gain(c) == "+0.5 +-0.1 %");  // mean 10, half width 4.302653 * 1 / sqrt(3), of 2000
}

TEST_CASE("A change whose interval contains zero is no difference", "[seeds]") {
    CHECK(printed_gain(pairs({pair_of(1000, 1010), pair_of(2000, 1990), pair_of(3000, 3005)})) == "no difference");
    CHECK(printed_gain(pairs({pair_of(1000, 1000), pair_of(2000, 2000)})) == "no difference");
}

TEST_CASE("A seed that was cut short is left out of the interval and named", "[seeds]") {
    auto c = pairs({pair_of(1000, 1010), pair_of(2000, 2010), pair_of(3000, 9)});
    c.further_seeds[1][1].complete = false;
    c.further_seeds[1][1].stop_reason = "interrupted";
    CHECK(printed_gain(c) == "+0.7 +-0.0 %");
    CHECK_THAT(report_comparison(c), Contains("NOT COMPARABLE: on is incomplete: interrupted"));
    CHECK_THAT(report_comparison(c), Contains("means of 2 of 3 seeds"));
}

TEST_CASE("Runs that one interrupt stopped are one reason not to compare", "[seeds]") {
    auto c = pairs({pair_of(1000, 1010), pair_of(2000, 2010)});
    for (auto* runs : {&c.runs, &c.further_seeds[0]}) {
        for (auto& run : *runs) {
            run.complete = false;
            run.stop_reason = runs == &c.runs ? "interrupted" : "not started";
        }
    }
    const auto reasons = incomparable(c);
    REQUIRE(reasons.size() == 2);
    CHECK(reasons[0] == c.runs[0].name + " and 1 more are incomplete: interrupted");
    CHECK(reasons[1] == c.runs[0].name + " and 1 more are incomplete: not started");
    CHECK_THAT(report_comparison(c), Contains("No seed is complete") && !Contains("means of"));
}

TEST_CASE("A difference whose sign the estimates decide is marked", "[seeds]") {
    auto c = pairs({pair_of(1000, 1010)});
    c.at_low = pair_of(900, 890);
    c.at_high = pair_of(1200, 1300);
    CHECK(printed_gain(c) == "+1.0 % ?");
    const auto text = report_comparison(c);
    CHECK(words(row_of(text, "  estimates low")) == words("estimates low 1,400 1,390 -0.7 %"));
    CHECK(words(row_of(text, "  estimates high")) == words("estimates high 1,700 1,800 +5.9 %"));
    c.at_low = pair_of(900, 901);
    CHECK(printed_gain(c) == "+1.0 %");
}

TEST_CASE("A price stands with its range over the estimates where they move it", "[seeds]") {
    auto c = pairs({pair_of(1000, 1010)});
    c.at_low = c.at_high = c.runs;
    c.at_low[0].costs[1].cycles.total = 300;
    const auto text = report_comparison(c);
    CHECK_THAT(row_of(text, "  folded"), Contains("200.0 [100.0-200.0]"));
    CHECK_THAT(row_of(text, "  mismatch"), Contains(" 40.0 ") && !Contains("["));
}

TEST_CASE("The document holds the runs of all seeds and ends, and the statistics of every figure", "[seeds]") {
    auto c = pairs({pair_of(1000, 1010), pair_of(2000, 2011), pair_of(3000, 3009)});
    c.at_low = c.at_high = c.runs;
    const auto document = comparison_document({}, {c});
    CHECK(document["runs"].size() == 10);
    const auto& comparison = document["comparisons"][0];
    CHECK(comparison["first_run_of_further_seeds"].dump() == "[2,4]");
    CHECK(comparison["first_run_at_low_estimates"] == 6);
    CHECK(comparison["first_run_at_high_estimates"] == 8);
    const auto& user_cycles = comparison["statistics"][0];
    CHECK(user_cycles["figure"] == "cycles, user");
    CHECK(user_cycles["changes"][0]["mean"].get<double>() == Approx(10));
    CHECK(user_cycles["changes"][0]["differs"] == true);
}
