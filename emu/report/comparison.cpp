#include "emu/report/comparison.h"

#include <algorithm>

#include "emu/report/number_format.h"
#include "emu/report/phases.h"

namespace emu {
namespace {

using Reasons = std::vector<std::string>;

std::string differs(const RunResult& a, const RunResult& b, const std::string& what, const std::string& of_a,
                    const std::string& of_b) {
    return what + " of " + a.name + " and " + b.name + " differ: " + of_a + ", " + of_b;
}

std::string checksum_text(const RunResult& run) {
    return run.checksum ? hex64(*run.checksum) : "none";
}

std::string facts_text(const OutputFacts& facts) {
    return grouped(facts.bytes) + " bytes, hash " + hex64(facts.hash);
}

// A program may look at the clock, so what counts is what it says, not what is left in its memory.
void check_programs(Reasons& reasons, const RunResult& a, const RunResult& b) {
    const auto& of_a = *a.program;
    const auto& of_b = *b.program;
    if (a.exit_status != b.exit_status)
        reasons.push_back(differs(a, b, "wait statuses", std::to_string(a.exit_status), std::to_string(b.exit_status)));
    if (of_a.output != of_b.output)
        reasons.push_back(differs(a, b, "standard outputs", facts_text(of_a.output), facts_text(of_b.output)));
    if (of_a.error != of_b.error)
        reasons.push_back(differs(a, b, "standard errors", facts_text(of_a.error), facts_text(of_b.error)));
}

void check_results(Reasons& reasons, const RunResult& a, const RunResult& b) {
    if (a.checksum != b.checksum) reasons.push_back(differs(a, b, "checksums", checksum_text(a), checksum_text(b)));
    if (a.program && b.program) return check_programs(reasons, a, b);
    if (a.announced == b.announced && a.memory_hash != b.memory_hash)
        reasons.push_back(differs(a, b, "memory contents", hex64(a.memory_hash), hex64(b.memory_hash)));
}

std::uint64_t user_instructions(const RunResult& run) {
    return all_of_interest(run).el0[mmu::Event::INST_RETIRED];
}

void check_same_work(Reasons& reasons, const RunResult& a, const RunResult& b) {
    const auto of_a = user_instructions(a);
    const auto of_b = user_instructions(b);
    if (of_a != of_b)
        reasons.push_back(differs(a, b, "user instructions in the phases of interest", grouped(of_a), grouped(of_b)));
    if (a.allocation_hash != b.allocation_hash)
        reasons.push_back(differs(a, b, "allocation sequences", hex64(a.allocation_hash), hex64(b.allocation_hash)));
}

// Those that stopped for the same reason together: an interrupt stops all that have not ended.
void check_ends(Reasons& reasons, const std::vector<const std::vector<RunResult>*>& rounds) {
    std::vector<std::pair<std::string, std::vector<const RunResult*>>> stopped;
    for (const auto* runs : rounds) {
        for (const auto& run : *runs) {
            if (run.complete) continue;
            auto at = std::find_if(stopped.begin(), stopped.end(), [&](const auto& s) { return s.first == run.stop_reason; });
            if (at == stopped.end()) at = stopped.insert(at, {run.stop_reason, {}});
            at->second.push_back(&run);
        }
    }
    for (const auto& [reason, runs] : stopped) {
        const auto more = runs.size() - 1;
        reasons.push_back(runs.front()->name + (more == 0 ? " is" : " and " + std::to_string(more) + " more are") + " incomplete: " + reason);
    }
}

void check_runs(Reasons& reasons, const std::vector<RunResult>& runs, std::size_t same_work_from) {
    if (!std::all_of(runs.begin(), runs.end(), [](const auto& run) { return run.complete; })) return;
    for (std::size_t i = 1; i < runs.size(); ++i) check_results(reasons, runs[0], runs[i]);
    for (std::size_t i = same_work_from + 1; i < runs.size(); ++i)
        check_same_work(reasons, runs[same_work_from], runs[i]);
}

}  // namespace

std::vector<const std::vector<RunResult>*> Comparison::complete_seeds() const {
    std::vector<const std::vector<RunResult>*> seeds;
    const auto add = [&seeds](const std::vector<RunResult>& list) {
        if (std::all_of(list.begin(), list.end(), [](const auto& run) { return run.complete; })) seeds.push_back(&list);
    };
    add(runs);
    for (const auto& list : further_seeds) add(list);
    return seeds;
}

std::vector<std::string> incomparable(const Comparison& comparison) {
    Reasons reasons;
    std::vector<const std::vector<RunResult>*> rounds{&comparison.runs};
    for (const auto& runs : comparison.further_seeds) rounds.push_back(&runs);
    for (const auto* ends : {&comparison.at_low, &comparison.at_high}) rounds.push_back(ends);
    check_ends(reasons, rounds);
    check_runs(reasons, comparison.runs, comparison.same_work_from);
    for (const auto& runs : comparison.further_seeds) check_runs(reasons, runs, comparison.same_work_from);
    for (const auto* ends : {&comparison.at_low, &comparison.at_high}) check_runs(reasons, *ends, ends->size());
    return reasons;
}

}  // namespace emu
