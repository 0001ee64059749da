// The loops. Both execute the same instructions with the same effects and counts; recording hands an
// InstructionRecord of each to a consumer, by direct call.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstring>

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

// The flags of a Pe between `refetch` and `marker`, and which of them mean what.
[[nodiscard]] inline u64 loop_flags(const Pe& pe) {
    u64 flags = 0;
    std::memcpy(&flags, reinterpret_cast<const u8*>(&pe) + offsetof(Pe, refetch), sizeof flags);
    return flags;
}
[[nodiscard]] constexpr u64 flag_at(std::size_t offset) {
    const std::size_t byte = offset - offsetof(Pe, refetch);
    return u64{0xff} << 8 * (std::endian::native == std::endian::little ? byte : 7 - byte);
}
// What the loop has to serve first.
inline constexpr u64 kAsked = flag_at(offsetof(Pe, request)) | flag_at(offsetof(Pe, stop_requested));
// Behind an instruction that leaves one of these the next one does not come with the same fetch group.
inline constexpr u64 kEndsGroup = kAsked | flag_at(offsetof(Pe, refetch)) | flag_at(offsetof(Pe, debug_active));
// Before an instruction an exception may be due that it has not caused.
inline constexpr u64 kExceptional = flag_at(offsetof(Pe, illegal_state)) | flag_at(offsetof(Pe, debug_active)) |
                                    flag_at(offsetof(Pe, interrupt_due)) | flag_at(offsetof(Pe, btype));

// What the loop does between instructions: serves requests, notices the limit and exception loops.
class LoopControl {
public:
    LoopControl(const Pe& pe, u64 limit) : limit_{limit}, last_retired_{pe.retired} {}
    // true: stop, and reason() says why.
    [[nodiscard]] bool stops(Pe& pe) {
        const bool quiet = (loop_flags(pe) & kAsked) == 0;
        if (quiet && pe.retired < limit_ && pe.retired != last_retired_) [[likely]] {
            note_progress(pe);
            return false;
        }
        return stops_slow(pe);
    }
    // A fetch group can run: nothing has to be done before it, no exception is due that it has not caused, and stops()
    // would see progress, for what takes no exception retires.
    [[nodiscard]] bool goes_on(const Pe& pe) const {
        const u64 exceptional = (loop_flags(pe) & (kAsked | kExceptional)) | (pe.pc & 3);
        return exceptional == 0 && !pe.record.exception && pe.retired < limit_;
    }
    [[nodiscard]] u64 left(const Pe& pe) const { return limit_ - pe.retired; }
    [[nodiscard]] StopReason reason() const { return reason_; }

private:
    static constexpr unsigned kMaxStalled = 256;

    void note_progress(const Pe& pe) {
        last_retired_ = pe.retired;
        stalled_ = 0;
    }
    bool stops_slow(Pe& pe);
    bool stop(Pe& pe, StopReason reason);

    u64 limit_;
    u64 last_retired_;
    unsigned stalled_{0};
    StopReason reason_{StopReason::Limit};
};

// Of any instruction. Its `op` is set when it is known, its `el` and `fetch_pa` with the first of a group.
inline void begin_record(Pe& pe) {
    InstructionRecord& r = pe.record;
    r.pc = pe.pc;
    r.next_pc = pe.pc + 4;
    r.taken = r.exception = r.fetch_looked_up = r.tlbi_valid = false;
    r.exception_class = 0;
    r.access_count = 0;
    r.barrier = BarrierKind::None;
}
inline void begin_group(Pe& pe) {
    begin_record(pe);
    pe.record.el = pe.el;
    pe.btype_next = 0;
}

// A page other than that of the last fetch, or the same again after its operations became stale.
void change_page(Pe& pe, const u8* host_page);
// One L1I lookup without memos. The record's `fetch` says how it went. false: an exception was taken.
[[nodiscard]] bool fetch_slow(Pe& pe);
// As prepare_instruction, where an exception may be due that has another cause than the fetch.
[[nodiscard]] bool prepare_exceptional(Pe& pe);

// One counted L1I lookup for pe.pc, if a memo serves it; enters its page.
[[nodiscard, gnu::always_inline]] inline bool fetch_by_memo(Pe& pe) {
    const u64 pc = pe.pc;
    const u8* host = pe.host_tlb->fetch(pc);
    if (host == nullptr) [[unlikely]] return false;
    const u8* host_page = host - (pc & (kPageBytes - 1));
    if (pe.page == nullptr || pe.page->bytes != host_page || pe.page->stale) [[unlikely]] change_page(pe, host_page);
    pe.refetch = false;
    return true;
}
// The same, recorded; without a memo too. false: an exception was taken.
[[nodiscard, gnu::always_inline]] inline bool fetch_recorded(Pe& pe) {
    const u64 pc = pe.pc;
    pe.record.fetch_looked_up = true;
    if (!fetch_by_memo(pe)) [[unlikely]] return fetch_slow(pe);
    note_l1_hit(pe.record.fetch, pe.host_tlb->origin(mmu::HostTlb::Kind::Fetch, pc));
    return true;
}

[[nodiscard]] inline bool begins_fetch_group(const Pe& pe) {
    return pe.refetch || (pe.pc & (pe.fetch_bytes - 1)) == 0;
}

// Fetches the instruction at pe.pc, with its lookup if it begins a fetch group. false: an exception was taken.
// Sets neither `op` nor `fetch_pa` of the record.
[[nodiscard, gnu::always_inline]] inline bool prepare_instruction(Pe& pe) {
    if ((loop_flags(pe) & kExceptional) != 0 || (pe.pc & 3) != 0) [[unlikely]] return prepare_exceptional(pe);
    return !begins_fetch_group(pe) || fetch_recorded(pe);
}

// The operation at pe.pc, whose page has been entered.
inline void locate_operation(Pe& pe) {
    const u64 offset = pe.pc & (kPageBytes - 1);
    pe.record.op = pe.page_ops + offset / 4;
    pe.record.fetch_pa = pe.page->pa + offset;
}

inline void not_fetched(Pe& pe) {
    pe.record.op = no_instruction();
    pe.record.fetch_pa = 0;
}

template <class Consumer>
[[gnu::always_inline]] inline void finish(Pe& pe, Consumer& consumer) {
    pe.pc = pe.record.next_pc;
    consumer.consume(pe.record);
}

// One instruction, whatever its state.
template <class Consumer>
[[gnu::noinline]] void step(Pe& pe, Consumer& consumer) {
    begin_group(pe);
    if (prepare_instruction(pe)) [[likely]] {
        locate_operation(pe);
        const DecodedOp* op = pe.record.op;
        const bool stepping = pe.debug.step;
        op->recording(pe, op);
        if (stepping && !pe.record.exception) [[unlikely]] note_stepped(pe, op->timing.op_class);
    } else {
        not_fetched(pe);
    }
    pe.btype = pe.btype_next;
    finish(pe, consumer);
}

// Of the operations from pe.pc to the end of its fetch group, and of those before `left` more have retired, the last one.
[[nodiscard]] inline const DecodedOp* last_of_group(const Pe& pe, u64 left) {
    const u64 in_group = (pe.fetch_bytes - (pe.pc & (pe.fetch_bytes - 1))) / 4;
    return pe.record.op + (std::min(in_group, left) - 1);
}

// The instructions of one fetch group, of which `left` may retire, where LoopControl::goes_on(). Those behind the first need
// only what differs from one to the next: what retires and leaves none of kEndsGroup is followed by the next one.
// PSTATE.BTYPE is 0 throughout, for who sets it ends the group.
template <class Consumer>
[[gnu::always_inline]] inline void run_group(Pe& pe, Consumer& consumer, u64 left) {
    begin_group(pe);
    if (begins_fetch_group(pe) && !fetch_recorded(pe)) [[unlikely]] {
        not_fetched(pe);
        return finish(pe, consumer);
    }
    locate_operation(pe);
    const DecodedOp* const last = last_of_group(pe, left);
    for (const DecodedOp* op = pe.record.op;; pe.record.op = op) {
        op->recording(pe, op);
        finish(pe, consumer);
        if (op == last || (loop_flags(pe) & kEndsGroup) != 0) return;
        begin_record(pe);
        ++op;
    }
}

}  // namespace detail

template <class Consumer>
StopReason run_recording(Pe& pe, Consumer& consumer, u64 limit) {
    detail::LoopControl control{pe, limit};
    for (;;) {
        if (control.goes_on(pe)) [[likely]]
            detail::run_group(pe, consumer, control.left(pe));
        else if (control.stops(pe))
            return control.reason();
        else
            detail::step(pe, consumer);
    }
}

}  // namespace emu
