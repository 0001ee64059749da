// From fetch to the door of dispatch. A stamp here is the cycle at which an instruction could be dispatched; the depth
// of the front end shows only after a redirect. One aligned fetch group per cycle; a taken branch ends its group. Fetch
// runs ahead of dispatch by at most the fetch queue.
#pragma once

#include <algorithm>

#include "emu/core/record.h"
#include "emu/timing/memory/translation_timing.h"

namespace emu {

// An interrupt is taken instead of the instruction, which has not executed.
[[nodiscard]] inline bool is_interrupt(const InstructionRecord& record) {
    constexpr u8 kInterrupt = 0xff;
    return record.exception && record.exception_class == kInterrupt;
}

class FrontEnd {
public:
    FrontEnd(const CoreTimingConfig& config, TranslationTiming& translation, MemoryLatency& memory)
        : dispatched_{config.fetch_queue},
          translation_{translation},
          memory_{memory},
          exception_entry_{config.exception_entry.mid},
          eret_{config.eret.mid},
          isb_{config.isb.mid} {}

    // Stamp of the next instruction, its spans added to `timeline`.
    u64 deliver(const InstructionRecord& record, Timeline& timeline) {
        catch_up();
        if (redirect_until_ != 0) take_redirect(timeline);
        if (record.fetch_looked_up) fetch_group(record, timeline);
        return delivered_;
    }
    // To the place that the fetch queue has; part of deliver().
    void catch_up() {
        if (dispatched_.oldest() > delivered_) delivered_ = dispatched_.oldest();
    }
    // The fetch group that this instruction begins comes behind no redirect, and neither the ITLB nor L1I can hold it up.
    [[nodiscard, gnu::always_inline]] bool has_at_hand(const InstructionRecord& record) {
        return is_translated(record) && (is_in_last_line(record) || is_recent(record.fetch_pa));
    }
    // deliver() of a group at hand.
    u64 deliver_group(Timeline& timeline) {
        memory_.count_fetch_hit();
        return delivered_ = group_ = begin_group(std::max(delivered_, dispatched_.oldest()), timeline);
    }
    void dispatched(u64 cycle) { dispatched_.push(cycle); }
    // The next instruction comes behind a redirect.
    [[nodiscard]] bool redirects() const { return redirect_until_ != 0; }
    // Behind no redirect, its group at hand where it begins one, and what waiting for it adds to the time behind `committed` is
    // Base.
    [[nodiscard, gnu::always_inline]] bool is_there(const InstructionRecord& record, u64 committed) {
        if (!record.fetch_looked_up) return redirect_until_ == 0;
        const bool at_hand = is_translated(record) && (is_in_last_line(record) || find_recent(record.fetch_pa));
        return at_hand && (!group_cut_ || group_begin() <= committed);
    }
    // Stamp of such an instruction that begins a group.
    [[gnu::always_inline]] u64 deliver_group() {
        memory_.count_fetch_hit();
        group_cut_ = false;
        return delivered_ = group_ = group_begin();
    }

    // The next instruction was fetched down the wrong path, or from the wrong context: it comes no earlier than
    // `until`.
    void redirect(Cause cause, u64 until, Figure figure = Figure::Known) {
        if (until < redirect_until_) return;
        fetched_line_ = kNoLine;
        redirect_until_ = until;
        redirect_cause_ = cause;
        redirect_figure_ = figure;
    }
    // Exceptions are taken, and context synchronised, when the instruction commits; what was fetched behind it is lost.
    void redirect_after(const InstructionRecord& record, u64 committed) {
        if (record.exception) return redirect(Cause::Exception, committed + exception_entry_, Figure::Estimated);
        if (record.op->timing.op_class == OpClass::Eret) redirect(Cause::Exception, committed + eret_, Figure::Estimated);
        if (record.op->timing.op_class == OpClass::Isb) redirect(Cause::Isb, committed + isb_, Figure::Estimated);
    }
    void end_group_early() { group_cut_ = true; }
    // The earliest stamp that a later fetch can have.
    [[nodiscard]] u64 floor() const { return delivered_; }

private:
    static constexpr u64 kNoLine = ~u64{0};

    [[nodiscard]] u64 group_begin() const { return std::max({delivered_, dispatched_.oldest(), group_ + 1}); }
    void take_redirect(Timeline& timeline) {
        timeline.add(redirect_cause_, redirect_until_, redirect_figure_);
        if (redirect_until_ > delivered_) delivered_ = redirect_until_;
        redirect_until_ = 0;
    }
    [[nodiscard]] static bool is_translated(const InstructionRecord& record) {
        return record.fetch.source == mmu::LookupRecord::Source::L1Hit && !record.fetch.faulted;
    }
    [[nodiscard]] bool is_in_last_line(const InstructionRecord& record) const {
        return line_of(record.fetch_pa) == fetched_line_;
    }
    // For those who have no room for it.
    [[nodiscard, gnu::noinline]] bool find_recent(u64 pa) { return is_recent(pa); }
    [[nodiscard, gnu::always_inline]] bool is_recent(u64 pa) {
        if (redirect_until_ != 0 || !memory_.is_recent_fetch(pa)) return false;
        fetched_line_ = line_of(pa);
        return true;
    }
    // When a group begins that can at `cycle`.
    u64 begin_group(u64 cycle, Timeline& timeline) {
        const u64 begin = std::max(cycle, group_ + 1);
        if (begin > timeline.end()) timeline.add(group_cut_ ? Cause::FrontEnd : Cause::Base, begin);
        group_cut_ = false;
        return begin;
    }
    void fetch_group(const InstructionRecord& record, Timeline& timeline) {
        delivered_ = begin_group(delivered_, timeline);
        delivered_ = translation_.fetch(record.fetch, delivered_, timeline);
        if (!record.fetch.faulted) delivered_ = memory_.fetch(record.fetch_pa, delivered_).ready;
        fetched_line_ = record.fetch.faulted ? kNoLine : line_of(record.fetch_pa);
        timeline.add(Cause::FrontEnd, delivered_);
        group_ = delivered_;
    }

    StampRingOf<kMaxFetchQueue> dispatched_;
    TranslationTiming& translation_;
    MemoryLatency& memory_;
    u64 exception_entry_;
    u64 eret_;
    u64 isb_;
    u64 delivered_{0};
    u64 group_{0};
    u64 fetched_line_{kNoLine};  // of the last group: L1I still has it, as its youngest. None while a redirect is pending
    u64 redirect_until_{0};
    Cause redirect_cause_{Cause::Base};
    Figure redirect_figure_{Figure::Known};
    bool group_cut_{false};
};

}  // namespace emu
