// One run of a guest, from a request to a result.
#pragma once

#include <atomic>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "emu/check/check_request.h"
#include "emu/machine/config.h"
#include "emu/machine/program_console.h"
#include "emu/machine/trace_request.h"
#include "emu/machine/user_program.h"
#include "emu/report/run_result.h"

namespace emu {

class Machine;
enum class RunEnd : std::uint8_t;

// Called now and then from the run's own thread, at the end too: instructions retired so far, phase under way.
using ProgressSink = std::function<void(std::uint64_t instructions, const std::string& phase)>;

// Built guest files, all in one folder: kernel-{off,nofold,on}.{img,elf}, initrd.cpio, programs/<workload>,
// with the profile of the core and those it extends (paths), of which only the hashes are taken.
struct GuestFiles {
    std::string folder;
    std::vector<std::string> profiles;
};

struct RunRequest {
    MachineConfig config{};
    GuestFiles files{};
    std::string name;                    // of the configuration, for RunResult::name
    std::string workload;                // program of the initrd
    std::vector<std::string> arguments;  // key=value
    std::optional<UserProgram> program;  // instead of a workload; `workload` and `arguments` then only name it
    ProgramSink program_sink;            // takes what it writes; empty: nobody
    std::string trace;                   // path of a page-fault trace to replay, or empty
    trace::HeapStarts heaps{};           // where the replay puts heaps; those not listed stay where they were recorded
    std::vector<std::string> probes;     // guest functions whose price is taken; empty: the standard ones
    bool explain_misses{true};           // in cycle mode: see miss_taxonomy.h
    // Take a snapshot at the end of each phase of this name; "": of each phase of interest; kSnapshotAtEnd: of the run. Where
    // the run stops earlier, there. Nothing: none.
    std::optional<std::string> snapshot_phase;
    bool count_functions{false};         // instructions by function, for the ledger
    bool follow_calls{false};            // in cycle mode: the ledger by call stack; see call_stacks.h
    TraceRequest trace_instructions;     // see instruction_trace.h
    TraceRequest trace_mmu;              // see mmu_trace.h
    CheckRequest check;
    // Runs the machine to its end in place of Machine::run: a debugger. Empty: none.
    std::function<RunEnd(Machine&, const std::atomic<bool>& stop, const ProgressSink&)> driver;
};

// Runs until the guest powers off, fails, or `stop` is set; what was measured is in the result even then.
// Throws UserError for what the user can mend (missing image, memory too small, unknown probe, ...).
[[nodiscard]] RunResult run_guest(const RunRequest& request, const std::atomic<bool>& stop, const ProgressSink& progress);

// Names of the standard probes, with their sentence.
struct ProbeInfo {
    const char* function;
    const char* sentence;
};
[[nodiscard]] const std::vector<ProbeInfo>& standard_probes();

}  // namespace emu
