// The exclusive monitor: what arms it, what clears it, exceptions among it.
#include "tests/el1/guest/groups.h"
#include "tests/el1/guest/probe.h"
#include "tests/el1/guest/tables.h"

namespace el1 {

PROBE(exclusive_pass, "ldxr x1, [x5]\nstxr w0, x6, [x5]\nldr x2, [x5]");
PROBE(exclusive_alone, "stxr w0, x6, [x5]\nldr x2, [x5]");
PROBE(exclusive_clear, "ldxr x1, [x5]\nclrex\nstxr w0, x6, [x5]\nldr x2, [x5]");
PROBE(exclusive_twice, "ldxr x1, [x5]\nstxr w0, x6, [x5]\nstxr w1, x7, [x5]\nldr x2, [x5]");
PROBE(exclusive_elsewhere, "ldxr x1, [x5]\nstxr w0, x6, [x7]\nldr x2, [x7]");
PROBE(exclusive_rearmed, "ldxr x1, [x7]\nldxr x1, [x5]\nstxr w0, x6, [x5]\nstxr w1, x6, [x7]\nldr x2, [x5]");
PROBE(exclusive_byte, "ldxrb w1, [x5]\nstlxrb w0, w6, [x5]\nldr x2, [x5]");
PROBE(exclusive_pair, "ldaxp x1, x2, [x5]\nstlxp w0, x6, x7, [x5]\nldp x2, x3, [x5]");
PROBE(exclusive_pair_w, "ldxp w1, w2, [x5]\nstxp w0, w6, w7, [x5]\nldr x2, [x5]");
PROBE(exclusive_zero, "ldxr xzr, [x5]\nstxr wzr, xzr, [x5]\nldr x2, [x5]\nmov x0, #0");
PROBE(exclusive_eret,
      "adr x2, 1f\nmsr elr_el1, x2\nmov x3, #0x3c5\nmsr spsr_el1, x3\nldxr x1, [x5]\neret\n1: stxr w0, x6, [x5]\nldr "
      "x2, [x5]");
PROBE(exclusive_arm, "ldxr x1, [x5]");
PROBE(exclusive_fault, "mov w0, #7\nldxr x1, [x5]\nstxr w0, x6, [x7]");

void exclusive_checks() {
    const struct {
        const u8* code;
        const char* name;
    } kinds[] = {{exclusive_pass, "pass"},
                 {exclusive_alone, "alone"},
                 {exclusive_clear, "clrex"},
                 {exclusive_twice, "twice"},
                 {exclusive_elsewhere, "elsewhere"},
                 {exclusive_rearmed, "rearmed"},
                 {exclusive_byte, "byte"},
                 {exclusive_pair, "pair"},
                 {exclusive_pair_w, "pair-w"},
                 {exclusive_zero, "zero-register"},
                 {exclusive_eret, "eret"}};
    map(kTest, page(1), kNormal | kUser | kUserNever);
    map(kTest + 0x1000, page(2), kNormal | kUser | kUserNever);
    flush();
    for (const auto& kind : kinds) {
        for (const Level level : {Level::El1h, Level::El0}) {
            if (kind.code == exclusive_eret && level == Level::El0) continue;
            fill_page(1, 0x0123456789abcdef);
            fill_page(2, 0x7777);
            Probe{code_at(exclusive_arm, level), level}.run();
            asm volatile("clrex");
            Probe p{kind.code, level};
            p.frame.x[5] = kTest + 0x40;
            p.frame.x[6] = 0xfedcba9876543210;
            const bool pair =
                kind.code == exclusive_pair || kind.code == exclusive_pair_w || kind.code == exclusive_twice;
            p.frame.x[7] = pair ? 0x99 : kTest + 0x1040;
            p.show("exclusive", kind.name, name_of(level));
        }
    }
    // Armed at EL0, an exception, a return: the store must fail.
    for (const Level level : {Level::El1h, Level::El0}) {
        Probe arm{exclusive_arm, level};
        arm.frame.x[5] = kTest + 0x40;
        arm.run();
        Probe store{exclusive_alone, level};
        store.frame.x[5] = kTest + 0x40;
        store.frame.x[6] = 1;
        store.show("exclusive/across-exception", name_of(level));
    }
    Probe fault{exclusive_fault};
    fault.frame.x[5] = kTest;
    fault.frame.x[7] = kTest + 0x1001;
    fault.show("exclusive/unaligned-store");
    unmap_tests();
}

}  // namespace el1
