#include "emu/machine/run.h"

#include "emu/machine/guest_image.h"
#include "emu/machine/guest_probes.h"
#include "emu/machine/identities.h"
#include "emu/machine/machine.h"
#include "mmu/base/config_schema.h"

namespace emu {

namespace {

std::string joined(const std::vector<std::string>& words) {
    std::string out;
    for (const std::string& w : words) out += (out.empty() ? "" : " ") + w;
    return out;
}

NamedTexts config_texts(MachineConfig config) {
    NamedTexts out;
    const ParameterList list{config};
    for (const Parameter& p : list.parameters()) out.emplace_back(p.key, p.get());
    return out;
}

std::array<arch::u64, 6> announced_to_programs(const CoreConfig& config) {
    const AnnouncedRegisters id = announced_registers(config);
    const IdRegisters& i = id.instructions;
    return {i.ID_AA64PFR0_EL1, i.ID_AA64PFR1_EL1, i.ID_AA64ISAR0_EL1, i.ID_AA64ISAR1_EL1, id.ID_AA64ISAR2_EL1, i.ID_AA64MMFR2_EL1};
}

std::string replacement_name(mmu::Replacement r) {
    return r == mmu::Replacement::Lru ? "lru" : r == mmu::Replacement::Plru ? "plru" : "random";
}

std::vector<TlbGeometry> geometry(const mmu::MmuConfig& config) {
    std::vector<TlbGeometry> out;
    for (const auto& [name, tlb] : {std::pair{"l1d", &config.l1d_tlb}, {"l1i", &config.l1i_tlb}, {"l2", &config.l2_tlb}}) {
        const unsigned ways = tlb->ways == 0 ? tlb->entries : tlb->ways;
        out.push_back({name, tlb->entries, ways, replacement_name(config.replacement)});
    }
    return out;
}

// What every run of this version lacks; see "not modelled" in mmu/README.md.
std::vector<std::string> missing_parts(const MachineConfig& config) {
    std::vector<std::string> out{"one PE: refills of other PEs after a broadcast TLBI are not included",
                                 "accesses of a wrong path are absent"};
    if (config.mode == Mode::Cycle) {
        out.push_back("boot is not timed: cycles count from the first phase, which finds warm TLBs and cold caches");
        if (config.sampling.sample != "off")
            out.push_back("a sample: cycles and rates are estimates with intervals, cycles by cause those of the timed parts");
        out.push_back("figures marked estimated or assumed in the core's profile are in the cycles");
    } else {
        out.push_back("functional mode: no cycles, no prices, no fold attempts by outcome");
    }
    return out;
}

// A sample says what it stands for; fast-forwarding may end in the midst of what the user wants to know.
void warn_of_untimed(RunResult& result) {
    for (const PhaseResult& phase : result.phases) {
        const auto instructions = phase.el0[mmu::Event::INST_RETIRED] + phase.el1[mmu::Event::INST_RETIRED];
        if (!phase.of_interest || phase.timed_instructions == instructions) continue;
        result.warnings.push_back("fast-forwarded into phase " + phase.name + ": its cycles are those of " + std::to_string(phase.timed_instructions) +
                                  " of its " + std::to_string(instructions) + " instructions");
    }
}

std::string end_text(RunEnd end, const RunResult& result) {
    switch (end) {
        case RunEnd::PoweredOff: return result.complete ? "" : "the guest kernel stopped without a result: see its console";
        case RunEnd::Reset: return "the guest asked for a reset";
        case RunEnd::Interrupted: return "interrupted: what was measured until then";
        case RunEnd::WaitsForever: return "the guest waits for an interrupt that cannot come";
        case RunEnd::ExceptionLoop: return "exceptions follow each other: the guest's vectors cannot be executed";
    }
    return "";
}

// What the guest's kernel and workloads say on the console when memory is short (kernel_model/process/page_fault.cpp,
// workloads/common/runtime.cpp): the user mends it from outside.
void warn_of_full_memory(const MachineConfig& config, RunResult& result) {
    constexpr const char* kKilled = ": out of memory at ";
    constexpr const char* kRefused = "errno 12, ";
    if (result.exit_status == 0 || (result.console.find(kKilled) == std::string::npos && result.console.find(kRefused) == std::string::npos)) return;
    result.warnings.push_back("the guest's memory, " + config_text::format_bytes(config.memory) +
                              ", was not enough; ask for less, or give it more with --memory");
}

void note_trace(const trace::Importer& importer, RunResult& result) {
    const trace::Statistics& s = importer.statistics();
    if (s.truncated) result.warnings.push_back("the trace is cut short: replayed what it holds");
    if (s.bad_lines == 0) return;
    result.warnings.push_back(std::to_string(s.bad_lines) + " of " + std::to_string(s.lines) + " trace lines could not be read");
    for (const trace::BadLine& b : s.first_bad_lines) {
        result.warnings.push_back("trace line " + std::to_string(b.number) + ": " + b.text);
    }
}

}  // namespace

RunResult run_guest(const RunRequest& request, const std::atomic<bool>& stop, const ProgressSink& progress) {
    const GuestImage image = read_guest_image(request);
    Machine machine{request, image};
    RunResult result;
    result.name = request.name;
    result.workload = request.workload;
    result.workload_args = joined(request.arguments);
    result.config = config_texts(request.config);
    result.tlb = geometry(request.config.mmu);
    result.announced = announced_to_programs(request.config.core);
    result.inputs = image.inputs;
    result.lacks = missing_parts(request.config);
    const RunEnd end = request.driver ? request.driver(machine, stop, progress) : machine.run(stop, progress);
    machine.collect(result);
    if (result.sample && result.sample->units.empty())
        result.warnings.push_back("the sample is empty: phases of interest have " +
                                  std::to_string(result.sample->instructions) + " instructions, take shorter periods");
    if (request.config.mode == Mode::Cycle && !result.sample) warn_of_untimed(result);
    warn_of_full_memory(request.config, result);
    result.stop_reason = end_text(end, result);
    if (!result.stop_reason.empty()) result.complete = false;
    for (const std::string& broken : broken_identities(result, machine.ledger_cycles())) {
        result.complete = false;
        result.stop_reason = "an identity of Foldwalk itself is broken, do not use this result: " + broken;
    }
    if (const trace::Importer* importer = machine.importer()) {
        note_trace(*importer, result);
        result.inputs.push_back({"trace", request.trace.substr(request.trace.find_last_of('/') + 1), importer->text_hash()});
        result.trace = importer->statistics();
    }
    return result;
}

}  // namespace emu
