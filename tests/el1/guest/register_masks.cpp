// Which bits of a register a write changes.
#include "tests/el1/guest/code_page.h"
#include "tests/el1/guest/groups.h"
#include "tests/el1/guest/print.h"
#include "tests/el1/guest/probe.h"
#include "tests/el1/guest/registers.h"

namespace el1 {
namespace {

struct Register {
    const char* name;
    u32 op0, op1, crn, crm, op2;
};

// Those that can hold anything for a moment without harm.
constexpr Register kRegisters[] = {
    {"csselr_el1", 3, 2, 0, 0, 0},
    {"actlr_el1", 3, 0, 1, 0, 1},
    {"cpacr_el1", 3, 0, 1, 0, 2},
    {"afsr0_el1", 3, 0, 5, 1, 0},
    {"afsr1_el1", 3, 0, 5, 1, 1},
    {"esr_el1", 3, 0, 5, 2, 0},
    {"far_el1", 3, 0, 6, 0, 0},
    {"par_el1", 3, 0, 7, 4, 0},
    {"amair_el1", 3, 0, 10, 3, 0},
    {"vbar_el1", 3, 0, 12, 0, 0},
    {"contextidr_el1", 3, 0, 13, 0, 1},
    {"tpidr_el0", 3, 3, 13, 0, 2},
    {"tpidrro_el0", 3, 3, 13, 0, 3},
    {"spsr_el1", 3, 0, 4, 0, 0},
    {"elr_el1", 3, 0, 4, 0, 1},
    {"sp_el0", 3, 0, 4, 1, 0},
    {"cntkctl_el1", 3, 0, 14, 1, 0},
    {"cntp_cval_el0", 3, 3, 14, 2, 2},
    {"cntv_cval_el0", 3, 3, 14, 3, 2},
    {"cntv_ctl_el0", 3, 3, 14, 3, 1},
    {"pmselr_el0", 3, 3, 9, 12, 5},
    {"pmuserenr_el0", 3, 3, 9, 14, 0},
    {"pmintenset_el1", 3, 0, 9, 14, 1},
    {"pmintenclr_el1", 3, 0, 9, 14, 2},
    {"pmcntenset_el0", 3, 3, 9, 12, 1},
    {"pmcntenclr_el0", 3, 3, 9, 12, 2},
    {"pmovsset_el0", 3, 3, 9, 14, 3},
    {"pmovsclr_el0", 3, 3, 9, 12, 3},
    {"pmevtyper0_el0", 3, 3, 14, 12, 0},
    {"pmevtyper5_el0", 3, 3, 14, 12, 5},
    {"pmevcntr0_el0", 3, 3, 14, 8, 0},
    {"pmccfiltr_el0", 3, 3, 14, 15, 7},
    {"mdscr_el1", 2, 0, 0, 2, 2},
    {"mdccint_el1", 2, 0, 0, 2, 0},
    {"dbgclaimset_el1", 2, 0, 7, 8, 6},
    {"dbgclaimclr_el1", 2, 0, 7, 9, 6},
    {"dbgbvr0_el1", 2, 0, 0, 0, 4},
    {"dbgbvr5_el1", 2, 0, 0, 5, 4},
    {"dbgwvr0_el1", 2, 0, 0, 0, 6},
    {"dbgbcr0_el1", 2, 0, 0, 0, 5},
    {"dbgwcr0_el1", 2, 0, 0, 0, 7},
    {"osdlr_el1", 2, 0, 1, 3, 4},
    {"disr_el1", 3, 0, 12, 1, 1},
    {"fpcr", 3, 3, 4, 4, 0},
    {"fpsr", 3, 3, 4, 4, 1},
    {"lorsa_el1", 3, 0, 10, 4, 0},
    {"lorc_el1", 3, 0, 10, 4, 3},
    {"mdrar_el1", 2, 0, 1, 0, 0},
};

void one(const Register& r) {
    const u32 name = r.op0 << 19 | r.op1 << 16 | r.crn << 12 | r.crm << 8 | r.op2 << 5;
    const u32 mrs = 0xd5200000 | name;
    const u32 msr = 0xd5000000 | name;
    // What it holds; ones and what is read; zeros and what is read; back.
    const u32 words[] = {mrs | 0, msr | 5, mrs | 1, msr | 31, mrs | 2, msr | 0, kSvcEnd};
    Probe p{write_code(words, 7, Level::El1h), Level::El1h};
    p.frame.x[5] = ~u64{0};
    p.run();
    Line line{"mask", r.name};
    if (p.frame.elr != 0 && p.ended())
        line.hex("ones", p.frame.x[1]).hex("zeros", p.frame.x[2]);
    else
        line.hex("esr", p.frame.esr);
}

}  // namespace

void register_checks() {
    WRITE_SYSREG(cpacr_el1, 3 << 20);
    for (const Register& r : kRegisters) one(r);
    WRITE_SYSREG(cpacr_el1, 0);
}

}  // namespace el1
