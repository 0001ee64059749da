#include "emu/core/interpreter.h"

#include <cstring>
#include <utility>

#include "emu/core/branch_target.h"
#include "emu/core/bus.h"
#include "emu/core/core_config.h"
#include "emu/core/decode_cache.h"
#include "emu/core/interrupts.h"
#include "mmu/mmu.h"
#include "mmu/physical_memory_port.h"

namespace emu {
namespace {

constexpr u8 kInterruptClass = 0xff;  // of InstructionRecord::exception_class

struct NoConsumer {
    static void consume(const InstructionRecord&) {}
};

void enter_page(Pe& pe, DecodedPage& page) {
    pe.page = &page;
    pe.page_ops = page.ops.data();
}

bool fetch_fault(Pe& pe, const ExceptionRequest& request) {
    Recording::raise(pe, nullptr, request);
    return false;
}

// Recorded like an exception of the instruction that it precedes.
bool interrupt(Pe& pe) {
    take_interrupt(pe);
    pe.record.exception = true;
    pe.record.exception_class = kInterruptClass;
    pe.record.next_pc = pe.pc;
    return false;
}

// The landing instruction at pe.pc takes an indirect branch of pe.btype, or its page is not guarded. false: a Branch
// Target exception was taken.
bool accepts_branch(Pe& pe) {
    u32 word = 0;
    std::memcpy(&word, pe.page->bytes + (pe.pc & (kPageBytes - 1)), sizeof word);
    if (!pe.mmu->is_guarded(arch::VirtualAddress{pe.pc}) || is_landing_place(word, pe.btype, pauth_lands_jumps(pe))) return true;
    return fetch_fault(pe, {.exception_class = arch::ExceptionClass::BranchTarget, .iss = pe.btype});
}

// A straight run may start at pe.pc: nothing about the instruction itself is exceptional.
bool can_run(const Pe& pe) {
    const bool exceptional = (detail::loop_flags(pe) & detail::kExceptional) != 0;
    return pe.retired < pe.run_limit && !exceptional && (pe.pc & 3) == 0 && detail::begins_fetch_group(pe);
}

// Lookup of the run's first fetch group. false: an instruction abort was taken.
bool start_run(Pe& pe) {
    if (!detail::fetch_by_memo(pe)) {
        detail::begin_group(pe);
        if (!detail::fetch_slow(pe)) {
            pe.pc = pe.record.next_pc;
            return false;
        }
    }
    pe.page_va = pe.pc & ~(kPageBytes - 1);
    return true;
}

void run_threaded(Pe& pe) {
    pe.run_start = pe.page_ops + (pe.pc & (kPageBytes - 1)) / 4;
    dispatch(pe, pe.run_start);
    if constexpr (!kThreaded) {
        while (const DecodedOp* op = std::exchange(pe.next_op, nullptr)) op->plain(pe, op);
    }
}

// Firmware answers between instructions. Where there is none the instruction is UNDEFINED after all.
void call_firmware(Pe& pe) {
    settle_counters(pe);
    if (pe.bus->firmware_call(pe)) return;
    --pe.retired;
    --pe.retired_counted;
    pe.pc -= 4;
    take_exception(pe, undefined_instruction());
}

}  // namespace

const DecodedOp* no_instruction() {
    static const DecodedOp op{};
    return &op;
}

void decode_plain(Pe& pe, const DecodedOp* op) {
    const DecodedOp* decoded = pe.decode_cache->decode(*pe.page, op);
    return dispatch(pe, decoded);
}

void decode_recording(Pe& pe, const DecodedOp* op) {
    const DecodedOp* decoded = pe.decode_cache->decode(*pe.page, op);
    return decoded->recording(pe, decoded);
}

namespace detail {

void change_page(Pe& pe, const u8* host_page) { enter_page(pe, pe.decode_cache->find(host_page)); }

bool fetch_slow(Pe& pe) {
    constexpr u32 kSyncExternal = arch::fault_status_code(arch::FaultKind::SyncExternal, 0);
    const mmu::AccessDescriptor access{.kind = mmu::AccessKind::Fetch, .el = pe.el, .size_log2 = 2};
    const auto result = pe.mmu->translate(access, arch::VirtualAddress{pe.pc}, pe.record.fetch);
    if (!result) {
        const mmu::FaultRecord& fault = result.error();
        return fetch_fault(pe, instruction_abort(arch::fault_status_code(fault.kind, fault.level), pe.pc));
    }
    const u8* host = result.value().host_page;
    if (host == nullptr) return fetch_fault(pe, instruction_abort(kSyncExternal, pe.pc));
    enter_page(pe, pe.decode_cache->enter(arch::align_down(result.value().pa.value, kPageBytes), host));
    pe.refetch = false;
    return true;
}

// Arm: "Synchronous exception types, routing and priorities": software step, PC alignment, the fetch, breakpoints,
// PSTATE.IL, branch targets.
bool prepare_exceptional(Pe& pe) {
    if (interrupt_is_taken(pe)) [[unlikely]] return interrupt(pe);
    if (step_is_due(pe)) [[unlikely]] return fetch_fault(pe, step_exception(pe));
    if ((pe.pc & 3) != 0) [[unlikely]] return fetch_fault(pe, pc_alignment_fault(pe.pc));
    if (begins_fetch_group(pe) && !fetch_recorded(pe)) return false;
    if (breakpoint_matches(pe)) [[unlikely]] return fetch_fault(pe, breakpoint_exception());
    if (pe.illegal_state) [[unlikely]]
        return fetch_fault(pe, {.exception_class = arch::ExceptionClass::IllegalState});
    return pe.btype == 0 || accepts_branch(pe);
}

bool LoopControl::stop(Pe& pe, StopReason reason) {
    settle_counters(pe);
    reason_ = reason;
    return true;
}

bool LoopControl::stops_slow(Pe& pe) {
    switch (std::exchange(pe.request, LoopRequest::None)) {
        case LoopRequest::None: break;
        case LoopRequest::WaitForInterrupt:
            if (pending_interrupts(pe) == 0) return stop(pe, StopReason::WaitForInterrupt);
            break;
        case LoopRequest::FirmwareCall: call_firmware(pe); break;
        case LoopRequest::Marker:
            settle_counters(pe);
            pe.bus->on_marker(pe, pe.marker);
            break;
    }
    if (std::exchange(pe.stop_requested, false)) return stop(pe, StopReason::Requested);
    if (pe.retired >= limit_) return stop(pe, StopReason::Limit);
    stalled_ = pe.retired == last_retired_ ? stalled_ + 1 : 0;
    last_retired_ = pe.retired;
    return stalled_ > kMaxStalled && stop(pe, StopReason::ExceptionLoop);
}

}  // namespace detail

StopReason run_plain(Pe& pe, u64 limit) {
    NoConsumer none;
    detail::LoopControl control{pe, limit};
    const u64 run_limit = pe.config->threaded && limit > kMaxRun ? limit - kMaxRun : 0;
    while (!control.stops(pe)) {
        pe.run_limit = run_limit;
        if (!can_run(pe)) detail::step(pe, none);
        else if (start_run(pe)) run_threaded(pe);
    }
    return control.reason();
}

}  // namespace emu
