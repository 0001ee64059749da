// The loops. Both execute the same instructions with the same effects and counts; recording hands an
// InstructionRecord of each to a consumer, by direct call.
#pragma once

#include "emu/core/decode_cache.h"
#include "emu/core/mode.h"

namespace emu {

enum class StopReason : u8 {
    Limit,             // pe.retired reached the limit, exactly
    WaitForInterrupt,  // WFI retired, and no interrupt is pending
    Requested,         // the bus set pe.stop_requested
    ExceptionLoop,     // exceptions follow each other and nothing retires: the vectors cannot be fetched
};

// Runs until pe.retired == limit, or a reason to stop earlier. Counters are settled on return. Between calls
// pe.pc is the next instruction.
[[nodiscard]] StopReason run_plain(Pe& pe, u64 limit);

// As run_plain, and calls consumer.consume(const InstructionRecord&) after every instruction. A record, and the
// DecodedOp it names, is valid during that call. An instruction that could not be fetched has a record too,
// whose op is no_instruction().
template <class Consumer>
[[nodiscard]] StopReason run_recording(Pe& pe, Consumer& consumer, u64 limit);

// The operation of records of instructions that could not be fetched.
[[nodiscard]] const DecodedOp* no_instruction();

// Handlers of operations that are not decoded yet, and of the one behind the last of a page.
void decode_plain(Pe& pe, const DecodedOp* op);
void decode_recording(Pe& pe, const DecodedOp* op);

namespace detail {

// Fetches the instruction at pe.pc, with its lookup if it begins a fetch group. false: an exception was taken.
// Sets neither `op` nor `pc_pa` of the record.
[[nodiscard]] bool prepare_instruction(Pe& pe);

// What the loop does between instructions: serves requests, notices the limit and exception loops.
class LoopControl {
public:
    LoopControl(Pe& pe, u64 limit) : pe_{pe}, limit_{limit}, last_retired_{pe.retired} {}
    // true: stop, and reason() says why.
    [[nodiscard]] bool stops() {
        const bool quiet = pe_.request == LoopRequest::None && !pe_.stop_requested;
        if (quiet && pe_.retired < limit_ && pe_.retired != last_retired_) [[likely]] {
            last_retired_ = pe_.retired;
            stalled_ = 0;
            return false;
        }
        return stops_slow();
    }
    [[nodiscard]] StopReason reason() const { return reason_; }

private:
    static constexpr unsigned kMaxStalled = 256;

    bool stops_slow();
    bool stop(StopReason reason);

    Pe& pe_;
    u64 limit_;
    u64 last_retired_;
    unsigned stalled_{0};
    StopReason reason_{StopReason::Limit};
};

// Its `op` is set when there is one.
inline void begin_record(Pe& pe) {
    InstructionRecord& r = pe.record;
    r.pc = pe.pc;
    r.pc_pa = 0;
    r.next_pc = pe.pc + 4;
    r.el = pe.el;
    r.taken = r.exception = r.fetch_looked_up = r.tlbi_valid = false;
    r.exception_class = 0;
    r.access_count = 0;
    r.barrier = BarrierKind::None;
}

// The instruction at pe.pc comes with the fetch group of the one before it.
[[nodiscard]] inline bool continues_group(const Pe& pe) {
    const u64 in_group = pe.pc & ((u64{1} << pe.fetch_shift) - 1);
    return in_group != 0 && (in_group & 3) == 0 && !pe.refetch && !pe.illegal_state && !pe.debug_active;
}

template <class Consumer>
void step(Pe& pe, Consumer& consumer) {
    begin_record(pe);
    pe.btype_next = 0;
    if (continues_group(pe) || prepare_instruction(pe)) [[likely]] {
        const u64 offset = pe.pc & (kPageBytes - 1);
        const DecodedOp* op = pe.page_ops + offset / 4;
        pe.record.op = op;
        pe.record.pc_pa = pe.page->pa + offset;
        const bool stepping = pe.debug.step;
        op->recording(pe, op);
        if (stepping && !pe.record.exception) [[unlikely]] note_stepped(pe, op->timing.op_class);
    } else {
        pe.record.op = no_instruction();
    }
    pe.pc = pe.record.next_pc;
    pe.btype = pe.btype_next;
    consumer.consume(pe.record);
}

}  // namespace detail

template <class Consumer>
StopReason run_recording(Pe& pe, Consumer& consumer, u64 limit) {
    detail::LoopControl control{pe, limit};
    while (!control.stops()) detail::step(pe, consumer);
    return control.reason();
}

}  // namespace emu
