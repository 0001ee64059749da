// Where a run is timed, and what a sample says about the whole.
#include <cmath>
#include <stdexcept>

#include "emu/machine/timing_schedule.h"
#include "emu/report/sampling.h"
#include "tests/support/catch.h"

using namespace emu;
using Stage = TimingSchedule::Stage;

namespace {

SamplingConfig config(const char* fast_forward, const char* sample) {
    return {fast_forward, sample};
}

// A sample whose units took these cycles.
Sample sample_of(std::uint64_t unit, const std::vector<std::uint64_t>& cycles) {
    Sample sample{10 * unit, unit, unit / 10, 1000 * unit, {}};
    for (const std::uint64_t c : cycles) {
        sample.units.emplace_back();
        sample.units.back()[mmu::Event::CPU_CYCLES] = c;
        sample.units.back()[mmu::Event::L1D_CACHE_REFILL] = c / 10;
    }
    return sample;
}

const SampledFigure& figure(const std::vector<SampledFigure>& figures, const std::string& key) {
    for (const SampledFigure& f : figures)
        if (f.key == key) return f;
    throw std::runtime_error{"no figure " + key};
}

}  // namespace

TEST_CASE("counts of instructions have decimal suffixes") {
    CHECK(parse_instructions("100M") == 100'000'000);
    CHECK(parse_instructions("200k") == 200'000);
    CHECK(parse_instructions("2G") == 2'000'000'000);
    CHECK(parse_instructions("17") == 17);
    for (const char* wrong : {"", "0", "M", "1.5M", "10m", "-1", "99999999999999999999", "99999999999999999G"})
        CHECK_FALSE(parse_instructions(wrong));
}

TEST_CASE("a sample's warm-up and unit fit its period") {
    const auto plain = parse_sample("10M:200k");
    REQUIRE(plain);
    CHECK((plain->period == 10'000'000 && plain->unit == 200'000 && plain->warm_up == 20'000));
    CHECK(parse_sample("1000:500:500")->warm_up == 500);
    for (const char* wrong : {"10M", "200k:10M", "1000:500:501", "1000:1000", "1000:", "a:b", "1:1:1:1", "off"})
        CHECK_FALSE(parse_sample(wrong));
}

TEST_CASE("without options timing begins with the first phase") {
    TimingSchedule s{config("off", "off")};
    CHECK(s.stage(50) == Stage::Untimed);
    CHECK(s.next_change(50) == TimingSchedule::kNever);
    s.phase_begins(false, 100);
    CHECK(s.stage(100) == Stage::Timed);
    s.phase_ends(200);
    CHECK(s.stage(200) == Stage::Timed);
    CHECK_FALSE(s.in_unit(200));
}

TEST_CASE("fast-forward goes from the first phase to the first of interest, or by a number of instructions") {
    TimingSchedule to_phase{config("phase", "off")};
    to_phase.phase_begins(false, 100);
    CHECK(to_phase.stage(150) == Stage::Warming);
    to_phase.phase_begins(true, 200);
    CHECK(to_phase.stage(200) == Stage::Timed);
    to_phase.phase_begins(false, 300);
    CHECK(to_phase.stage(300) == Stage::Timed);

    TimingSchedule by_count{config("1k", "off")};
    by_count.phase_begins(true, 100);
    CHECK(by_count.next_change(100) == 1100);
    CHECK(by_count.stage(1099) == Stage::Warming);
    CHECK(by_count.stage(1100) == Stage::Timed);
}

TEST_CASE("a unit stands in the middle of each period of the phases of interest") {
    TimingSchedule s{config("off", "100:20:10")};
    s.phase_begins(false, 1000);
    CHECK(s.stage(1000) == Stage::Warming);
    CHECK(s.next_change(1000) == TimingSchedule::kNever);
    s.phase_begins(true, 2000);
    CHECK(s.next_change(2000) == 2035);
    CHECK(s.stage(2034) == Stage::Warming);
    CHECK((s.stage(2035) == Stage::Timed && !s.in_unit(2044)));
    CHECK(s.next_change(2035) == 2045);
    CHECK((s.in_unit(2045) && s.in_unit(2064)));
    CHECK(s.next_change(2045) == 2065);
    CHECK((s.stage(2065) == Stage::Warming && !s.in_unit(2065)));
    CHECK(s.next_change(2065) == 2135);
    s.phase_ends(2070);
    CHECK_FALSE(s.in_unit(2145));
    s.phase_begins(true, 5000);  // the period goes on where it was
    CHECK(s.next_change(5000) == 5065);
    CHECK(s.of_interest(5010) == 80);
}

// Five values of mean 3 and variance 2.5: Student's t of four degrees of freedom is 2.776445.
TEST_CASE("the interval of cycles per instruction is Student's, from the variance between units") {
    const auto figures = sampled_figures(sample_of(1000, {1000, 2000, 3000, 4000, 5000}));
    const MeanInterval cpi = figure(figures, "cycles_per_instruction").value;
    CHECK(cpi.mean == Approx(3));
    const double right = 2.776445 * std::sqrt(2.5 / 5);
    CHECK(cpi.high - cpi.mean == Approx(right).epsilon(1e-6));
    CHECK(cpi.mean - cpi.low == Approx(right).epsilon(1e-6));
    // What a wrong variance would give: over n instead of n - 1, or the units' own spread instead of the mean's.
    CHECK(cpi.high - cpi.mean != Approx(2.776445 * std::sqrt(2.0 / 5)));
    CHECK(cpi.high - cpi.mean != Approx(2.776445 * std::sqrt(2.5)));
    CHECK(cpi.high - cpi.mean != Approx(1.959964 * std::sqrt(2.5 / 5)));
}

TEST_CASE("the estimate of cycles is that of all instructions in phases of interest") {
    const auto figures = sampled_figures(sample_of(1000, {1000, 2000, 3000}));
    CHECK(figure(figures, "cycles_estimate").value.mean == Approx(2'000'000));
    CHECK(figure(figures, "l1d_refills_per_1000").value.mean == Approx(200));
}

TEST_CASE("units that all took the same time leave no doubt, and no units say nothing") {
    const MeanInterval cpi = figure(sampled_figures(sample_of(1000, {1500, 1500})), "cycles_per_instruction").value;
    CHECK((cpi.low == Approx(1.5) && cpi.high == Approx(1.5)));
    CHECK(sampled_figures(sample_of(1000, {})).empty());
    CHECK(json_of(sample_of(1000, {})).at("units") == 0);
}
