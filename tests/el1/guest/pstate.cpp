// PSTATE: masks, stack pointer selection, PAN, UAO, SSBS, and what ERET restores.
#include "tests/el1/guest/groups.h"
#include "tests/el1/guest/print.h"
#include "tests/el1/guest/probe.h"
#include "tests/el1/guest/registers.h"
#include "tests/el1/guest/tables.h"

namespace el1 {

PROBE(probe_daif,
      "mrs x0, daif\nmsr daifclr, #0xf\nmrs x1, daif\nmsr daifset, #0x5\nmrs x2, daif\nmsr daif, x5\nmrs x3, daif\nmsr "
      "daifset, #0xf");
PROBE(probe_daif_ones, "mov x0, #-1\nmsr daif, x0\nmrs x0, daif\nmsr daif, xzr\nmrs x1, daif\nmsr daifset, #0xf");
PROBE(probe_nzcv, "mov x0, #-1\nmsr nzcv, x0\nmrs x0, nzcv\nmsr nzcv, xzr\nmrs x1, nzcv");
PROBE(probe_spsel,
      "mrs x0, spsel\nmsr spsel, #0\nmov x1, sp\nmsr spsel, #1\nsub x1, x1, x5\nmrs x2, spsel\nmrs x3, currentel");
PROBE(probe_sp_el0,
      "mov x0, #0x1238\nmsr sp_el0, x0\nmsr spsel, #0\nmov x1, sp\nmov sp, x5\nmsr spsel, #1\nmrs x2, sp_el0");
PROBE(probe_sp_el0_selected, "mrs x0, sp_el0");
PROBE(probe_sp_el0_write, "msr sp_el0, x0");
PROBE(probe_pan,
      "mrs x0, s3_0_c4_c2_3\n.inst 0xd500419f\nmrs x1, s3_0_c4_c2_3\n.inst 0xd500409f\nmrs x2, s3_0_c4_c2_3\nmov x3, "
      "#-1\nmsr s3_0_c4_c2_3, x3\nmrs x3, s3_0_c4_c2_3");
PROBE(probe_uao,
      "mrs x0, s3_0_c4_c2_4\n.inst 0xd500417f\nmrs x1, s3_0_c4_c2_4\n.inst 0xd500407f\nmrs x2, s3_0_c4_c2_4\nmov x3, "
      "#-1\nmsr s3_0_c4_c2_4, x3\nmrs x3, s3_0_c4_c2_4");
PROBE(probe_ssbs,
      "mrs x0, s3_3_c4_c2_6\n.inst 0xd503413f\nmrs x1, s3_3_c4_c2_6\n.inst 0xd503403f\nmrs x2, s3_3_c4_c2_6\nmov x3, "
      "#-1\nmsr s3_3_c4_c2_6, x3\nmrs x3, s3_3_c4_c2_6");
PROBE(probe_el1_only_pan, ".inst 0xd500419f");
PROBE(probe_el1_only_uao, ".inst 0xd500417f");
PROBE(probe_el1_only_spsel, "msr spsel, #0");
PROBE(probe_daifset, "msr daifset, #2");
PROBE(probe_daifclr, "msr daifclr, #0xf");
PROBE(probe_load, "ldr x0, [x5]");
PROBE(probe_store, "str x0, [x5]");
PROBE(probe_ldtr, "ldtr x0, [x5]");
PROBE(probe_sttr, "sttr x0, [x5]");
PROBE(probe_ldxr, "ldxr x0, [x5]");

namespace {

constexpr u64 kPan = 1 << 22;
constexpr u64 kUao = 1 << 23;

void registers() {
    Probe p{probe_daif};
    p.frame.x[5] = 0x280;
    p.show("pstate/daif");
    Probe{probe_daif_ones}.show("pstate/daif-ones");
    Probe{probe_nzcv}.show("pstate/nzcv-el1");
    Probe{probe_nzcv, Level::El0}.show("pstate/nzcv-el0");
    Probe sp{probe_spsel};
    sp.frame.x[5] = sp.frame.sp_el0;
    sp.show("pstate/spsel");
    Probe sp0{probe_sp_el0};
    sp0.frame.x[5] = 0x4560;
    sp0.show("pstate/sp_el0");
    Probe{probe_sp_el0_selected, Level::El1t}.show("pstate/sp_el0-read-selected");
    Probe{probe_sp_el0_write, Level::El1t}.show("pstate/sp_el0-write-selected");
    Probe{probe_pan}.show("pstate/pan");
    Probe{probe_uao}.show("pstate/uao");
    Probe{probe_ssbs}.show("pstate/ssbs-el1");
    Probe{probe_ssbs, Level::El0}.show("pstate/ssbs-el0");
}

void privileges() {
    Probe{probe_el1_only_pan, Level::El0}.show("pstate/pan-el0");
    Probe{probe_el1_only_uao, Level::El0}.show("pstate/uao-el0");
    Probe{probe_el1_only_spsel, Level::El0}.show("pstate/spsel-el0");
    Probe{probe_daifset, Level::El0}.show("pstate/daifset-el0");
    Probe{probe_daifclr, Level::El0}.show("pstate/daifclr-el0");
    Probe{probe_daif_ones, Level::El0}.show("pstate/daif-el0");
    const ControlBits may_mask{u64{1} << 9};  // UMA
    Probe{probe_daifset, Level::El0}.show("pstate/daifset-el0-uma");
    Probe{probe_daif_ones, Level::El0}.show("pstate/daif-el0-uma");
}

struct Access {
    const u8* code;
    const char* name;
};

// Which accesses PAN and UAO change, to pages of each kind.
void protected_access() {
    map(kTest, page(0), kNormal | kUser | kUserNever);                       // EL0 read-write
    map(kTest + 0x1000, page(0), kNormal | kUserNever);                      // EL1 only
    map(kTest + 0x2000, page(0), kNormal | kUser | kReadOnly | kUserNever);  // EL0 read-only
    flush();
    const Access accesses[] = {
        {probe_load, "ldr"}, {probe_store, "str"}, {probe_ldtr, "ldtr"}, {probe_sttr, "sttr"}, {probe_ldxr, "ldxr"}};
    for (const Access& a : accesses) {
        for (u64 state = 0; state < 4; ++state) {
            for (u64 which = 0; which < 3; ++which) {
                Probe p{a.code};
                p.frame.x[5] = kTest + 0x1000 * which;
                p.pstate((state & 1 ? kPan : 0) | (state & 2 ? kUao : 0)).run();
                Line{"pstate/access", a.name}
                    .hex("pan_uao", state)
                    .hex("page", which)
                    .hex("esr", p.frame.esr)
                    .hex("far", p.ended() ? 0 : p.frame.far)
                    .hex("spsr", p.frame.spsr);
            }
        }
    }
    unmap_tests();
}

}  // namespace

void pstate_checks() {
    registers();
    privileges();
    protected_access();
}

}  // namespace el1
