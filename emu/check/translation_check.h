// The checker on a machine: turns the records of the recording loop into what it knows: stores to tables, uses of addresses,
// TLBIs, barriers, register writes. Most instructions cost it a few bit tests.
#pragma once

#include <optional>
#include <string>

#include "emu/check/casemate_trace.h"
#include "emu/check/check_request.h"
#include "emu/check/page_releases.h"
#include "emu/core/pe.h"
#include "emu/core/record.h"
#include "emu/memory/physical_memory.h"
#include "emu/report/check_result.h"
#include "emu/timing/ledger/function_table.h"
#include "mmu/check/coherence_checker.h"

namespace emu {

class TranslationCheck {
public:
    // `pe` and `memory` must outlive it.
    TranslationCheck(const CheckRequest& request, FunctionTable functions, const PageReleases& releases, const Pe& pe,
                     PhysicalMemory& memory);
    TranslationCheck(const TranslationCheck&) = delete;
    TranslationCheck& operator=(const TranslationCheck&) = delete;

    // After each instruction; `number` counts them from 1.
    void record(const InstructionRecord& r, arch::u64 number) {
        number_ = number;
        if (r.fetch_looked_up && (r.fetch.step_count != 0 || checker_.wants_use(r.pc, r.el))) fetched(r);
        for (unsigned i = 0; i < r.access_count; ++i) {
            const DataAccess& a = r.access[i];
            if (a.lookup->step_count != 0 || checker_.watches(a.pa) || checker_.wants_use(a.va, r.el)) accessed(r, a);
        }
        if (is_rare(r)) rare(r);
    }
    [[nodiscard]] CheckResult result() const;

private:
    [[nodiscard]] bool is_rare(const InstructionRecord& r) const {
        const OpClass c = r.op->timing.op_class;
        return r.tlbi_valid || r.exception || r.barrier != BarrierKind::None || c == OpClass::Msr || c == OpClass::Eret ||
               (r.taken && releases_.is_entry(r.next_pc));
    }
    [[nodiscard]] mmu::check::Site site(const InstructionRecord& r) const;
    void fetched(const InstructionRecord& r);
    void accessed(const InstructionRecord& r, const DataAccess& a);
    void walked(const mmu::LookupRecord& lookup, const mmu::check::Use& use);
    void rare(const InstructionRecord& r);
    void barrier(const InstructionRecord& r);
    void trace_registers();
    [[nodiscard]] std::string source(arch::u64 pc) const { return place_name(functions_, pc); }

    FunctionTable functions_;
    PageReleases releases_;
    const Pe& pe_;
    PhysicalMemory& memory_;
    mmu::check::CoherenceChecker checker_;
    std::optional<CasemateTrace> trace_;
    arch::u64 traced_registers_[5]{};
    arch::u64 number_{0};
};

}  // namespace emu
