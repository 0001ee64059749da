// What one run of a guest yields, as plain data: the machine fills it, emu/report prints and serialises it.
// Everything is a count or a text; means, shares and differences are derived when they are printed.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "emu/report/check_result.h"
#include "emu/report/miss_counts.h"
#include "emu/report/snapshot.h"
#include "emu/trace/statistics.h"
#include "mmu/base/counters.h"

namespace emu {

// Ordered lists, not maps: the order of the result is the order of the tables that it came from.
using NamedTexts = std::vector<std::pair<std::string, std::string>>;
using NamedCounts = std::vector<std::pair<std::string, std::uint64_t>>;

// Calls of one probed guest function within a phase. `caller` is the innermost probed operation or
// system call around it ("fork", "munmap", "mprotect", "fault" ...); empty where nothing encloses it.
// `outcome` is the name of the enumerator that the function returned; empty if it returns none.
struct OperationCount {
    std::string operation;
    std::string outcome;
    std::string caller;
    std::uint64_t count{0};
};

// A phase is end minus begin; nothing is flushed at its markers.
struct PhaseResult {
    std::string name;
    bool of_interest{false};
    bool sampled{false};  // its cycles are those of a sample's units and their warm-up
    mmu::CounterBank el0{};
    mmu::CounterBank el1{};
    std::uint64_t begin_instruction{0};  // instructions retired by the machine when the phase began
    std::uint64_t end_instruction{0};
    std::uint64_t timed_instructions{0};  // of them those that took the cycles; all, none, or where sampled or fast-forwarded a part
    NamedCounts guest;                       // kernel-model counters, end minus begin, names of mm_counters.def
    std::vector<OperationCount> operations;  // counted even where no cycles are (functional mode)
    std::optional<MissReport> misses;        // why the TLBs missed, where that was asked for
};

struct TlbGeometry {
    std::string name;  // "l1d", "l1i", "l2"
    std::uint64_t entries{0};
    std::uint64_t ways{0};  // = entries where fully associative
    std::string replacement;
};

// A distribution over the calls of an operation. Percentiles are exact (nearest rank).
struct Distribution {
    std::uint64_t total{0};
    std::uint64_t p50{0};
    std::uint64_t p99{0};
    std::uint64_t max{0};
};

// The price of one guest operation over the phases of interest. An operation that has several outcomes is one row
// with an empty outcome (all calls together) and one row per outcome that occurred.
struct OperationCost {
    std::string operation;
    std::string outcome;
    std::uint64_t count{0};
    Distribution cycles{};
    // Totals over `count` calls.
    std::uint64_t instructions{0};
    std::uint64_t loads{0};
    std::uint64_t stores{0};
    std::uint64_t tlbis{0};
    std::uint64_t dsb_cycles{0};
    std::optional<std::uint64_t> linux_instructions;  // of one call, where it is known
    // Without the probed operations within; these add up over operations.
    std::uint64_t self_cycles{0};
    std::uint64_t self_instructions{0};
    std::uint64_t recursive{0};       // of `count`: calls within a call of the same operation
    std::uint64_t left_otherwise{0};  // not in `count`: left by a long jump, an exception, or the end of the task; whole run
    // Inclusive cycles of one call, by powers of two: the first value of a bucket, and the calls in it.
    std::vector<std::pair<std::uint64_t, std::uint64_t>> histogram{};
    // By the TLBIs of all these calls, whenever the misses came; not in `cycles`. Nothing where nobody looked, or by outcome.
    std::optional<RefillCount> refills_caused{};
};

struct LedgerRow {
    std::string function;
    std::string cause;
    std::uint64_t cycles{0};
};

// `bytes_hash` identifies a file by content: FNV-1a, 64 bits.
struct InputFile {
    std::string role;  // "kernel", "workload", "profile", "trace"
    std::string name;  // without folders, so that it does not depend on where Foldwalk stands
    std::uint64_t bytes_hash{0};
};

// What a program wrote to one of its streams. `hash`: FNV-1a, 64 bits.
struct OutputFacts {
    std::uint64_t bytes{0};
    std::uint64_t hash{0xcbf29ce484222325};
    friend bool operator==(const OutputFacts&, const OutputFacts&) = default;
};

struct NotBuiltCall {
    std::uint64_t number{0};
    std::string name;  // empty where Linux has none
    std::uint64_t calls{0};
};

// How a program of the user's ended.
struct ProgramResult {
    unsigned exit_code{0};
    unsigned signal{0};  // that killed it; 0: it exited
    OutputFacts output;
    OutputFacts error;
    std::vector<NotBuiltCall> not_built;  // system calls that the guest kernel does not have, by number
};

// Systematic sampling: one unit of so many instructions in each period, everything between only keeping caches and
// predictors warm. Counters of time cover the timed parts alone; those of TLBs and of the guest cover everything.
struct Sample {
    std::uint64_t period{0};
    std::uint64_t unit{0};
    std::uint64_t warm_up{0};
    std::uint64_t instructions{0};  // in the phases of interest, all of which the sample stands for
    std::vector<mmu::CounterBank> units;
};

struct RunResult {
    std::string name;  // of the configuration in a comparison; else the workload
    std::string workload;
    std::string workload_args;  // key=value, separated by spaces
    NamedTexts config;          // every key, as dump-config prints it

    bool complete{false};
    std::string stop_reason;                // one line, why it ended; empty when the guest powered off by itself
    std::uint64_t exit_status{0};           // wait status of the guest's init
    std::optional<std::uint64_t> checksum;  // of the workload; nothing when it gave none

    std::vector<PhaseResult> phases;
    mmu::CounterBank el0{};  // the whole run, boot included
    mmu::CounterBank el1{};
    std::vector<TlbGeometry> tlb;
    std::vector<OperationCost> costs;
    std::vector<LedgerRow> ledger;  // phases of interest
    NamedCounts ledger_instructions;   // by function, phases of interest; empty unless asked for
    NamedCounts folded_stacks;  // cycles by "phase;outermost caller;...;function;cause", all phases; empty unless asked for
    NamedCounts guest;              // kernel-model counters at the end of the run

    std::vector<Snapshot> snapshots;  // in the order they were taken; a file of their own

    std::uint64_t allocation_hash{0};  // of the (VA, PFN) sequence in the phases of interest
    std::uint64_t memory_hash{0};      // contents of the user pages at the end
    std::array<std::uint64_t, 6> announced{};  // ID registers that HWCAPs are made of, which lie on a program's stack
    std::uint64_t table_hash{0};       // live descriptors without AF and dirty state

    std::optional<Sample> sample;            // where not everything was timed
    std::optional<ProgramResult> program;    // of a run of a user's program
    std::optional<CheckResult> check;        // where the run was checked
    std::optional<trace::Statistics> trace;  // of a replay: what the trace says happened

    std::vector<InputFile> inputs;
    std::string console;
    std::vector<std::string> warnings;
    std::vector<std::string> lacks;  // what this run does not include, one phrase each
};

// Exit status 1 of Foldwalk: the guest failed, the run was cut short, or the checker found errors. A user's program may end
// as it likes.
[[nodiscard]] inline bool succeeded(const RunResult& r) {
    const bool clean = !r.check || r.check->total == 0;
    return r.complete && clean && (r.exit_status == 0 || r.program.has_value());
}

}  // namespace emu
