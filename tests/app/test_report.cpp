#include "emu/report/fold_counts.h"
#include "emu/report/metrics.h"
#include "emu/report/number_format.h"
#include "emu/report/phases.h"
#include "emu/report/text_report.h"
#include "emu/report/text_table.h"
#include "tests/app/sample_runs.h"
#include "tests/app/table_text.h"
#include "tests/support/catch.h"

using Catch::Contains;
using namespace emu;
using sample::row_of;
using sample::words;

TEST_CASE("Numbers print with separators, fixed decimals and signed changes", "[report]") {
    CHECK(grouped(0) == "0");
    CHECK(grouped(999) == "999");
    CHECK(grouped(1000) == "1,000");
    CHECK(grouped(1234567890) == "1,234,567,890");
    CHECK(fixed(-1234.56, 1) == "-1,234.6");
    CHECK(fixed(12345, 0) == "12,345");
    CHECK(fixed(std::nullopt, 1) == "-");
    CHECK(change(200, 150) == "-25.0 %");
    CHECK(change(150, 200) == "+33.3 %");
    CHECK(signed_fixed(12.34, 1) == "+12.3");
    CHECK(change(0, 0) == "-");
    CHECK(change(7, 7) == "0.0 %");
    CHECK(change_in_points(25, 100) == "+75.0 pt");
    CHECK(change_in_points(0, 0) == "0.0 pt");
    CHECK(change_in_points(std::nullopt, 1) == "-");
    CHECK(change(0, 5) == "-");
    CHECK(change(std::nullopt, 5) == "-");
    CHECK(hex64(0xbeef) == "0x000000000000beef");
}

TEST_CASE("What rounds to zero is printed without a sign, and nothing else is", "[report]") {
    for (const double tiny : {0.04, -0.04, 0.0, -0.0}) {
        CHECK(signed_fixed(tiny, 1) == "0.0");
        CHECK(fixed(tiny, 1) == "0.0");
        CHECK(change(100, 100 + tiny) == "0.0 %");
        CHECK(change_in_points(5, 5 + tiny) == "0.0 pt");
    }
    CHECK(fixed(-0.3, 0) == "0");
    CHECK(signed_fixed(-0.06, 1) == "-0.1");
    CHECK(signed_fixed(-0.04, 2) == "-0.04");
    CHECK(fixed(-10.0, 1) == "-10.0");
    CHECK(signed_fixed(100, 0) == "+100");
}

TEST_CASE("Columns of a table are as wide as their widest cell, names to the left, numbers to the right", "[report]") {
    TextTable table{{"name", "n"}};
    table.add_row({"a", "1,000"});
    table.add_rule();
    table.add_row({"longer"});
    CHECK(table.to_string() ==
          "name        n\n"
          "a       1,000\n"
          "\n"
          "longer\n");
}

TEST_CASE("The five fold counts are kept apart", "[report]") {
    const auto folds = fold_counts(sample::phase("steady", true, 1));
    CHECK(folds.born_folded == 9);
    CHECK(folds.attempts == 8);
    CHECK(folds.folded == 3);
    CHECK(folds.refused == NamedCounts{{"not_consecutive", 5}});
    CHECK(folds.unfolded == 5);
    CHECK(folds.unfolded_by == NamedCounts{{"mprotect", 4}, {"munmap", 1}});
    CHECK(folds.cleared_folded == 2);
}

TEST_CASE("Phases of one name are summed, and phases that are of no interest are left out", "[report]") {
    auto run = sample::run("contpte", 100);
    run.phases.push_back(sample::phase("steady", true, 30));
    run.phases.push_back(sample::phase("teardown", true, 5));
    const auto phases = phases_of_interest(run);
    REQUIRE(phases.size() == 2);
    CHECK(phases[0].name == "steady");
    CHECK(phases[0].el0[mmu::Event::CPU_CYCLES] == 130);
    CHECK(count_of(phases[0].guest, "pgfault") == 24);
    CHECK(phases[0].operations.size() == 4);
    CHECK(phases[0].operations[0].count == 6);
    CHECK(all_of_interest(run).el0[mmu::Event::CPU_CYCLES] == 135);
}

TEST_CASE("A comparison prints each run and the named differences in per cent", "[report]") {
    const auto text = report_comparison(sample::comparison());
    CHECK_THAT(text, Contains("== random_touch bytes=4M on neoverse-n1, cycle mode, checksum 0xfedcba9876543210"));
    CHECK_THAT(report_limits(sample::run("4k", 1)), Contains("broadcast cost and remote refills (one PE)"));
    CHECK_THAT(text, Contains("hardware = contpte-nohint -> contpte"));
    CHECK(words(row_of(text, "phase steady")) ==
          words("phase steady 4k folios contpte-nohint contpte folios software hardware"));
    CHECK(words(row_of(text, "cycles, user")) == words("cycles, user 2,000 1,600 1,680 840 -20.0 % +5.0 % -50.0 %"));
    CHECK(words(row_of(text, "cycles, kernel")) == words("cycles, kernel 500 500 500 500 0.0 % 0.0 % 0.0 %"));
    CHECK(words(row_of(text, "cycles, sum")) == words("cycles, sum 2,500 2,100 2,180 1,340 -16.0 % +3.8 % -38.5 %"));
    CHECK_THAT(row_of(text, "mean walk, cycles"), Contains("25.0"));
    CHECK_THAT(row_of(text, "L1D hits of reach 64K, %"), Contains("25.0"));
    CHECK_THAT(row_of(text, "  refused: not_consecutive"), Contains("5"));
    CHECK_THAT(row_of(text, "  by mprotect"), Contains("4"));
    CHECK_THAT(text, !Contains("phase populate") && !Contains("NOT COMPARABLE"));
}

TEST_CASE("Functions stand by their cycles, with causes in per cent, and the rest in one row", "[report]") {
    auto run = sample::run("random_touch", 100);
    run.ledger_instructions = {{"main", 50}, {"do_fork", 25}};
    const auto all = report_run(run, {.functions = 10});
    CHECK(words(row_of(all, "do_fork")) == words("do_fork 100 50.0 25 4.00 100.0 0.0 0.0"));
    CHECK(words(row_of(all, "main")) == words("main 100 50.0 50 2.00 60.0 40.0 0.0"));
    const auto one = report_run(run, {.functions = 1});
    CHECK(row_of(one, "1 others") != "");
    CHECK_THAT(report_run(run), !Contains("cycles by function"));
}

TEST_CASE("Misses are shown by class and by the operation whose TLBIs they follow", "[report]") {
    auto run = sample::run("random_touch", 100);
    run.phases[1].misses.emplace();
    run.phases[1].misses->misses = {{"l1d", 0, "invalidation", "heap", "page", 7}, {"l1d", 1, "invalidation", "linear map", "page", 2},
                                    {"l1d", 0, "capacity", "heap", "contiguous pages", 30}, {"l2", 0, "conflict", "heap", "page", 4}};
    run.phases[1].misses->refills = {{{"contpte_convert", "handle_mm_fault"}, {8, 1, 3}, 120}};
    run.phases[1].misses->walk_cycles = {0, 120, 40, 0};
    const auto text = report_run(run, {.miss_regions = true});
    CHECK(words(row_of(text, "L1D invalidation")) == words("L1D invalidation 9"));
    CHECK(words(row_of(text, "L1D capacity")) == words("L1D capacity 30"));
    CHECK(row_of(text, "L1D compulsory").empty());
    CHECK(words(row_of(text, "cycles of invalidation walks")) == words("cycles of invalidation walks 120"));
    CHECK(words(row_of(text, "refills after TLBIs of contpte_convert in handle_mm_fault")).back() == "9");
    CHECK_THAT(text, Contains("contiguous pages"));
    CHECK_THAT(report_run(run), !Contains("contiguous pages"));
}

TEST_CASE("A histogram shows gaps, and the sum row of an operation only", "[report]") {
    auto run = sample::run("random_touch", 100);
    run.costs[0].histogram = {{32, 5}, {128, 3}};
    run.costs[1].histogram = {{128, 3}};
    const auto text = report_run(run, {.histograms = true});
    CHECK(words(row_of(text, "  32-63"))[1] == "5");
    CHECK(words(row_of(text, "  64-127"))[1] == "0");
    CHECK(text.find("128-255") == text.rfind("128-255"));
}

TEST_CASE("A price row shows means per call, percentiles, and Linux's figure where it is known", "[report]") {
    const auto text = report_run(sample::run("random_touch", 100));
    CHECK(words(row_of(text, "__contpte_try_fold")) ==
          words("__contpte_try_fold random_touch 8 100.0 50.0 90 200 210 20.0 2.0 1.0 0.5 5.0 -"));
    CHECK(words(row_of(text, "  folded")) ==
          words("folded random_touch 3 200.0 150.0 200 210 210 40.0 4.0 2.7 1.3 13.3 123"));
    CHECK_FALSE(row_of(text, "  mismatch").empty());
    CHECK(words(row_of(text, "base")) == words("base 0.022 80.0"));
    CHECK(words(row_of(text, "DTLB walk")) == words("DTLB walk 0.005 20.0"));
}

TEST_CASE("An operation with one outcome takes one row of the price list", "[report]") {
    auto run = sample::run("random_touch", 100);
    std::erase_if(run.costs, [](const auto& cost) { return cost.outcome == "mismatch"; });
    const auto text = report_run(run);
    CHECK(words(row_of(text, "__contpte_try_fold: folded"))[3] == "3");
    CHECK(row_of(text, "  folded").empty());
}

TEST_CASE("Functional mode prints no rows of cycles", "[report]") {
    auto run = sample::run("random_touch", 0);
    for (auto& p : run.phases) p.el1[mmu::Event::CPU_CYCLES] = 0;
    for (auto& cost : run.costs) cost.cycles = {};
    run.ledger.clear();
    const auto text = report_run(run);
    CHECK_THAT(text, !Contains("cycles, user") && !Contains("mean walk") && !Contains("DSB") && !Contains("p99"));
    CHECK_THAT(text, Contains("instructions, user") && Contains("TLBI instructions"));
}

TEST_CASE("A run that never reached a phase shows dashes there", "[report]") {
    auto comparison = sample::comparison();
    comparison.runs[3].phases.pop_back();
    comparison.runs[3].complete = false;
    comparison.runs[3].stop_reason = "interrupted by Ctrl-C";
    const auto text = report_comparison(comparison);
    CHECK(words(row_of(text, "cycles, user")) == words("cycles, user 2,000 1,600 1,680 - -20.0 % +5.0 % -"));
    CHECK_THAT(text, Contains("INCOMPLETE contpte: interrupted by Ctrl-C"));
}

TEST_CASE("Runs of the same work are comparable; each way to differ is named", "[report]") {
    const auto reason_after = [](auto change_run) {
        auto comparison = sample::comparison();
        change_run(comparison.runs);
        const auto reasons = incomparable(comparison);
        return reasons.empty() ? std::string{} : reasons.front();
    };
    CHECK(reason_after([](auto&) {}).empty());
    CHECK_THAT(reason_after([](auto& r) { r[3].checksum = 1; }), Contains("checksums of 4k and contpte differ"));
    CHECK_THAT(reason_after([](auto& r) { r[2].checksum.reset(); }), Contains("none"));
    CHECK_THAT(reason_after([](auto& r) { r[1].memory_hash = 1; }),
               Contains("memory contents of 4k and folios differ"));
    // Another core's HWCAPs lie on the stack.
    CHECK(reason_after([](auto& r) { r[1].memory_hash = r[1].announced[0] = 1; }).empty());
    CHECK_THAT(
        reason_after([](auto& r) { r[2].phases[1].el0[mmu::Event::INST_RETIRED]++; }),
        Contains("user instructions in the phases of interest of folios and contpte-nohint differ: 7,000, 7,001"));
    CHECK_THAT(reason_after([](auto& r) { r[3].allocation_hash = 1; }), Contains("allocation sequences"));
    CHECK_THAT(reason_after([](auto& r) { r[0].complete = false; }), Contains("4k is incomplete"));
    // 4k allocates other folios, and need not do the same.
    CHECK(reason_after([](auto& r) { r[0].allocation_hash = 1; }).empty());
}
