// Each row is a label and a function of one phase; a row whose value does not exist in a phase yields nothing.
#include "emu/report/metrics.h"

#include <algorithm>

#include "emu/report/fold_counts.h"
#include "emu/report/number_format.h"

namespace emu {
namespace {

using mmu::CounterBank;
using mmu::Event;
using Phases = std::vector<const PhaseResult*>;

std::uint64_t both(const PhaseResult& p, Event e) {
    return p.el0[e] + p.el1[e];
}

class Rows {
public:
    explicit Rows(const Phases& phases) : phases_{phases} {}

    // `value` yields a number or an optional one for a phase.
    template <class F>
    void add(std::string label, F value, int decimals = 0) {
        MetricRow row{std::move(label), {}, decimals, std::exchange(group_, false), false, false};
        for (const auto* phase : phases_)
            row.values.push_back(phase == nullptr ? std::nullopt : as_optional(value(*phase)));
        rows_.push_back(std::move(row));
    }
    void add_by_el(const std::string& label, Event e) {
        add(label + ", user", [e](const PhaseResult& p) { return p.el0[e]; });
        add(label + ", kernel", [e](const PhaseResult& p) { return p.el1[e]; });
        add(label + ", sum", [e](const PhaseResult& p) { return both(p, e); });
    }
    void add_sum(std::string label, Event e) {
        add(std::move(label), [e](const PhaseResult& p) { return both(p, e); });
    }
    template <class F>
    void add_share(std::string label, F value) {
        add(std::move(label), value, 1);
        rows_.back().is_share = true;
    }
    void show_range() { rows_.back().shows_range = true; }
    void begin_group() { group_ = true; }
    [[nodiscard]] std::vector<MetricRow> take() { return std::move(rows_); }

private:
    static std::optional<double> as_optional(std::uint64_t n) { return static_cast<double>(n); }
    static std::optional<double> as_optional(std::optional<double> n) { return n; }

    const Phases& phases_;
    std::vector<MetricRow> rows_;
    bool group_{false};
};

bool is_timed(const Phases& phases) {
    return std::any_of(phases.begin(), phases.end(),
                       [](const auto* p) { return p != nullptr && !p->sampled && both(*p, Event::CPU_CYCLES) != 0; });
}

// The names of a list within the fold counts, in the order in which the runs first show them.
NamedCounts union_of(const Phases& phases, NamedCounts FoldCounts::*list) {
    NamedCounts names;
    for (const auto* phase : phases) {
        if (phase == nullptr) continue;
        const FoldCounts folds = fold_counts(*phase);
        for (const auto& [name, unused] : folds.*list) add_count(names, name, 0);
    }
    return names;
}

void add_breakdown(Rows& rows, const Phases& phases, const std::string& prefix, NamedCounts FoldCounts::*list) {
    for (const auto& [name, unused] : union_of(phases, list))
        rows.add(prefix + name, [list, key = name](const PhaseResult& p) {
            const FoldCounts folds = fold_counts(p);
            return count_of(folds.*list, key);
        });
}

std::optional<double> percent(std::uint64_t part, std::uint64_t whole) {
    auto share = ratio(part, whole);
    if (share) *share *= 100;
    return share;
}

void add_cycles(Rows& rows) {
    rows.add_by_el("cycles", Event::CPU_CYCLES);
    rows.show_range();
    rows.add_share("  decided by estimates, %", [](const PhaseResult& p) {
        return percent(both(p, Event::SIM_CYCLES_ESTIMATED), both(p, Event::CPU_CYCLES));
    });
}

void add_work(Rows& rows, bool timed) {
    if (timed) add_cycles(rows);
    rows.begin_group();
    rows.add_by_el("instructions", Event::INST_RETIRED);
    rows.add("page faults", [](const PhaseResult& p) { return count_of(p.guest, "pgfault"); });
}

// Walks are counted where they are not timed too.
std::optional<double> mean_walk_cycles(const PhaseResult& p) {
    if (p.timed_instructions != both(p, Event::INST_RETIRED)) return std::nullopt;
    return ratio(both(p, Event::DTLB_WALK_PERCYC) + both(p, Event::ITLB_WALK_PERCYC),
                 both(p, Event::DTLB_WALK) + both(p, Event::ITLB_WALK));
}

void add_tlb(Rows& rows, bool timed) {
    rows.begin_group();
    rows.add_sum("L1D TLB accesses", Event::L1D_TLB);
    rows.add_sum("L1D TLB refills", Event::L1D_TLB_REFILL);
    rows.add_sum("L1I TLB accesses", Event::L1I_TLB);
    rows.add_sum("L1I TLB refills", Event::L1I_TLB_REFILL);
    rows.add_sum("L2 TLB accesses", Event::L2D_TLB);
    rows.add_sum("L2 TLB refills", Event::L2D_TLB_REFILL);
    rows.add_sum("data walks", Event::DTLB_WALK);
    rows.add_sum("instruction walks", Event::ITLB_WALK);
    rows.add_sum("prefetch walks", Event::SIM_WALK_PREFETCH);
    rows.add("walk memory reads",
             [](const PhaseResult& p) { return both(p, Event::DTLB_STEP) + both(p, Event::ITLB_STEP); });
    if (timed) rows.add("mean walk, cycles", mean_walk_cycles, 1);
}

void add_probed_folds(Rows& rows, const Phases& phases) {
    rows.add("fold attempts", [](const PhaseResult& p) { return fold_counts(p).attempts; });
    add_breakdown(rows, phases, "  refused: ", &FoldCounts::refused);
    rows.add("converts to folded", [](const PhaseResult& p) { return fold_counts(p).folded; });
    rows.add("converts to unfolded", [](const PhaseResult& p) { return fold_counts(p).unfolded; });
    add_breakdown(rows, phases, "  by ", &FoldCounts::unfolded_by);
}

// Attempts and converts are counted by probes, which exist in cycle mode only; the other two the guest counts itself.
void add_folds(Rows& rows, const Phases& phases, bool timed) {
    rows.begin_group();
    rows.add("blocks born folded", [](const PhaseResult& p) { return fold_counts(p).born_folded; });
    if (timed) add_probed_folds(rows, phases);
    rows.add("blocks cleared while folded", [](const PhaseResult& p) { return fold_counts(p).cleared_folded; });
}

void add_invalidation(Rows& rows, bool timed) {
    rows.begin_group();
    rows.add_sum("TLBI instructions", Event::SIM_TLBI);
    rows.add("  local", [](const PhaseResult& p) { return both(p, Event::SIM_TLBI) - both(p, Event::SIM_TLBI_BROADCAST); });
    rows.add_sum("  broadcast", Event::SIM_TLBI_BROADCAST);
    rows.add_sum("  of a range", Event::SIM_TLBI_RANGE);
    if (timed) rows.add_sum("DSB wait, cycles", Event::SIM_DSB_CYCLES);
}

struct Reach {
    const char* label;
    Event l1d;
    Event l2;
};
constexpr Reach kReaches[] = {{"4K", Event::SIM_L1D_HIT_4K, Event::SIM_L2_HIT_4K},
                              {"16K", Event::SIM_L1D_HIT_16K, Event::SIM_L2_HIT_16K},
                              {"64K", Event::SIM_L1D_HIT_64K, Event::SIM_L2_HIT_64K},
                              {"2M", Event::SIM_L1D_HIT_2M, Event::SIM_L2_HIT_2M}};

void add_shares(Rows& rows, const std::string& tlb, Event hits, Event Reach::*of_reach) {
    for (const auto& reach : kReaches) {
        const Event part = reach.*of_reach;
        rows.add_share(tlb + " hits of reach " + reach.label + ", %", [part, hits](const PhaseResult& p) {
            return percent(both(p, part), both(p, hits));
        });
    }
}

}  // namespace

std::vector<MetricRow> metric_rows(const Phases& phases) {
    Rows rows{phases};
    const bool timed = is_timed(phases);
    add_work(rows, timed);
    add_tlb(rows, timed);
    add_folds(rows, phases, timed);
    add_invalidation(rows, timed);
    rows.begin_group();
    add_shares(rows, "L1D", Event::SIM_L1D_HIT, &Reach::l1d);
    add_shares(rows, "L2", Event::SIM_L2_HIT, &Reach::l2);
    return rows.take();
}

}  // namespace emu
