#include "emu/report/replay_report.h"

#include <algorithm>

#include "emu/report/fold_counts.h"
#include "emu/report/number_format.h"
#include "emu/report/text_table.h"
#include "mmu/base/assert.h"

namespace emu {

namespace {

using trace::ContpteCall;
using trace::Statistics;

bool within(std::uint64_t prediction, std::uint64_t truth, std::uint64_t per_cent, std::uint64_t at_least) {
    const std::uint64_t error = prediction > truth ? prediction - truth : truth - prediction;
    return error <= at_least || error * 100 <= truth * per_cent;
}

// What the guest counted while it replayed: its boot, and the start of the replayer itself, are left out.
std::uint64_t guest(const RunResult& run, std::string_view name) {
    std::uint64_t sum = 0;
    for (const PhaseResult& phase : run.phases) sum += count_of(phase.guest, name);
    return sum;
}

std::uint64_t contpte(const Statistics& s, ContpteCall call) {
    return s.contpte[static_cast<std::size_t>(call)];
}

// Faults that completed in the trace, and faults that the guest took for the same accesses.
std::string fault_table(const RunResult& run) {
    const Statistics& s = *run.trace;
    const std::uint64_t anon_user = guest(run, "pgfault_anon_user");
    const std::uint64_t anon_kernel = guest(run, "pgfault_anon_kernel");
    TextTable table{{"faults", "trace", "guest"}};
    table.add_row({"anonymous, user", grouped(s.anon_user), grouped(anon_user)});
    table.add_row({"anonymous, kernel", grouped(s.anon_kernel + s.from_get_user_pages), grouped(anon_kernel)});
    table.add_row({"file, user", grouped(s.file_user), grouped(guest(run, "pgfault_user") - anon_user)});
    table.add_row({"file, kernel", grouped(s.file_kernel), grouped(guest(run, "pgfault_kernel") - anon_kernel)});
    table.add_row({"retries, not counted", grouped(s.retries), "-"});
    return table.to_string();
}

std::string kind_table(const RunResult& run) {
    TextTable table{{"guest faults by kind", "count"}};
    for (const char* name :
         {"fault_anon", "fault_zero_page", "fault_file_read", "fault_file_cow", "fault_file_shared", "fault_cow_copy",
          "fault_cow_reuse", "fault_access_flag", "fault_dirty", "fault_spurious", "fault_sigsegv"}) {
        table.add_row({name, grouped(guest(run, name))});
    }
    return table.to_string();
}

// Pages that anonymous faults took, by folio size. `used` counts 4 KiB pages.
std::string folio_table(const RunResult& run, std::uint64_t& used) {
    TextTable table{{"anonymous folios", "allocated", "fell back"}};
    used = 0;
    for (std::uint64_t kilobytes = 4; kilobytes <= 4096; kilobytes *= 2) {
        const std::string size = std::to_string(kilobytes) + "K";
        const std::uint64_t allocated = guest(run, "anon_fault_alloc." + size);
        const std::uint64_t fallback = guest(run, "anon_fault_fallback." + size);
        used += allocated * (kilobytes / 4);
        if (allocated + fallback != 0) table.add_row({size, grouped(allocated), grouped(fallback)});
    }
    return table.to_string();
}

FoldCounts folds_of(const RunResult& run) {
    FoldCounts sum;
    for (const PhaseResult& phase : run.phases) {
        const FoldCounts f = fold_counts(phase);
        sum.probed = sum.probed || f.probed;
        sum.born_folded += f.born_folded;
        sum.attempts += f.attempts;
        sum.folded += f.folded;
        sum.unfolded += f.unfolded;
        sum.cleared_folded += f.cleared_folded;
        for (const auto& [operation, count] : f.unfolded_by) add_count(sum.unfolded_by, operation, count);
    }
    return sum;
}

// Unfolds that an operation on several entries makes at its ragged ends, inside contpte.c.
std::uint64_t unfolds_at_ends(const FoldCounts& folds) {
    std::uint64_t sum = 0;
    for (const auto& [operation, count] : folds.unfolded_by) sum += operation.starts_with("contpte_") ? count : 0;
    return sum;
}

// The guest's fold counts beside the calls that the kprobes of real kernels saw, attempts against attempts. A kprobe on
// __contpte_try_unfold misses the calls at ragged ends, which Linux's compiler has inlined: they have a row of their
// own.
std::string fold_table(const RunResult& run, const std::optional<ReplayTruth>& truth) {
    const FoldCounts folds = folds_of(run);
    const std::uint64_t at_ends = unfolds_at_ends(folds);
    std::vector<std::string> header{"contpte", "trace", "guest"};
    if (truth) header.push_back(truth->name);
    TextTable table{header};
    const auto row = [&](const char* what, auto seen, bool counted, std::uint64_t in_guest) {
        std::vector<std::string> cells{what, seen(*run.trace), counted ? grouped(in_guest) : "-"};
        if (truth) cells.push_back(seen(truth->statistics));
        table.add_row(cells);
    };
    const auto unseen = [](const Statistics&) { return std::string{"-"}; };
    row(
        "blocks born folded", [](const Statistics& s) { return grouped(s.born_folded); }, true, folds.born_folded);
    row(
        "fold attempts", [](const Statistics& s) { return grouped(contpte(s, ContpteCall::try_fold)); }, folds.probed,
        folds.attempts);
    row("  that folded", unseen, folds.probed, folds.folded);
    row(
        "unfolds, single entry", [](const Statistics& s) { return grouped(contpte(s, ContpteCall::try_unfold)); },
        folds.probed, folds.unfolded - at_ends);
    row("unfolds at ragged ends", unseen, folds.probed, at_ends);
    row(
        "whole blocks cleared folded", [](const Statistics& s) { return grouped(s.cleared_whole); }, true,
        folds.cleared_folded);
    return table.to_string();
}

std::string error_text(std::uint64_t prediction, std::uint64_t truth) {
    return change(static_cast<double>(truth), static_cast<double>(prediction));
}

// A child's copies of folded blocks are born folded too, in the guest as in the trace; an image that does not fold has
// only its folios to show.
std::uint64_t blocks_predicted(const RunResult& run) {
    const std::uint64_t born = guest(run, "contpte_born_folded");
    return born != 0 ? born : guest(run, "anon_fault_alloc.64K");
}

std::string truth_table(const RunResult& run, const ReplayTruth& truth) {
    const Statistics& t = truth.statistics;
    const std::uint64_t user = guest(run, "pgfault_anon_user");
    const std::uint64_t kernel = guest(run, "pgfault_anon_kernel");
    const std::uint64_t true_kernel = t.anon_kernel + t.from_get_user_pages;
    const std::uint64_t folios = blocks_predicted(run);
    TextTable table{{"against " + truth.name, "prediction", "truth", "error", "within bound"}};
    const auto row = [&](const char* what, std::uint64_t prediction, std::uint64_t real, bool good) {
        table.add_row({what, grouped(prediction), grouped(real), error_text(prediction, real), good ? "yes" : "NO"});
    };
    row("anonymous faults, user", user, t.anon_user, faults_within_bound(user, t.anon_user));
    row("anonymous faults, kernel", kernel, true_kernel, faults_within_bound(kernel, true_kernel));
    row("64K folios", folios, t.born_folded, folios_within_bound(folios, t.born_folded));
    const bool same = run.trace->call_sequence_hash == t.call_sequence_hash;
    return table.to_string() +
           (truth.heaps_placed
                ? "heaps start where " + truth.name + " has them, modulo 2M; other regions stand as recorded\n"
                : "") +
           (same ? "both runs made the same address-space calls: the bounds apply\n"
                 : "the two runs made different address-space calls (" + grouped(run.trace->calls) + " and " +
                       grouped(t.calls) + "): the error includes that difference, the bounds do not apply\n");
}

}  // namespace

bool faults_within_bound(std::uint64_t prediction, std::uint64_t truth) {
    return within(prediction, truth, 3, 5);
}
bool folios_within_bound(std::uint64_t prediction, std::uint64_t truth) {
    return within(prediction, truth, 2, 2);
}

std::string replay_report(const RunResult& run, const std::optional<ReplayTruth>& truth) {
    EMU_ASSERT(run.trace.has_value(), "a replay has the statistics of its trace");
    std::uint64_t used = 0;
    std::string out = fault_table(run) + "\n" + kind_table(run) + "\n" + folio_table(run, used);
    out += "memory: " + grouped(used * 4) + " KiB allocated by anonymous faults, " +
           grouped(run.trace->touched_anon_pages * 4) + " KiB touched by the trace's anonymous faults\n\n";
    out += fold_table(run, truth);
    out += "replayed " + grouped(guest(run, "replay_operations")) + " operations of " + grouped(run.trace->processes) +
           " processes; " + grouped(guest(run, "replay_mismatches")) + " calls with another result, " +
           grouped(guest(run, "replay_skipped")) + " left out, " + grouped(guest(run, "replay_execute_as_read")) +
           " fetches from anonymous memory as reads\n";
    if (truth) out += "\n" + truth_table(run, *truth);
    return out;
}

}  // namespace emu
