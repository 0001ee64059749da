// Performance monitors: what does not depend on speed. Software increments, overflow, filters, selection, resets.
#include "tests/el1/guest/groups.h"
#include "tests/el1/guest/print.h"
#include "tests/el1/guest/probe.h"
#include "tests/el1/guest/registers.h"
#include "tests/el1/guest/tables.h"

namespace el1 {

PROBE(monitor_increment, "msr pmswinc_el0, x5\nmsr pmswinc_el0, x5\nmsr pmswinc_el0, x5");
PROBE(monitor_work, "mov x0, #200\n1: subs x0, x0, #1\nb.ne 1b");

namespace {

constexpr u64 kAll = ~u64{0};
constexpr u64 kCycle = u64{1} << 31;
constexpr u64 kNotEl1 = u64{1} << 31;
constexpr u64 kNotEl0 = u64{1} << 30;

void start() {
    WRITE_SYSREG(pmcr_el0, 6);
    WRITE_SYSREG(pmcntenclr_el0, kAll);
    WRITE_SYSREG(pmovsclr_el0, kAll);
    WRITE_SYSREG(pmintenclr_el1, kAll);
    WRITE_SYSREG(pmccfiltr_el0, 0);
}

void increments_of(const char* name, u64 filter, u64 control, u64 enabled) {
    for (const Level level : {Level::El1h, Level::El0}) {
        start();
        WRITE_SYSREG(pmevtyper1_el0, filter);
        WRITE_SYSREG(pmevtyper2_el0, 0);
        WRITE_SYSREG(pmevcntr1_el0, 10);
        WRITE_SYSREG(pmevcntr2_el0, 20);
        WRITE_SYSREG(pmcntenset_el0, enabled);
        WRITE_SYSREG(pmuserenr_el0, 3);
        WRITE_SYSREG(pmcr_el0, control);
        Probe p{monitor_increment, level};
        p.frame.x[5] = 2;
        p.run();
        WRITE_SYSREG(pmcr_el0, 0);
        Line{"monitor/increment", name}
            .word(name_of(level))
            .hex("esr", p.frame.esr)
            .hex("counter1", READ_SYSREG(pmevcntr1_el0))
            .hex("counter2", READ_SYSREG(pmevcntr2_el0));
    }
}

void overflow() {
    start();
    WRITE_SYSREG(pmevtyper3_el0, 0);
    WRITE_SYSREG(pmevcntr3_el0, 0xfffffffe);
    WRITE_SYSREG(pmcntenset_el0, 8);
    WRITE_SYSREG(pmcr_el0, 1);
    WRITE_SYSREG(pmswinc_el0, 8);
    const u64 before = READ_SYSREG(pmovsset_el0);
    WRITE_SYSREG(pmswinc_el0, 8);
    Line{"monitor/overflow"}
        .hex("before", before)
        .hex("after", READ_SYSREG(pmovsset_el0))
        .hex("clear", READ_SYSREG(pmovsclr_el0))
        .hex("counter", READ_SYSREG(pmevcntr3_el0));
    WRITE_SYSREG(pmovsclr_el0, 8);
    const u64 cleared = READ_SYSREG(pmovsset_el0);
    WRITE_SYSREG(pmovsset_el0, 0x21);
    Line{"monitor/overflow-set"}.hex("cleared", cleared).hex("set", READ_SYSREG(pmovsclr_el0));
    WRITE_SYSREG(pmovsclr_el0, kAll);
}

void cycles() {
    start();
    WRITE_SYSREG(pmccntr_el0, 0x123456789abc);
    Line{"monitor/cycles-stopped"}.hex("value", READ_SYSREG(pmccntr_el0));
    WRITE_SYSREG(pmccntr_el0, 100);
    WRITE_SYSREG(pmcntenset_el0, kCycle);
    Line{"monitor/cycles-not-enabled"}.hex("value", READ_SYSREG(pmccntr_el0));
    WRITE_SYSREG(pmcr_el0, 0x41);  // E, LC
    const u64 first = READ_SYSREG(pmccntr_el0);
    u64 second = first;
    for (unsigned i = 0; i < 100000 && second == first; ++i) second = READ_SYSREG(pmccntr_el0);
    Line{"monitor/cycles-running"}.hex("value", first >= 100 && second > first);
    WRITE_SYSREG(pmcr_el0, 0x45);
    Line{"monitor/cycles-reset"}.hex("value", READ_SYSREG(pmccntr_el0) < 100000000);
    WRITE_SYSREG(pmcr_el0, 0);
    const u64 stopped = READ_SYSREG(pmccntr_el0);
    Line{"monitor/cycles-stop"}.hex("value", READ_SYSREG(pmccntr_el0) == stopped);
    // Not at the level that executes.
    start();
    WRITE_SYSREG(pmccfiltr_el0, kNotEl1);
    WRITE_SYSREG(pmccntr_el0, 5);
    WRITE_SYSREG(pmcntenset_el0, kCycle);
    WRITE_SYSREG(pmcr_el0, 0x41);
    Probe{monitor_work}.run();
    WRITE_SYSREG(pmcr_el0, 0);
    Line{"monitor/cycles-filtered"}.hex("value", READ_SYSREG(pmccntr_el0)).hex("filter", READ_SYSREG(pmccfiltr_el0));
    // A wrap of 64 bits raises the flag; with LC.
    start();
    WRITE_SYSREG(pmccntr_el0, kAll);
    WRITE_SYSREG(pmcntenset_el0, kCycle);
    WRITE_SYSREG(pmcr_el0, 0x41);
    u64 value = kAll;
    for (unsigned i = 0; i < 100000 && value > kAll - 1; ++i) value = READ_SYSREG(pmccntr_el0);
    WRITE_SYSREG(pmcr_el0, 0);
    Line{"monitor/cycles-wrap"}.hex("flags", READ_SYSREG(pmovsset_el0));
    start();
}

void selection() {
    start();
    WRITE_SYSREG(pmselr_el0, 4);
    WRITE_SYSREG(pmxevtyper_el0, 0x11);
    WRITE_SYSREG(pmxevcntr_el0, 0x1234);
    Line{"monitor/selected"}
        .hex("type", READ_SYSREG(pmevtyper4_el0))
        .hex("count", READ_SYSREG(pmevcntr4_el0))
        .hex("select", READ_SYSREG(pmselr_el0));
    WRITE_SYSREG(pmselr_el0, 31);
    WRITE_SYSREG(pmxevtyper_el0, kNotEl0);
    Line{"monitor/selected-cycles"}.hex("type", READ_SYSREG(pmxevtyper_el0)).hex("filter", READ_SYSREG(pmccfiltr_el0));
    WRITE_SYSREG(pmccfiltr_el0, 0);
    WRITE_SYSREG(pmselr_el0, 0);
    WRITE_SYSREG(pmevcntr4_el0, 77);
    WRITE_SYSREG(pmcr_el0, 2);
    Line{"monitor/reset-events"}
        .hex("count", READ_SYSREG(pmevcntr4_el0))
        .hex("control", READ_SYSREG(pmcr_el0) & 0xf87f);
    WRITE_SYSREG(pmevtyper4_el0, 0);
}

void enables() {
    start();
    WRITE_SYSREG(pmcntenset_el0, kAll);
    WRITE_SYSREG(pmintenset_el1, kAll);
    Line{"monitor/enable-all"}
        .hex("counters", READ_SYSREG(pmcntenset_el0))
        .hex("interrupts", READ_SYSREG(pmintenset_el1));
    WRITE_SYSREG(pmcntenclr_el0, 0x15);
    WRITE_SYSREG(pmintenclr_el1, kCycle);
    Line{"monitor/enable-some"}
        .hex("counters", READ_SYSREG(pmcntenclr_el0))
        .hex("interrupts", READ_SYSREG(pmintenclr_el1));
    start();
    Line{"monitor/control"}.hex("value", READ_SYSREG(pmcr_el0));
}

}  // namespace

void monitor_checks() {
    increments_of("plain", 0, 1, 2);
    increments_of("disabled", 0, 0, 2);
    increments_of("not-enabled", 0, 1, 4);
    increments_of("not-el1", kNotEl1, 1, 2);
    increments_of("not-el0", kNotEl0, 1, 2);
    increments_of("neither", kNotEl0 | kNotEl1, 1, 2);
    increments_of("other-event", 0x11, 1, 0);
    overflow();
    cycles();
    selection();
    enables();
    WRITE_SYSREG(pmuserenr_el0, 0);
}

}  // namespace el1
