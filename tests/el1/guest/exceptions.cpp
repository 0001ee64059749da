// Each kind of synchronous exception that needs no memory, from each level: vector, syndrome and saved state.
#include "tests/el1/guest/groups.h"
#include "tests/el1/guest/print.h"
#include "tests/el1/guest/probe.h"
#include "tests/el1/guest/registers.h"
#include "tests/el1/guest/tables.h"

namespace el1 {

PROBE(probe_nothing, "nop");
PROBE(probe_svc, "nop\nsvc #0x1234");
PROBE(probe_svc_max, "svc #0xffff");
PROBE(probe_brk, "nop\nbrk #0xabc");
PROBE(probe_udf, ".inst 0x00001234");
PROBE(probe_unallocated, ".inst 0xffffffff");
PROBE(probe_hlt, "hlt #0x12");
PROBE(probe_hvc, "hvc #0x77");
PROBE(probe_smc, "smc #0x77");
PROBE(probe_eret, "eret");
PROBE(probe_drps, "drps");
PROBE(probe_branch_unaligned, "add x0, x0, #2\nbr x0");
PROBE(probe_ret_unaligned, "add x0, x0, #1\nret x0");
PROBE(probe_sp_load, "add sp, sp, #8\nldr x0, [sp]");
PROBE(probe_sp_store, "sub sp, sp, #4\nstr w0, [sp, #4]");
PROBE(probe_sp_pair, "sub sp, sp, #1\nstp x0, x1, [sp, #-16]!");
PROBE(probe_sp_exclusive, "sub sp, sp, #8\nldxr x0, [sp]");
PROBE(probe_sp_prefetch, "sub sp, sp, #8\nprfm pldl1keep, [sp]");
PROBE(probe_dczva_zero, "mov x0, #0\ndc zva, x0");
PROBE(probe_wfi, "wfi");
PROBE(probe_flags, "mov x0, #-1\nadds x0, x0, #1\nsvc #0x1234");
PROBE(probe_fp, ".arch_extension fp\nfmov d0, x0");
PROBE(probe_fp_load, ".arch_extension simd\nldr q0, [sp]");
PROBE(probe_fp_status, "mrs x0, fpsr");
PROBE(probe_fp_control, "msr fpcr, xzr");

namespace {

constexpr Level kLevels[] = {Level::El0, Level::El1t, Level::El1h};

struct Named {
    const u8* code;
    const char* name;
};

void at_each_level() {
    const Named probes[] = {{probe_nothing, "exception/nothing"}, {probe_svc, "exception/svc"},
                            {probe_svc_max, "exception/svc-max"}, {probe_brk, "exception/brk"},
                            {probe_udf, "exception/udf"},         {probe_unallocated, "exception/unallocated"},
                            {probe_hlt, "exception/hlt"},         {probe_drps, "exception/drps"},
                            {probe_flags, "exception/flags"},     {probe_smc, "exception/smc"}};
    for (const Named& p : probes)
        for (const Level level : kLevels) Probe{p.code, level}.show(p.name, name_of(level));
    Probe{probe_hvc, Level::El0}.show("exception/hvc-el0");
    Probe{probe_eret, Level::El0}.show("exception/eret-el0");
}

void program_counter() {
    for (const Level level : kLevels) {
        Probe{probe_branch_unaligned, level}
            .with(code_at(probe_nothing, level))
            .show("exception/pc-branch", name_of(level));
        Probe{probe_ret_unaligned, level}
            .with(code_at(probe_nothing, level))
            .show("exception/pc-return", name_of(level));
        Probe{code_at(probe_nothing, level) + 2, level}.show("exception/pc-eret", name_of(level));
    }
}

void stack_pointer() {
    const Named probes[] = {{probe_sp_load, "load"},
                            {probe_sp_store, "store"},
                            {probe_sp_pair, "pair"},
                            {probe_sp_exclusive, "exclusive"},
                            {probe_sp_prefetch, "prefetch"}};
    for (const Named& p : probes)
        for (const Level level : kLevels) Probe{p.code, level}.show("exception/sp", p.name, name_of(level));
    const ControlBits unchecked{0, 0x18};  // SA, SA0
    for (const Level level : kLevels) Probe{probe_sp_load, level}.show("exception/sp-unchecked", name_of(level));
}

// PSTATE.IL comes from an illegal return, or from SPSR_EL1.IL itself.
void illegal_state() {
    constexpr u64 kIllegalBit = u64{1} << 20;
    for (const Level level : kLevels)
        Probe{probe_nothing, level}.pstate(kIllegalBit).show("exception/illegal", name_of(level));
    const u64 modes[] = {0b00001, 0b00110, 0b01000, 0b01001, 0b01100, 0b01101, 0b10000, 0b10011, 0b11111};
    for (const u64 mode : modes) {
        Probe p{probe_nothing, Level::El0};
        p.frame.spsr = 0x600003c0 | mode;
        p.run();
        Line{"exception/illegal-mode"}
            .hex("mode", mode)
            .hex("vector", p.frame.vector)
            .hex("esr", p.frame.esr)
            .hex("spsr", p.frame.spsr);
    }
    Probe{code_at(probe_nothing, Level::El1h) + 2, Level::El1h}.pstate(kIllegalBit).show("exception/illegal-before-pc");
}

void wait_trap() {
    const ControlBits trapped{0, u64{1} << 16};  // nTWI
    Probe{probe_wfi, Level::El0}.show("exception/wfi-trapped-el0");
}

void floating_point() {
    const Named probes[] = {
        {probe_fp, "move"}, {probe_fp_load, "load"}, {probe_fp_status, "fpsr"}, {probe_fp_control, "fpcr"}};
    for (u64 fpen = 0; fpen < 4; ++fpen) {
        WRITE_SYSREG(cpacr_el1, fpen << 20);
        for (const Named& p : probes) {
            Probe at0{p.code, Level::El0};
            at0.run();
            Probe at1{p.code, Level::El1h};
            at1.run();
            Line{"exception/fp", p.name}.hex("fpen", fpen).hex("el0", at0.frame.esr).hex("el1", at1.frame.esr);
        }
    }
    WRITE_SYSREG(cpacr_el1, 0);
}

void saved_state() {
    for (u64 flags = 0; flags < 16; ++flags) {
        Probe p{probe_svc, Level::El0};
        p.frame.spsr = flags << 28 | (flags << 6 & 0x3c0);
        p.run();
        Line{"exception/saved"}.hex("flags", flags).hex("spsr", p.frame.spsr).hex("vector", p.frame.vector);
    }
    for (unsigned bit = 0; bit < 64; ++bit) {
        if (bit < 5 || (bit >= 6 && bit < 10) || bit == 20 || bit == 21) continue;  // mode, DAIF, IL, SS
        Probe p{probe_svc, Level::El1h};
        p.pstate(u64{1} << bit).run();
        Line{"exception/saved-bit"}.hex("bit", bit).hex("spsr", p.frame.spsr);
    }
    {
        const ControlBits span{0, u64{1} << 23};
        Probe{probe_svc, Level::El0}.show("exception/span-clear-svc");
        Probe p{probe_nothing, Level::El1h};
        p.show("exception/span-clear");
    }
}

}  // namespace

void exception_checks() {
    at_each_level();
    program_counter();
    stack_pointer();
    illegal_state();
    wait_trap();
    floating_point();
    saved_state();
}

}  // namespace el1
