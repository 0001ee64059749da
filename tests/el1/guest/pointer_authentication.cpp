// Pointer authentication: keys, SCTLR_EL1 controls, and what failed authentication leaves.
#include "tests/el1/guest/code_page.h"
#include "tests/el1/guest/groups.h"
#include "tests/el1/guest/print.h"
#include "tests/el1/guest/probe.h"
#include "tests/el1/guest/registers.h"
#include "tests/el1/guest/tables.h"

namespace el1 {

// x5: pointer, x6: modifier.
PROBE(auth_ia,
      "mov x0, x5\n.inst 0xdac100c0\nmov x1, x0\n.inst 0xdac110c1\nmov x2, x5\n.inst 0xdac110c2\nmov x3, x0\n.inst "
      "0xdac143e3");
PROBE(auth_ib,
      "mov x0, x5\n.inst 0xdac104c0\nmov x1, x0\n.inst 0xdac114c1\nmov x2, x5\n.inst 0xdac114c2\nmov x3, x0\n.inst "
      "0xdac143e3");
PROBE(auth_da,
      "mov x0, x5\n.inst 0xdac108c0\nmov x1, x0\n.inst 0xdac118c1\nmov x2, x5\n.inst 0xdac118c2\nmov x3, x0\n.inst "
      "0xdac147e3");
PROBE(auth_db,
      "mov x0, x5\n.inst 0xdac10cc0\nmov x1, x0\n.inst 0xdac11cc1\nmov x2, x5\n.inst 0xdac11cc2\nmov x3, x0\n.inst "
      "0xdac147e3");
PROBE(auth_ga, ".inst 0x9ac630a0");  // pacga x0, x5, x6
PROBE(auth_zero,
      "mov x0, x5\n.inst 0xdac123e0\nmov x1, x5\n.inst 0xdac12be1\nmov x2, x0\n.inst 0xdac133e2\nmov x3, x1\n.inst "
      "0xdac13be3");
PROBE(auth_hints,
      "mov x30, x5\nmov x17, x5\nmov x16, x6\npaciasp\nmov x0, x30\nautiasp\nmov x1, x30\nhint #8\nmov x2, x17\nhint "
      "#12\nmov x3, x17");
PROBE(auth_retaa, "adr x30, 1f\npaciasp\nmov x0, #1\n.inst 0xd65f0bff\nmov x0, #2\n1: nop\nmov x5, #0");
PROBE(auth_retaa_bad, "adr x30, 1f\nmov x0, #1\n.inst 0xd65f0bff\n1: nop");
PROBE(auth_braa,
      "adr x1, 1f\n.inst 0xdac100c1\n.inst 0xd71f0826\nmov x0, #2\n1: mov x1, #0");  // pacia x1, x6; braa x1, x6
PROBE(auth_ldraa, "mov x1, x5\n.inst 0xdac10be1\n.inst 0xf8201422\nmov x1, #0");     // pacdza-like, ldraa x2, [x1, #8]
PROBE(auth_ldraa_bad, "mov x1, x5\n.inst 0xf8201422\nmov x1, #0");

namespace {

constexpr u64 kEnableIa = u64{1} << 31;
constexpr u64 kEnableIb = 1 << 30;
constexpr u64 kEnableDa = 1 << 27;
constexpr u64 kEnableDb = 1 << 13;

struct Kind {
    const u8* code;
    const char* name;
};
constexpr Kind kKinds[] = {{auth_ia, "ia"}, {auth_ib, "ib"},     {auth_da, "da"},      {auth_db, "db"},
                           {auth_ga, "ga"}, {auth_zero, "zero"}, {auth_hints, "hints"}};

void set_key(u32 crm, u32 op2, u64 value) {
    const u32 words[] = {0xd5182005 | crm << 8 | op2 << 5, 0xd5033fdf, kSvcEnd};  // msr S3_0_C2_C<crm>_<op2>, x5; isb
    Probe p{write_code(words, 3, Level::El1h), Level::El1h};
    p.frame.x[5] = value;
    p.run();
    Line{"auth/key"}.hex("crm", crm).hex("op2", op2).hex("esr", p.frame.esr);
}

void set_keys() {
    u64 value = 0x0123456789abcdef;
    for (u32 crm = 1; crm <= 3; ++crm) {
        for (u32 op2 = 0; op2 < (crm == 3 ? 2u : 4u); ++op2) {
            set_key(crm, op2, value);
            value = value * 0x9e3779b97f4a7c15 + 1;
        }
    }
}

void show(const Kind& kind, Level level, u64 pointer, u64 modifier) {
    Probe p{kind.code, level};
    p.frame.x[5] = pointer;
    p.frame.x[6] = modifier;
    p.frame.sp_el0 = level == Level::El0 ? kUserData + 0x800 : p.frame.sp_el0;
    p.frame.sp_el1 = level == Level::El0 ? p.frame.sp_el1 : 0x40000000;
    p.show("auth", kind.name, name_of(level));
}

constexpr u64 kPointers[] = {0x0000123456789abc, 0xffff8000deadbeef, 0,
                             0x5500001234567890, 0x0080ffffffffffff, 0xff00000000000000};
constexpr unsigned kCanonical = 3;  // the first ones
constexpr unsigned kAll = 6;

void each_kind(unsigned pointers = kAll) {
    for (const Kind& kind : kKinds)
        for (const Level level : {Level::El1h, Level::El0})
            for (unsigned i = 0; i < pointers; ++i) show(kind, level, kPointers[i], 0xfeedface12345678);
}

void memory_and_branches(const char* name) {
    for (const Level level : {Level::El1h, Level::El0}) {
        Probe{auth_retaa, level}.stack(0x40000000).show(name, "retaa", name_of(level));
        Probe{auth_retaa_bad, level}.stack(0x40000000).show(name, "retaa-bad", name_of(level));
        Probe braa{auth_braa, level};
        braa.frame.x[6] = 0x77;
        braa.run();
        Line{name, "braa"}.hex("esr", braa.frame.esr).hex("x0", braa.frame.x[0]);
        for (const Kind& kind : {Kind{auth_ldraa, "ldraa"}, Kind{auth_ldraa_bad, "ldraa-bad"}}) {
            Probe load{kind.code, level};
            load.frame.x[5] = kTest;
            load.show(name, kind.name, name_of(level));
        }
    }
}

}  // namespace

void pointer_authentication_checks() {
    map(kTest, page(1), kNormal | kUser | kUserNever);
    flush();
    fill_page(1, 0x4242);
    set_keys();
    memory_and_branches("auth/off");
    // QEMU leaves XPACI and XPACD undone while every key is off.
    each_kind(kCanonical);
    if (id_field(READ_SYSREG(id_aa64isar1_el1), 4) != 0) {
        const ControlBits on{kEnableIa | kEnableIb | kEnableDa | kEnableDb};
        each_kind();
        memory_and_branches("auth/on");
        const TranslationControl ignored{u64{3} << 37};  // TBI
        each_kind();
        const TranslationControl instructions_not{u64{3} << 51};  // TBID
        each_kind();
    }
    if (id_field(READ_SYSREG(id_aa64isar1_el1), 4) != 0) {
        const ControlBits some{kEnableIa | kEnableDb};
        each_kind();
    }
    unmap_tests();
}

}  // namespace el1
