// Registers and system instructions from EL0: UNDEFINED, trapped with its syndrome, or allowed, as the controls say.
// Instructions are written at run time, one by one, which also exercises code that changes.
#include "tests/el1/guest/code_page.h"
#include "tests/el1/guest/groups.h"
#include "tests/el1/guest/print.h"
#include "tests/el1/guest/probe.h"
#include "tests/el1/guest/registers.h"
#include "tests/el1/guest/tables.h"

namespace el1 {
namespace {

struct Register {
    const char* name;
    u32 key;  // op0 op1 CRn CRm op2 as in bits 20:5 of MSR
};

constexpr u32 key(u32 op0, u32 op1, u32 crn, u32 crm, u32 op2) {
    return op0 << 19 | op1 << 16 | crn << 12 | crm << 8 | op2 << 5;
}

constexpr Register kRegisters[] = {
    {"midr_el1", key(3, 0, 0, 0, 0)},
    {"id_aa64pfr0_el1", key(3, 0, 0, 4, 0)},
    {"id_pfr0_el1", key(3, 0, 0, 1, 0)},
    {"reserved_id", key(3, 0, 0, 7, 7)},
    {"ctr_el0", key(3, 3, 0, 0, 1)},
    {"dczid_el0", key(3, 3, 0, 0, 7)},
    {"ccsidr_el1", key(3, 1, 0, 0, 0)},
    {"csselr_el1", key(3, 2, 0, 0, 0)},
    {"sctlr_el1", key(3, 0, 1, 0, 0)},
    {"cpacr_el1", key(3, 0, 1, 0, 2)},
    {"ttbr0_el1", key(3, 0, 2, 0, 0)},
    {"tcr_el1", key(3, 0, 2, 0, 2)},
    {"spsr_el1", key(3, 0, 4, 0, 0)},
    {"elr_el1", key(3, 0, 4, 0, 1)},
    {"sp_el0", key(3, 0, 4, 1, 0)},
    {"spsel", key(3, 0, 4, 2, 0)},
    {"currentel", key(3, 0, 4, 2, 2)},
    {"esr_el1", key(3, 0, 5, 2, 0)},
    {"far_el1", key(3, 0, 6, 0, 0)},
    {"par_el1", key(3, 0, 7, 4, 0)},
    {"mair_el1", key(3, 0, 10, 2, 0)},
    {"vbar_el1", key(3, 0, 12, 0, 0)},
    {"isr_el1", key(3, 0, 12, 1, 0)},
    {"contextidr_el1", key(3, 0, 13, 0, 1)},
    {"tpidr_el1", key(3, 0, 13, 0, 4)},
    {"tpidr_el0", key(3, 3, 13, 0, 2)},
    {"tpidrro_el0", key(3, 3, 13, 0, 3)},
    {"daif", key(3, 3, 4, 2, 1)},
    {"nzcv", key(3, 3, 4, 2, 0)},
    {"cntfrq_el0", key(3, 3, 14, 0, 0)},
    {"cntpct_el0", key(3, 3, 14, 0, 1)},
    {"cntvct_el0", key(3, 3, 14, 0, 2)},
    {"cntp_tval_el0", key(3, 3, 14, 2, 0)},
    {"cntp_ctl_el0", key(3, 3, 14, 2, 1)},
    {"cntp_cval_el0", key(3, 3, 14, 2, 2)},
    {"cntv_tval_el0", key(3, 3, 14, 3, 0)},
    {"cntv_ctl_el0", key(3, 3, 14, 3, 1)},
    {"cntv_cval_el0", key(3, 3, 14, 3, 2)},
    {"cntkctl_el1", key(3, 0, 14, 1, 0)},
    {"pmcr_el0", key(3, 3, 9, 12, 0)},
    {"pmcntenset_el0", key(3, 3, 9, 12, 1)},
    {"pmcntenclr_el0", key(3, 3, 9, 12, 2)},
    {"pmovsclr_el0", key(3, 3, 9, 12, 3)},
    {"pmswinc_el0", key(3, 3, 9, 12, 4)},
    {"pmselr_el0", key(3, 3, 9, 12, 5)},
    {"pmceid0_el0", key(3, 3, 9, 12, 6)},
    {"pmccntr_el0", key(3, 3, 9, 13, 0)},
    {"pmxevtyper_el0", key(3, 3, 9, 13, 1)},
    {"pmxevcntr_el0", key(3, 3, 9, 13, 2)},
    {"pmuserenr_el0", key(3, 3, 9, 14, 0)},
    {"pmovsset_el0", key(3, 3, 9, 14, 3)},
    {"pmintenset_el1", key(3, 0, 9, 14, 1)},
    {"pmintenclr_el1", key(3, 0, 9, 14, 2)},
    {"pmevcntr0_el0", key(3, 3, 14, 8, 0)},
    {"pmevtyper0_el0", key(3, 3, 14, 12, 0)},
    {"pmccfiltr_el0", key(3, 3, 14, 15, 7)},
    {"mdscr_el1", key(2, 0, 0, 2, 2)},
    {"oslar_el1", key(2, 0, 1, 0, 4)},
    {"oslsr_el1", key(2, 0, 1, 1, 4)},
    {"osdlr_el1", key(2, 0, 1, 3, 4)},
    {"dbgbvr0_el1", key(2, 0, 0, 0, 4)},
    {"dbgbcr0_el1", key(2, 0, 0, 0, 5)},
    {"mdrar_el1", key(2, 0, 1, 0, 0)},
    {"mdccsr_el0", key(2, 3, 0, 1, 0)},
    {"dbgdtr_el0", key(2, 3, 0, 4, 0)},
    {"unallocated", key(3, 3, 15, 15, 7)},
    {"fpcr", key(3, 3, 4, 4, 0)},
    {"fpsr", key(3, 3, 4, 4, 1)},
    {"ssbs", key(3, 3, 4, 2, 6)},
    {"pan", key(3, 0, 4, 2, 3)},
    {"uao", key(3, 0, 4, 2, 4)},
    {"hcr_el2", key(3, 4, 1, 1, 0)},
    {"sctlr_el3", key(3, 6, 1, 0, 0)},
};

constexpr Register kOperations[] = {
    {"ic_ialluis", key(1, 0, 7, 1, 0)},  {"ic_iallu", key(1, 0, 7, 5, 0)},       {"ic_ivau", key(1, 3, 7, 5, 1)},
    {"dc_ivac", key(1, 0, 7, 6, 1)},     {"dc_isw", key(1, 0, 7, 6, 2)},         {"dc_csw", key(1, 0, 7, 10, 2)},
    {"dc_cisw", key(1, 0, 7, 14, 2)},    {"dc_zva", key(1, 3, 7, 4, 1)},         {"dc_cvac", key(1, 3, 7, 10, 1)},
    {"dc_cvau", key(1, 3, 7, 11, 1)},    {"dc_cvap", key(1, 3, 7, 12, 1)},       {"dc_cvadp", key(1, 3, 7, 13, 1)},
    {"dc_civac", key(1, 3, 7, 14, 1)},   {"at_s1e1r", key(1, 0, 7, 8, 0)},       {"at_s1e1w", key(1, 0, 7, 8, 1)},
    {"at_s1e0r", key(1, 0, 7, 8, 2)},    {"at_s1e0w", key(1, 0, 7, 8, 3)},       {"at_s1e1rp", key(1, 0, 7, 9, 0)},
    {"at_s1e1wp", key(1, 0, 7, 9, 1)},   {"at_s1e2r", key(1, 4, 7, 8, 0)},       {"tlbi_vmalle1", key(1, 0, 8, 7, 0)},
    {"tlbi_vae1", key(1, 0, 8, 7, 1)},   {"tlbi_aside1", key(1, 0, 8, 7, 2)},    {"tlbi_vaae1", key(1, 0, 8, 7, 3)},
    {"tlbi_vale1", key(1, 0, 8, 7, 5)},  {"tlbi_vaale1", key(1, 0, 8, 7, 7)},    {"tlbi_vmalle1is", key(1, 0, 8, 3, 0)},
    {"tlbi_vae1is", key(1, 0, 8, 3, 1)}, {"tlbi_alle2", key(1, 4, 8, 7, 0)},     {"unallocated", key(1, 3, 7, 15, 7)},
    {"crn15", key(1, 2, 15, 3, 4)},      {"tlbi_vmalle1os", key(1, 0, 8, 1, 0)}, {"tlbi_rvae1", key(1, 0, 8, 6, 1)},
};

constexpr u32 kMsr = 0xd5000000;
constexpr u32 kMrs = 0xd5200000;
constexpr u32 kRt = 3;

u64 outcome(u32 instruction, Level level) {
    const u32 words[] = {instruction, kSvcEnd};
    Probe p{write_code(words, 2, level), level};
    p.frame.x[kRt] = kUserData;
    p.run();
    return p.frame.esr;
}

void from_el0(const char* controls) {
    for (const Register& r : kRegisters) {
        Line line{"trap", controls};
        line.word(r.name)
            .hex("read", outcome(kMrs | r.key | kRt, Level::El0))
            .hex("write", outcome(kMsr | r.key | kRt, Level::El0));
    }
    for (const Register& r : kOperations)
        Line{"trap", controls}.word(r.name).hex("esr", outcome(kMsr | r.key | kRt, Level::El0));
}

// At EL1: which directions and names exist. Operands would do harm, so only those that must not execute are tried.
void absent_at_el1() {
    const Register absent[] = {
        {"midr_write", kMsr | key(3, 0, 0, 0, 0)},        {"ctr_write", kMsr | key(3, 3, 0, 0, 1)},
        {"currentel_write", kMsr | key(3, 0, 4, 2, 2)},   {"pmswinc_read", kMrs | key(3, 3, 9, 12, 4)},
        {"oslar_read", kMrs | key(2, 0, 1, 0, 4)},        {"oslsr_write", kMsr | key(2, 0, 1, 1, 4)},
        {"unallocated", kMrs | key(3, 3, 15, 15, 7)},     {"hcr_el2", kMrs | key(3, 4, 1, 1, 0)},
        {"scr_el3", kMrs | key(3, 6, 1, 1, 0)},           {"sp_el1", kMrs | key(3, 4, 4, 1, 0)},
        {"sctlr_el12", kMrs | key(3, 5, 1, 0, 0)},        {"id_write", kMsr | key(3, 0, 0, 4, 0)},
        {"reserved_id_write", kMsr | key(3, 0, 0, 7, 7)}, {"cntvct_write", kMsr | key(3, 3, 14, 0, 2)},
        {"cntpct_write", kMsr | key(3, 3, 14, 0, 1)},     {"isr_write", kMsr | key(3, 0, 12, 1, 0)},
        {"pmceid0_write", kMsr | key(3, 3, 9, 12, 6)},    {"mdrar_write", kMsr | key(2, 0, 1, 0, 0)},
        {"tlbi_alle2", kMsr | key(1, 4, 8, 7, 0)},        {"tlbi_alle3", kMsr | key(1, 6, 8, 7, 0)},
        {"at_s1e2r", kMsr | key(1, 4, 7, 8, 0)},          {"at_s12e1r", kMsr | key(1, 4, 7, 8, 4)},
        {"sys_unallocated", kMsr | key(1, 3, 7, 15, 7)}};
    for (const Register& r : absent) Line{"trap/el1"}.word(r.name).hex("esr", outcome(r.key | kRt, Level::El1h));
}

}  // namespace

void trap_checks() {
    {
        const ControlBits closed{0, u64{1} << 26 | 1 << 15 | 1 << 14 | 1 << 9};  // UCI, UCT, DZE, UMA
        WRITE_SYSREG(cntkctl_el1, 0);
        WRITE_SYSREG(pmuserenr_el0, 0);
        WRITE_SYSREG(cpacr_el1, 3 << 20);
        from_el0("closed");
    }
    {
        const ControlBits open{u64{1} << 9};
        WRITE_SYSREG(cntkctl_el1, 0x303);
        WRITE_SYSREG(pmuserenr_el0, 1);
        from_el0("open");
    }
    for (u64 bits = 0; bits < 16; bits += 2) {
        const char* const names[] = {"user0", "user2", "user4", "user6", "user8", "usera", "userc", "usere"};
        WRITE_SYSREG(pmuserenr_el0, bits);
        for (const Register& r : kRegisters) {
            if ((r.key >> 12 & 15) != 9 && (r.key >> 8 & 0x8f) != 0x88 && (r.key >> 8 & 0x8f) != 0x8c) continue;
            Line{"trap/monitors", names[bits / 2]}
                .word(r.name)
                .hex("read", outcome(kMrs | r.key | kRt, Level::El0))
                .hex("write", outcome(kMsr | r.key | kRt, Level::El0));
        }
    }
    WRITE_SYSREG(pmuserenr_el0, 0);
    for (u64 bits = 0; bits < 4; ++bits) {
        const char* const names[] = {"none", "physical", "virtual", "both"};
        WRITE_SYSREG(cntkctl_el1, bits);
        for (const Register& r : kRegisters) {
            if ((r.key >> 12 & 15) != 14 || (r.key >> 8 & 15) != 0) continue;
            Line{"trap/counter", names[bits]}.word(r.name).hex("read", outcome(kMrs | r.key | kRt, Level::El0));
        }
    }
    WRITE_SYSREG(cntkctl_el1, 0);
    WRITE_SYSREG(cpacr_el1, 0);
    WRITE_SYSREG(cntv_ctl_el0, 0);
    WRITE_SYSREG(cntp_ctl_el0, 0);
    WRITE_SYSREG(pmcr_el0, 6);
    WRITE_SYSREG(pmcntenclr_el0, ~arch::u64{0});
    absent_at_el1();
}

}  // namespace el1
