// Hand-made runs for tests of reports: every figure is distinct, so that a mixed-up column shows.
#pragma once

#include "emu/report/comparison.h"

namespace emu::sample {

inline PhaseResult phase(const std::string& name, bool of_interest, std::uint64_t user_cycles) {
    using mmu::Event;
    PhaseResult p;
    p.name = name;
    p.of_interest = of_interest;
    p.begin_instruction = 1000;
    p.end_instruction = 9000;
    p.timed_instructions = 7300;
    p.el0[Event::CPU_CYCLES] = user_cycles;
    p.el1[Event::CPU_CYCLES] = 500;
    p.el0[Event::INST_RETIRED] = 7000;
    p.el1[Event::INST_RETIRED] = 300;
    p.el0[Event::DTLB_WALK] = 40;
    p.el0[Event::DTLB_WALK_PERCYC] = 1000;
    p.el0[Event::SIM_L1D_HIT] = 200;
    p.el0[Event::SIM_L1D_HIT_64K] = 50;
    p.guest = {{"pgfault", 12}, {"contpte_born_folded", 9}, {"contpte_cleared_folded", 2}};
    p.operations = {{"__contpte_try_fold", "folded", "do_anonymous_page", 3},
                    {"__contpte_try_fold", "not_consecutive", "do_anonymous_page", 5},
                    {"__contpte_try_unfold", "", "mprotect", 4},
                    {"__contpte_try_unfold", "", "munmap", 1}};
    return p;
}

inline RunResult run(const std::string& name, std::uint64_t user_cycles) {
    RunResult r;
    r.name = name;
    r.workload = "random_touch";
    r.workload_args = "bytes=4M";
    r.config = {{"core.profile", "neoverse-n1"}, {"machine.mode", "cycle"}, {"kernel.contpte", "on"}};
    r.complete = true;
    r.checksum = 0xfedcba9876543210;
    r.phases = {phase("populate", false, 77), phase("steady", true, user_cycles)};
    r.tlb = {{"l1d", 48, 48, "LRU"}};
    r.costs = {{"__contpte_try_fold", "", 8, {800, 90, 200, 210}, 160, 16, 8, 4, 40, std::nullopt, 400, 80},
               {"__contpte_try_fold", "folded", 3, {600, 200, 210, 210}, 120, 12, 8, 4, 40, 123, 450, 60},
               {"__contpte_try_fold", "mismatch", 5, {200, 40, 50, 50}, 40, 4, 0, 0, 0, std::nullopt}};
    r.ledger = {{"main", "base", 60}, {"main", "DTLB walk", 40}, {"do_fork", "base", 100}};
    r.guest = {{"pgfault", 15}};
    r.inputs = {{"kernel", "kernel-on.img", 0x1234}};
    r.lacks = {"broadcast cost and remote refills (one PE)"};
    return r;
}

// The four configurations; the last three do the same work.
inline Comparison comparison() {
    return {"random_touch bytes=4M",
            {run("4k", 2000), run("folios", 1600), run("contpte-nohint", 1680), run("contpte", 840)},
            {{"folios", 0, 1}, {"software", 1, 2}, {"hardware", 2, 3}},
            1};
}

}  // namespace emu::sample
