#include "emu/machine/identities.h"

#include <numeric>

namespace emu {

namespace {

using mmu::Event;

class Checker {
public:
    explicit Checker(const RunResult& result) : bank_{result.el0} { bank_ += result.el1; }

    [[nodiscard]] std::uint64_t at(Event e) const { return bank_[e]; }
    void equal(const std::string& what, std::uint64_t left, std::uint64_t right) {
        if (left != right) broken_.push_back(what + ": " + std::to_string(left) + " is not " + std::to_string(right));
    }
    [[nodiscard]] std::vector<std::string> take() { return std::move(broken_); }

private:
    mmu::CounterBank bank_;
    std::vector<std::string> broken_;
};

void check_lookups(Checker& c) {
    c.equal("L1D_TLB = hits + L1D_TLB_REFILL", c.at(Event::L1D_TLB), c.at(Event::SIM_L1D_HIT) + c.at(Event::L1D_TLB_REFILL));
    c.equal("L1I_TLB = hits + L1I_TLB_REFILL", c.at(Event::L1I_TLB), c.at(Event::SIM_L1I_HIT) + c.at(Event::L1I_TLB_REFILL));
    c.equal("L2D_TLB = hits + L2D_TLB_REFILL", c.at(Event::L2D_TLB), c.at(Event::SIM_L2_HIT) + c.at(Event::L2D_TLB_REFILL));
    c.equal("L2D_TLB = L1D_TLB_REFILL + L1I_TLB_REFILL", c.at(Event::L2D_TLB),
            c.at(Event::L1D_TLB_REFILL) + c.at(Event::L1I_TLB_REFILL));
    c.equal("L2D_TLB_REFILL = DTLB_WALK + ITLB_WALK", c.at(Event::L2D_TLB_REFILL),
            c.at(Event::DTLB_WALK) + c.at(Event::ITLB_WALK));
}

void check_reach(Checker& c) {
    c.equal("L1D hits = hits by reach", c.at(Event::SIM_L1D_HIT),
            c.at(Event::SIM_L1D_HIT_4K) + c.at(Event::SIM_L1D_HIT_16K) + c.at(Event::SIM_L1D_HIT_64K) +
                c.at(Event::SIM_L1D_HIT_2M));
    c.equal("L2 hits = hits by reach", c.at(Event::SIM_L2_HIT),
            c.at(Event::SIM_L2_HIT_4K) + c.at(Event::SIM_L2_HIT_16K) + c.at(Event::SIM_L2_HIT_64K) +
                c.at(Event::SIM_L2_HIT_2M));
}

// Every SVC is a system call, and every abort a page fault that the guest kernel handled or answered with a signal or a
// fix-up. Its counters are complete once init has exited.
void check_guest_counters(Checker& c, const RunResult& result) {
    if (!result.complete) return;
    std::uint64_t answered = 0;
    std::uint64_t calls = 0;
    for (const auto& [name, value] : result.guest) {
        if (name == "pgfault" || name == "fault_sigsegv" || name == "fault_fixup") answered += value;
        if (name == "fault_populate") answered -= value;
        if (name == "syscalls") calls += value;
    }
    c.equal("aborts taken = page faults, signals and fix-ups of the guest kernel",
            c.at(Event::EXC_DABORT) + c.at(Event::EXC_PABORT), answered);
    c.equal("SVCs taken = system calls of the guest kernel", c.at(Event::EXC_SVC), calls);
}

void check_exceptions(Checker& c) {
    c.equal("EXC_RETURN <= EXC_TAKEN + 1", c.at(Event::EXC_RETURN) <= c.at(Event::EXC_TAKEN) + 1, 1);
    c.equal("EXC_TAKEN = exceptions by cause", c.at(Event::EXC_TAKEN),
            c.at(Event::EXC_UNDEF) + c.at(Event::EXC_SVC) + c.at(Event::EXC_PABORT) + c.at(Event::EXC_DABORT) +
                c.at(Event::EXC_IRQ));
}

// Every refill has one class, every refill after a TLBI an operation that issued it, and every walk belongs to a miss.
void check_misses(Checker& c, const PhaseResult& phase) {
    if (!phase.misses) return;
    for (const unsigned el : {0u, 1u}) {
        const mmu::CounterBank& bank = el == 0 ? phase.el0 : phase.el1;
        const std::string where = " by class, phase " + phase.name + ", EL" + std::to_string(el);
        c.equal("L1D_TLB_REFILL" + where, bank[Event::L1D_TLB_REFILL], phase.misses->total("l1d", el));
        c.equal("L1I_TLB_REFILL" + where, bank[Event::L1I_TLB_REFILL], phase.misses->total("l1i", el));
        c.equal("L2D_TLB_REFILL" + where, bank[Event::L2D_TLB_REFILL], phase.misses->total("l2", el));
    }
    for (unsigned tlb = 0; tlb < kMissTlbs; ++tlb) {
        std::uint64_t by_operation = 0;
        for (const RefillCount& refill : phase.misses->refills) by_operation += refill.misses[tlb];
        c.equal("misses after a TLBI by operation, phase " + phase.name + ", " + kMissTlbNames[tlb],
                phase.misses->total(kMissTlbNames[tlb], "invalidation"), by_operation);
    }
    const auto& by_class = phase.misses->walk_cycles;
    const auto walking = [&phase](Event e) { return phase.el0[e] + phase.el1[e]; };
    c.equal("cycles of walks by class, phase " + phase.name, std::accumulate(by_class.begin(), by_class.end(), std::uint64_t{0}),
            walking(Event::DTLB_WALK_PERCYC) + walking(Event::ITLB_WALK_PERCYC));
}

// Of every phase, where stacks were asked for.
void check_stacks(Checker& c, const RunResult& result) {
    if (result.folded_stacks.empty()) return;
    std::uint64_t in_phases = 0;
    std::uint64_t in_stacks = 0;
    for (const PhaseResult& phase : result.phases) in_phases += phase.el0[Event::CPU_CYCLES] + phase.el1[Event::CPU_CYCLES];
    for (const auto& [stack, cycles] : result.folded_stacks) in_stacks += cycles;
    c.equal("folded stacks = CPU_CYCLES of the phases", in_stacks, in_phases);
}

}  // namespace

std::vector<std::string> broken_identities(const RunResult& result, std::uint64_t ledger_cycles) {
    Checker c{result};
    check_lookups(c);
    check_reach(c);
    check_guest_counters(c, result);
    c.equal("ledger = CPU_CYCLES", ledger_cycles, c.at(Event::CPU_CYCLES));
    check_exceptions(c);
    check_stacks(c, result);
    for (const PhaseResult& phase : result.phases) check_misses(c, phase);
    return c.take();
}

}  // namespace emu
