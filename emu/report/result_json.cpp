#include "emu/report/result_json.h"

#include "emu/report/check_report.h"
#include "emu/report/fold_counts.h"
#include "emu/report/number_format.h"
#include "emu/report/phase_tables.h"
#include "emu/report/phases.h"
#include "emu/report/sampling.h"

namespace emu {
namespace {

Json json_of_counts(const NamedCounts& counts) {
    Json object = Json::object();
    for (const auto& [name, n] : counts) object[name] = n;
    return object;
}

Json json_of_texts(const NamedTexts& texts) {
    Json object = Json::object();
    for (const auto& [name, text] : texts) object[name] = text;
    return object;
}

Json json_of_bank(const mmu::CounterBank& bank) {
    Json object = Json::object();
    for (std::size_t i = 0; i < mmu::kEventCount; ++i) object[mmu::kEvents[i].name] = bank.value[i];
    return object;
}

Json json_of_folds(const FoldCounts& folds) {
    Json object{{"born_folded", folds.born_folded}, {"cleared_folded", folds.cleared_folded}};
    if (!folds.probed) return object;
    object["attempts"] = folds.attempts;
    object["refused"] = json_of_counts(folds.refused);
    object["folded"] = folds.folded;
    object["unfolded"] = folds.unfolded;
    object["unfolded_by"] = json_of_counts(folds.unfolded_by);
    return object;
}

Json json_of_operations(const std::vector<OperationCount>& operations) {
    Json list = Json::array();
    for (const auto& calls : operations)
        list.push_back(Json{{"operation", calls.operation},
                            {"outcome", calls.outcome},
                            {"caller", calls.caller},
                            {"count", calls.count}});
    return list;
}

Json json_of_misses(const MissReport& report) {
    Json by_class = Json::object();
    for (const char* tlb : kMissTlbNames)
        for (const char* c : kMissClassNames) by_class[tlb][c] = report.total(tlb, c);
    Json rows = Json::array();
    for (const auto& m : report.misses)
        rows.push_back(Json{{"tlb", m.tlb}, {"el", m.el}, {"class", m.miss_class}, {"region", m.region}, {"mapping", m.mapping}, {"misses", m.misses}});
    Json refills = Json::array();
    for (const auto& r : report.refills)
        refills.push_back(Json{{"operations", r.operations}, {"l1d", r.misses[0]}, {"l1i", r.misses[1]}, {"l2", r.misses[2]}, {"walk_cycles", r.walk_cycles}});
    Json cycles = Json::object();
    for (unsigned c = 0; c < kMissClassCount; ++c) cycles[kMissClassNames[c]] = report.walk_cycles[c];
    return {{"by_class", by_class}, {"walk_cycles", cycles}, {"refills_after_tlbi", refills}, {"rows", rows}};
}

Json json_of_phase(const PhaseResult& phase) {
    Json object{{"name", phase.name},
            {"of_interest", phase.of_interest},
            {"begin_instruction", phase.begin_instruction},
            {"end_instruction", phase.end_instruction},
            {"timed_instructions", phase.timed_instructions},
            {"el0", json_of_bank(phase.el0)},
            {"el1", json_of_bank(phase.el1)},
            {"folds", json_of_folds(fold_counts(phase))},
            {"operations", json_of_operations(phase.operations)},
            {"guest", json_of_counts(phase.guest)}};
    if (phase.misses) object["misses"] = json_of_misses(*phase.misses);
    return object;
}

Json json_of_tlb(const std::vector<TlbGeometry>& tlb) {
    Json object = Json::object();
    for (const auto& t : tlb)
        object[t.name] = Json{{"entries", t.entries}, {"ways", t.ways}, {"replacement", t.replacement}};
    return object;
}

Json mean_and_total(std::uint64_t total, std::uint64_t count) {
    return {{"mean", ratio(total, count).value_or(0)}, {"total", total}};
}

Json json_of_cost(const OperationCost& cost) {
    Json object{{"count", cost.count},
                {"cycles", Json{{"mean", ratio(cost.cycles.total, cost.count).value_or(0)},
                                {"p50", cost.cycles.p50},
                                {"p99", cost.cycles.p99},
                                {"max", cost.cycles.max},
                                {"total", cost.cycles.total}}},
                {"instructions", mean_and_total(cost.instructions, cost.count)},
                {"loads", mean_and_total(cost.loads, cost.count)},
                {"stores", mean_and_total(cost.stores, cost.count)},
                {"tlbis", mean_and_total(cost.tlbis, cost.count)},
                {"dsb_cycles", mean_and_total(cost.dsb_cycles, cost.count)}};
    object["self"] = Json{{"cycles", mean_and_total(cost.self_cycles, cost.count)},
                          {"instructions", mean_and_total(cost.self_instructions, cost.count)}};
    object["recursive"] = cost.recursive;
    if (cost.outcome.empty()) object["left_otherwise"] = cost.left_otherwise;
    if (cost.refills_caused)
        object["refills_caused"] = Json{{"l1d", cost.refills_caused->misses[0]}, {"l1i", cost.refills_caused->misses[1]},
                                        {"l2", cost.refills_caused->misses[2]}, {"walk_cycles", cost.refills_caused->walk_cycles}};
    object["histogram"] = Json::array();
    for (const auto& [first, calls] : cost.histogram) object["histogram"].push_back(Json{{"from_cycles", first}, {"calls", calls}});
    if (cost.linux_instructions) object["linux_instructions"] = *cost.linux_instructions;
    return object;
}

// Outcomes first, so that an operation's own row may come before or after them.
Json json_of_costs(const std::vector<OperationCost>& costs) {
    Json object = Json::object();
    for (const auto& cost : costs)
        if (cost.outcome.empty()) object[cost.operation] = json_of_cost(cost);
    for (const auto& cost : costs)
        if (!cost.outcome.empty()) object[cost.operation]["by_outcome"][cost.outcome] = json_of_cost(cost);
    return object;
}

Json json_of_ledger(const std::vector<LedgerRow>& ledger) {
    Json object = Json::object();
    for (const auto& row : ledger) {
        auto& cell = object[row.function][row.cause];
        cell = (cell.is_null() ? std::uint64_t{0} : cell.get<std::uint64_t>()) + row.cycles;
    }
    return object;
}

Json json_of_inputs(const std::vector<InputFile>& inputs) {
    Json list = Json::array();
    for (const auto& file : inputs)
        list.push_back(Json{{"role", file.role}, {"name", file.name}, {"fnv1a64", hex64(file.bytes_hash)}});
    return list;
}

Json json_of_phases(const std::vector<PhaseResult>& phases) {
    Json list = Json::array();
    for (const auto& phase : phases) list.push_back(json_of_phase(phase));
    return list;
}

mmu::CounterBank all_els(const PhaseResult& phase) {
    mmu::CounterBank sum = phase.el0;
    sum += phase.el1;
    return sum;
}

void add_measurements(Json& object, const RunResult& run) {
    object["counters"] = json_of_bank(all_els(all_of_interest(run)));
    object["phases"] = json_of_phases(run.phases);
    object["whole_run"] = Json{{"el0", json_of_bank(run.el0)}, {"el1", json_of_bank(run.el1)}};
    object["tlb"] = json_of_tlb(run.tlb);
    object["costs"] = json_of_costs(run.costs);
    object["ledger"] = json_of_ledger(run.ledger);
    if (!run.ledger_instructions.empty()) object["ledger_instructions"] = json_of_counts(run.ledger_instructions);
    object["guest"] = json_of_counts(run.guest);
}

void add_hashes(Json& object, const RunResult& run) {
    object["allocation_hash"] = hex64(run.allocation_hash);
    object["memory_hash"] = hex64(run.memory_hash);
    object["table_hash"] = hex64(run.table_hash);
    object["inputs"] = json_of_inputs(run.inputs);
}

Json json_of_bad_lines(const std::vector<trace::BadLine>& lines) {
    Json list = Json::array();
    for (const auto& line : lines) list.push_back(Json{{"line", line.number}, {"text", line.text}});
    return list;
}

Json json_of(const OutputFacts& facts) { return {{"bytes", facts.bytes}, {"fnv1a64", hex64(facts.hash)}}; }

Json json_of(const ProgramResult& program) {
    Json not_built = Json::array();
    for (const auto& call : program.not_built)
        not_built.push_back(Json{{"number", call.number}, {"name", call.name}, {"calls", call.calls}});
    return {{"exit_code", program.exit_code},
            {"signal", program.signal},
            {"stdout", json_of(program.output)},
            {"stderr", json_of(program.error)},
            {"syscalls_not_built", not_built}};
}

Json document_head(const std::vector<std::string>& command) {
    return {{"schema", kResultSchema}, {"tool_version", FOLDWALK_VERSION}, {"command", command}};
}

Json json_of_difference(const ComparedRow& row, const Difference& d) {
    Json object{{"difference", d.name}, {"sign_is_uncertain", row.sign_is_uncertain(d)}};
    const auto interval = row.change(d);
    if (!interval) return object;
    object["mean"] = interval->mean;
    object["low95"] = interval->low;
    object["high95"] = interval->high;
    object["differs"] = !interval->contains_zero();
    return object;
}

// The differences of every figure as changes in its own unit, paired by seed.
Json json_of_statistics(const Comparison& comparison) {
    Json list = Json::array();
    for (const auto& phase : compared_phases(comparison)) {
        for (const auto& row : phase.rows) {
            Json changes = Json::array();
            for (const auto& d : comparison.differences) changes.push_back(json_of_difference(row, d));
            list.push_back(Json{{"phase", phase.name}, {"figure", row.mean.label}, {"changes", changes}});
        }
    }
    return list;
}

// Appends the runs; returns the index of the first.
std::size_t append_runs(Json& document, const std::vector<RunResult>& runs) {
    const auto first = document["runs"].size();
    for (const auto& run : runs) document["runs"].push_back(json_of(run));
    return first;
}

Json json_of_comparison(Json& document, const Comparison& comparison) {
    const auto first = append_runs(document, comparison.runs);
    Json differences = Json::array();
    for (const auto& d : comparison.differences)
        differences.push_back(Json{{"name", d.name}, {"from", first + d.from}, {"to", first + d.to}});
    const auto reasons = incomparable(comparison);
    Json object{{"title", comparison.title},     {"first_run", first},
                {"runs", comparison.runs.size()}, {"differences", differences},
                {"comparable", reasons.empty()},  {"reasons", reasons}};
    object["first_run_of_further_seeds"] = Json::array();
    for (const auto& runs : comparison.further_seeds)
        object["first_run_of_further_seeds"].push_back(append_runs(document, runs));
    if (!comparison.at_low.empty()) object["first_run_at_low_estimates"] = append_runs(document, comparison.at_low);
    if (!comparison.at_high.empty()) object["first_run_at_high_estimates"] = append_runs(document, comparison.at_high);
    object["statistics"] = json_of_statistics(comparison);
    return object;
}

}  // namespace

Json json_of(const trace::Statistics& s) {
    return {{"faults", Json{{"anon_user", s.anon_user},
                            {"anon_kernel", s.anon_kernel},
                            {"file_user", s.file_user},
                            {"file_kernel", s.file_kernel},
                            {"from_get_user_pages", s.from_get_user_pages}}},
            {"retries", s.retries},
            {"unpaired", s.unpaired},
            {"touched_anon_pages", s.touched_anon_pages},
            {"born_folded", s.born_folded},
            {"fold_attempts", s.contpte[static_cast<std::size_t>(trace::ContpteCall::try_fold)]},
            {"unfolds", s.contpte[static_cast<std::size_t>(trace::ContpteCall::try_unfold)]},
            {"processes", s.processes},
            {"calls", s.calls},
            {"call_sequence_hash", hex64(s.call_sequence_hash)},
            {"lines", s.lines},
            {"bad_lines", s.bad_lines},
            {"first_bad_lines", json_of_bad_lines(s.first_bad_lines)},
            {"truncated", s.truncated}};
}

Json json_of(const RunResult& run) {
    Json object{{"name", run.name},
                {"workload", run.workload},
                {"args", run.workload_args},
                {"config", json_of_texts(run.config)},
                {"complete", run.complete},
                {"stop_reason", run.stop_reason},
                {"exit_status", run.exit_status}};
    object["checksum"] = run.checksum ? Json(hex64(*run.checksum)) : Json(nullptr);
    if (run.sample) object["sample"] = json_of(*run.sample);
    if (run.program) object["program"] = json_of(*run.program);
    add_measurements(object, run);
    add_hashes(object, run);
    if (run.check) object["check"] = json_of(*run.check);
    if (run.trace) object["trace"] = json_of(*run.trace);
    object["lacks"] = run.lacks;
    object["warnings"] = run.warnings;
    object["console"] = run.console;
    return object;
}

Json result_document(const std::vector<std::string>& command, const std::vector<RunResult>& runs) {
    Json document = document_head(command);
    document["runs"] = Json::array();
    for (const auto& run : runs) document["runs"].push_back(json_of(run));
    return document;
}

Json comparison_document(const std::vector<std::string>& command, const std::vector<Comparison>& comparisons) {
    Json document = document_head(command);
    document["comparisons"] = Json::array();
    document["runs"] = Json::array();
    for (const auto& comparison : comparisons) {
        Json object = json_of_comparison(document, comparison);
        document["comparisons"].push_back(std::move(object));
    }
    return document;
}

}  // namespace emu
