#include "emu/machine/phase_tracker.h"

#include <algorithm>

#include "emu/machine/mailbox_view.h"
#include "emu/machine/miss_taxonomy.h"

namespace emu {

namespace {

// Calls are kept in the order in which they first happened, so what began is a prefix-wise match by key.
std::vector<OperationCount> difference(const std::vector<OperationCalls>& end, const std::vector<OperationCalls>& begin) {
    std::vector<OperationCount> out;
    for (const OperationCalls& e : end) {
        std::uint64_t before = 0;
        for (const OperationCalls& b : begin) {
            if (b.operation == e.operation && b.outcome == e.outcome && b.caller == e.caller) before = b.count;
        }
        if (e.count != before) out.push_back({e.operation, e.outcome, e.caller, e.count - before});
    }
    return out;
}

NamedCounts difference(const guest_mailbox& end, const guest_mailbox& begin) {
    guest_mailbox delta = end;
    for (unsigned i = 0; i < GUEST_COUNTER_COUNT; ++i) delta.counters[i] -= begin.counters[i];
    return name_counters(delta.counters);
}

}  // namespace

const std::string& PhaseTracker::current_name() const {
    static const std::string kNone = "boot";
    return open_ ? open_->result.name : phases_.empty() ? kNone : phases_.back().name;
}

void PhaseTracker::begin(std::string name, bool of_interest, const Moment& now) {
    if (open_) end(now);
    Open o;
    o.result.name = std::move(name);
    o.result.of_interest = of_interest;
    o.result.begin_instruction = now.instruction;
    o.el0 = sources_.counters.by_el[0];
    o.el1 = sources_.counters.by_el[1];
    o.timed = now.timed;
    o.mailbox = now.mailbox;
    o.calls = sources_.probes.calls();
    if (sources_.ledger != nullptr) o.ledger = sources_.ledger->cells();
    if (sources_.stacks != nullptr) sources_.stacks->restart();
    if (sources_.misses != nullptr) o.misses = sources_.misses->totals();
    open_ = std::move(o);
}

void PhaseTracker::end(const Moment& now) {
    if (!open_) return;
    PhaseResult& r = open_->result;
    r.el0 = sources_.counters.by_el[0] - open_->el0;
    r.el1 = sources_.counters.by_el[1] - open_->el1;
    r.end_instruction = now.instruction;
    r.timed_instructions = now.timed - open_->timed;
    if (now.mailbox && open_->mailbox) r.guest = difference(*now.mailbox, *open_->mailbox);
    r.operations = difference(sources_.probes.calls(), open_->calls);
    if (sources_.ledger != nullptr) {
        LedgerCells spent = sources_.ledger->cells();
        spent -= open_->ledger;
        if (r.of_interest) add_ledger(spent);
    }
    if (sources_.stacks != nullptr) add_stacks(r.name);
    if (sources_.misses != nullptr && open_->misses)
        r.misses = miss_report(sources_.misses->totals(), *open_->misses, kRegionNames, sources_.misses->issuers());
    phases_.push_back(std::move(r));
    open_.reset();
}

void PhaseTracker::add_ledger(const LedgerCells& spent) {
    if (of_interest_.size() == 0) of_interest_ = LedgerCells{spent.size()};
    of_interest_ += spent;
}

void PhaseTracker::add_stacks(std::string phase) {
    std::replace(phase.begin(), phase.end(), ';', ':');  // semicolons part the functions
    for (const auto& [stack, cycles] : sources_.stacks->lines()) folded_stacks_[phase + ";" + stack] += cycles;
}

std::string phase_name(std::uint64_t x0, std::uint64_t x1, std::uint64_t x2) {
    std::string name;
    for (const std::uint64_t word : {x0, x1, x2}) {
        for (unsigned shift = 0; shift < 64; shift += 8) {
            const char c = static_cast<char>((word >> shift) & 0xff);
            if (c == 0) return name.empty() ? "unnamed" : name;
            name.push_back(c >= ' ' && c <= '~' ? c : '?');
        }
    }
    return name;
}

}  // namespace emu
