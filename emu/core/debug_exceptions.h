// Self-hosted debug: software step, breakpoints and watchpoints by the debug registers. Arm: "AArch64 Self-hosted
// Debug". Only unlinked address matches fire; context and linked comparators keep their values and never match.
#pragma once

#include "emu/core/exception_request.h"
#include "emu/core/memory_access.h"

namespace emu {

// Derived from MDSCR_EL1, OSLSR_EL1, the Exception level and PSTATE.D: what is on at this moment. While any is, the
// loop executes instruction by instruction.
struct DebugState {
    bool step{false};
    bool breakpoints{false};
    bool watchpoints{false};
    // Of a step: PSTATE.SS, and what the syndrome will say of the instruction that was stepped.
    bool pstate_ss{false};
    bool stepped{false};
    bool stepped_exclusive{false};

    [[nodiscard]] bool active() const { return step || breakpoints || watchpoints; }

    template <class Archive>
    void serialize(Archive& archive) {
        archive(pstate_ss, stepped, stepped_exclusive);
    }
};

// Debug exceptions can be taken from `el` with PSTATE.D as in `daif`. Arm: AArch64.GenerateDebugExceptionsFrom.
[[nodiscard]] bool generates_debug_exceptions(const Pe& pe, unsigned el, u32 daif);

// Refreshes `pe.debug` from the registers.
void update_debug_state(Pe& pe);

// PSTATE.SS after a return with `spsr` from `el`, `daif`: to be called with the state that was returned to.
// Arm: DebugExceptionReturnSS.
[[nodiscard]] bool step_bit_after_return(const Pe& pe, u64 spsr, bool enabled_at_source);

// Before the instruction at pe.pc is fetched: a software step is due. And the request that reports it.
[[nodiscard]] bool step_is_due(const Pe& pe);
[[nodiscard]] ExceptionRequest step_exception(const Pe& pe);
// After an instruction executed without an exception while stepping.
void note_stepped(Pe& pe, OpClass executed);

// Behind the fetch of pe.pc.
[[nodiscard]] bool breakpoint_matches(const Pe& pe);
[[nodiscard]] ExceptionRequest breakpoint_exception();

// A data access that was translated hits a watchpoint: pe.fault has the request.
[[nodiscard]] bool watchpoint_hits(Pe& pe, u64 va, unsigned bytes, mmu::AccessKind kind, unsigned el);

}  // namespace emu
