// What a machine has measured, as a RunResult: put together once, when the run is over.
#include <algorithm>

#include "emu/machine/machine.h"

namespace emu {

namespace {

OperationCost cost_of(const OperationPrice& p) {
    OperationCost cost;
    cost.operation = p.operation;
    cost.outcome = p.outcome;
    cost.count = p.cycles.count();
    cost.cycles = {p.cycles.total(), p.cycles.percentile(50), p.cycles.percentile(99), p.cycles.max()};
    cost.instructions = p.work.instructions;
    cost.loads = p.work.loads;
    cost.stores = p.work.stores;
    cost.tlbis = p.work.tlbis;
    cost.dsb_cycles = p.work.dsb_cycles;
    cost.self_cycles = p.self_cycles;
    cost.self_instructions = p.self_instructions;
    cost.recursive = p.recursive;
    cost.histogram = p.cycles.histogram();
    return cost;
}

// All calls of an operation, whatever their outcome.
OperationPrice whole_price(const std::vector<OperationPrice>& prices, const std::string& operation) {
    OperationPrice whole;
    whole.operation = operation;
    for (const OperationPrice& p : prices) {
        if (p.operation != operation) continue;
        whole.cycles.merge(p.cycles);
        whole.work += p.work;
        whole.self_cycles += p.self_cycles;
        whole.self_instructions += p.self_instructions;
        whole.recursive += p.recursive;
    }
    return whole;
}

}  // namespace

void Machine::collect_costs(RunResult& result) const {
    const std::vector<OperationPrice> prices = probes_.prices();
    for (const OperationPrice& p : prices) {
        const bool first_outcome = result.costs.empty() || result.costs.back().operation != p.operation;
        if (first_outcome && !p.outcome.empty()) result.costs.push_back(cost_of(whole_price(prices, p.operation)));
        result.costs.push_back(cost_of(p));
    }
    for (OperationCost& cost : result.costs) {
        if (cost.outcome.empty()) cost.left_otherwise = probes_.left_otherwise(cost.operation);
    }
}

// Of an operation that has one outcome, that one's row is all of it.
void Machine::collect_refills(RunResult& result) const {
    if (!misses_) return;
    MissReport of_interest;
    for (const PhaseResult& phase : result.phases)
        if (phase.of_interest && phase.misses) of_interest += *phase.misses;
    for (OperationCost& cost : result.costs) {
        const auto rows = std::count_if(result.costs.begin(), result.costs.end(), [&](const auto& c) { return c.operation == cost.operation; });
        if (!cost.outcome.empty() && rows > 2) continue;
        cost.refills_caused.emplace();
        for (const RefillCount& refill : of_interest.refills) {
            if (std::find(refill.operations.begin(), refill.operations.end(), cost.operation) == refill.operations.end()) continue;
            for (unsigned tlb = 0; tlb < kMissTlbs; ++tlb) cost.refills_caused->misses[tlb] += refill.misses[tlb];
            cost.refills_caused->walk_cycles += refill.walk_cycles;
        }
    }
}

void Machine::collect_ledger(RunResult& result) const {
    result.folded_stacks = {phases_.folded_stacks().begin(), phases_.folded_stacks().end()};
    if (phases_.ledger_of_interest().size() == 0) return;
    for (const LedgerLine& line : pipeline_->ledger().lines(phases_.ledger_of_interest())) {
        result.ledger.push_back({line.function, name_of(line.cause), line.cycles});
    }
    result.ledger_instructions = function_counts_.counts();
}

// Calls of probed functions were seen in part only.
void Machine::collect_sample(RunResult& result) {
    const SamplePlan& plan = *schedule_.sample();
    result.sample = Sample{plan.period, plan.unit, plan.warm_up, schedule_.of_interest(core_.pe.retired), units_};
    for (PhaseResult& phase : result.phases) {
        phase.sampled = true;
        phase.operations.clear();
    }
}

void Machine::collect(RunResult& result) {
    mmu_.sync_counters();
    snapshot_of_phase();
    snapshot_of_end();
    phases_.end(moment());
    result.phases = phases_.take_phases();
    result.snapshots = std::move(snapshots_);
    result.el0 = counters_.by_el[0];
    result.el1 = counters_.by_el[1];
    result.console = console_.text();
    result.memory_hash = memory_hash_;
    if (check_) result.check = check_->result();
    if (const auto box = read_mailbox(memory_, mailbox_)) {
        result.guest = name_counters(box->counters);
        result.table_hash = box->table_hash;
        result.allocation_hash = box->counters[GUEST_ALLOCATION_HASH];
        result.exit_status = box->exit_status;
        result.complete = end_ == RunEnd::PoweredOff && box->state == 1;
        if (box->checksum != 0) result.checksum = box->checksum;
        if (program_console_) result.program = program_console_->result(box->exit_status);
    }
    if (pipeline_ && schedule_.sample()) {
        collect_sample(result);
        collect_ledger(result);
    } else if (pipeline_) {
        collect_costs(result);
        collect_refills(result);
        collect_ledger(result);
    }
}

}  // namespace emu
