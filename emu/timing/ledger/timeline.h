// The life of one instruction as consecutive spans of time, each with its cause. The ledger charges the part of
// them that lies between the previous commit and this one, so nothing is left over and nothing counts twice. A span says
// too whether its length is a figure that nobody has published, so that a report can tell what share of a run hangs on
// such figures.
#pragma once

#include "emu/timing/ledger/cost_cause.h"

namespace emu {

using arch::u64;

// Where the length of a span comes from.
enum class Figure : arch::u8 {
    Known,      // documented, measured, or made up of such
    Estimated,  // an Estimate of the profile
};

class Timeline {
public:
    struct Span {
        u64 end;
        Cause cause;
        Figure figure;
    };

    // Of the next instruction; nobody will ask for its time up to `charged`.
    void restart(u64 charged = 0) {
        count_ = 0;
        end_ = covered_ = charged;
    }

    // The time up to `until` that no earlier span covers has this cause. A span that ends no later than the last
    // one is hidden behind it. Where an instruction has more spans than fit (a pair across two pages that both walk),
    // the last one grows: the sum stays exact.
    void add(Cause cause, u64 until, Figure figure = Figure::Known) {
        if (until <= end_) return;
        if (cause != Cause::Base || figure != Figure::Known) {
            if (end_ > covered_) append({end_, Cause::Base, Figure::Known});
            append({until, cause, figure});
            covered_ = until;
        }
        end_ = until;
    }
    // No time so far that is not simply Base.
    [[nodiscard]] bool empty() const { return count_ == 0; }
    [[nodiscard]] u64 end() const { return end_; }
    // All time from restart() to `cycle`, as far as the spans reach, has one cause, and no part of it is an estimate.
    [[nodiscard]] bool is_one_cause(u64 cycle) const {
        return empty() || (spans_[0].end >= cycle && spans_[0].figure == Figure::Known);
    }
    [[nodiscard]] Cause first_cause() const { return empty() ? Cause::Base : spans_[0].cause; }

    // Calls charge(span, cycles) for every span's share of (from, to]. Returns how far the spans reach: `to` when all of
    // it was charged.
    template <class Charge>
    u64 split(u64 from, u64 to, Charge&& charge) const {
        for (unsigned i = 0; i < count_ && from < to; ++i) {
            if (spans_[i].end <= from) continue;
            const u64 end = spans_[i].end < to ? spans_[i].end : to;
            charge(spans_[i], end - from);
            from = end;
        }
        const u64 end = end_ < to ? end_ : to;
        if (from >= end) return from;
        charge(Span{end, Cause::Base, Figure::Known}, end - from);
        return end;
    }

private:
    static constexpr unsigned kMaxSpans = 32;

    void append(const Span& span) {
        if (count_ == kMaxSpans)
            spans_[kMaxSpans - 1].end = span.end;
        else
            spans_[count_++] = span;
    }

    u64 end_{0};
    u64 covered_{0};  // by spans_; from there to end_ it is Base, which becomes a span only when another one follows
    unsigned count_{0};
    Span spans_[kMaxSpans];
};

}  // namespace emu
