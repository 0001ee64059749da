#include "emu/report/result_json.h"
#include "tests/app/sample_runs.h"
#include "tests/support/catch.h"

using namespace emu;

namespace {

std::vector<std::string> keys(const Json& object) {
    std::vector<std::string> names;
    for (const auto& [key, unused] : object.items()) names.push_back(key);
    return names;
}

}  // namespace

TEST_CASE("A result document has the members of schema foldwalk-result/1", "[json]") {
    const auto document = result_document({"run", "random_touch"}, {sample::run("contpte", 100)});
    CHECK(document["schema"] == "foldwalk-result/1");
    CHECK(document["command"] == Json({"run", "random_touch"}));
    CHECK_FALSE(document["tool_version"].get<std::string>().empty());
    const auto& run = document["runs"][0];
    for (const auto* member :
         {"name", "config", "complete", "checksum", "counters", "phases", "tlb", "costs", "ledger", "guest"})
        CHECK(run.contains(member));
    CHECK(run["name"] == "contpte");
    CHECK(run["config"]["kernel.contpte"] == "on");
    CHECK(run["checksum"] == "0xfedcba9876543210");
    CHECK(run["tlb"]["l1d"]["entries"] == 48);
    CHECK(run["inputs"][0]["fnv1a64"] == "0x0000000000001234");
    CHECK(run["guest"]["pgfault"] == 15);
}

TEST_CASE("Counters are the phases of interest over all exception levels, and each phase has both levels", "[json]") {
    const auto run = json_of(sample::run("contpte", 100));
    CHECK(run["counters"]["CPU_CYCLES"] == 600);
    CHECK(run["counters"]["INST_RETIRED"] == 7300);
    CHECK(run["counters"]["sim.tlb.l1d.hit"] == 200);
    REQUIRE(run["phases"].size() == 2);
    CHECK(run["phases"][0]["of_interest"] == false);
    CHECK(run["phases"][1]["el0"]["CPU_CYCLES"] == 100);
    CHECK(run["phases"][1]["el1"]["CPU_CYCLES"] == 500);
    CHECK(run["phases"][1]["folds"]["refused"]["not_consecutive"] == 5);
    CHECK(run["phases"][1]["folds"]["unfolded_by"]["munmap"] == 1);
    CHECK(keys(run["counters"]).size() == mmu::kEventCount);
}

TEST_CASE("Costs hold count, distribution and totals, by outcome where there are several", "[json]") {
    const auto costs = json_of(sample::run("contpte", 100))["costs"];
    const auto& fold = costs["__contpte_try_fold"];
    CHECK(fold["count"] == 8);
    CHECK(fold["cycles"] == Json({{"mean", 100.0}, {"p50", 90}, {"p99", 200}, {"max", 210}, {"total", 800}}));
    CHECK(fold["instructions"]["mean"] == 20.0);
    CHECK(fold["dsb_cycles"]["total"] == 40);
    CHECK(fold["by_outcome"]["folded"]["count"] == 3);
    CHECK(fold["by_outcome"]["folded"]["linux_instructions"] == 123);
    CHECK_FALSE(fold.contains("linux_instructions"));
}

TEST_CASE("The ledger maps function to cause to cycles", "[json]") {
    const auto ledger = json_of(sample::run("contpte", 100))["ledger"];
    CHECK(ledger["main"]["base"] == 60);
    CHECK(ledger["main"]["DTLB walk"] == 40);
    CHECK(ledger["do_fork"]["base"] == 100);
}

TEST_CASE("A run without a checksum says null, and a run cut short says why", "[json]") {
    auto cut = sample::run("contpte", 100);
    cut.checksum.reset();
    cut.complete = false;
    cut.stop_reason = "interrupted by Ctrl-C";
    const auto run = json_of(cut);
    CHECK(run["checksum"].is_null());
    CHECK(run["complete"] == false);
    CHECK(run["stop_reason"] == "interrupted by Ctrl-C");
}

TEST_CASE("A comparison document points its differences at its runs", "[json]") {
    auto second = sample::comparison();
    second.title = "random_touch bytes=48M";
    second.runs[3].allocation_hash = 1;
    const auto document = comparison_document({"compare"}, {sample::comparison(), second});
    REQUIRE(document["runs"].size() == 8);
    REQUIRE(document["comparisons"].size() == 2);
    CHECK(document["comparisons"][0]["comparable"] == true);
    CHECK(document["comparisons"][1]["comparable"] == false);
    CHECK(document["comparisons"][1]["reasons"].size() == 1);
    CHECK(document["comparisons"][1]["differences"][2] == Json({{"name", "hardware"}, {"from", 6}, {"to", 7}}));
}

TEST_CASE("Equal runs give equal bytes", "[json]") {
    const auto once = comparison_document({"compare"}, {sample::comparison()}).dump(2);
    CHECK(once == comparison_document({"compare"}, {sample::comparison()}).dump(2));
    auto other = sample::comparison();
    other.runs[0].phases[0].el1[mmu::Event::CPU_CYCLES]++;
    CHECK(once != comparison_document({"compare"}, {other}).dump(2));
}
