// Self-hosted debug: the OS lock, software step, breakpoints and watchpoints.
#include "tests/el1/guest/groups.h"
#include "tests/el1/guest/print.h"
#include "tests/el1/guest/probe.h"
#include "tests/el1/guest/registers.h"
#include "tests/el1/guest/tables.h"

namespace el1 {

PROBE(debug_steps, "mov x0, #1\nmov x0, #2\nmov x0, #3");
PROBE(debug_svc, "svc #0x42");
PROBE(debug_load_exclusive, "ldxr x0, [x5]\nnop");
PROBE(debug_branch, "b 1f\nnop\n1: nop");
PROBE(debug_undefined, ".inst 0x00000000");
PROBE(debug_access, "nop\nldr x0, [x5]\nstr x6, [x5]\nnop");
PROBE(debug_wide, "ldp x0, x1, [x5]");
PROBE(debug_wfi, "nop");

namespace {

constexpr u64 kStep = 1;
constexpr u64 kKernel = 1 << 13;     // KDE
constexpr u64 kMonitor = 1 << 15;    // MDE
constexpr u64 kStepState = 1 << 21;  // SPSR_EL1.SS
constexpr u64 kDebugMask = 1 << 9;

void os_lock() {
    Line{"debug/lock-reset"}.hex("status", READ_SYSREG(oslsr_el1));
    WRITE_SYSREG(oslar_el1, 0);
    Line{"debug/lock-open"}.hex("status", READ_SYSREG(oslsr_el1));
    WRITE_SYSREG(oslar_el1, 1);
    Line{"debug/lock-closed"}.hex("status", READ_SYSREG(oslsr_el1));
    WRITE_SYSREG(oslar_el1, 0);
    WRITE_SYSREG(osdlr_el1, 0);
}

void step(const char* name, const u8* code, Level level, u64 control, u64 state, u64 clear = 0) {
    WRITE_SYSREG(mdscr_el1, control);
    Probe p{code, level};
    p.pstate(state);
    p.frame.spsr &= ~clear;
    p.frame.x[5] = level == Level::El0 ? kUserData : page(3);
    p.show(name, name_of(level));
    WRITE_SYSREG(mdscr_el1, 0);
}

void software_step() {
    step("debug/step", debug_steps, Level::El0, kStep, kStepState);
    step("debug/step-pending", debug_steps, Level::El0, kStep, 0);
    step("debug/step-off", debug_steps, Level::El0, 0, kStepState);
    step("debug/step-svc", debug_svc, Level::El0, kStep, kStepState);
    step("debug/step-exclusive", debug_load_exclusive, Level::El0, kStep, kStepState);
    step("debug/step-branch", debug_branch, Level::El0, kStep, kStepState);
    step("debug/step-undefined", debug_undefined, Level::El0, kStep, kStepState);
    step("debug/step-masked", debug_steps, Level::El1h, kStep | kKernel, kStepState);
    step("debug/step-kernel", debug_steps, Level::El1h, kStep | kKernel, kStepState, kDebugMask);
    step("debug/step-kernel-off", debug_steps, Level::El1h, kStep, kStepState, kDebugMask);
}

void set_breakpoint(u64 address, u64 control) {
    WRITE_SYSREG(dbgbvr0_el1, address);
    WRITE_SYSREG(dbgbcr0_el1, control);
}

// BCR: E, PMC 2:1 (1 = EL1, 2 = EL0), BAS 8:5.
void breakpoints() {
    const u64 user = code_at(debug_steps, Level::El0) + 4;
    const u64 kernel = code_at(debug_steps, Level::El1h) + 4;
    const u64 kAtEl0 = 1 | 2 << 1 | 15 << 5;
    const u64 kAtEl1 = 1 | 1 << 1 | 15 << 5;
    set_breakpoint(user, kAtEl0);
    step("debug/break", debug_steps, Level::El0, kMonitor, 0);
    step("debug/break-off", debug_steps, Level::El0, 0, 0);
    set_breakpoint(user, kAtEl1);
    step("debug/break-other-level", debug_steps, Level::El0, kMonitor, 0);
    set_breakpoint(user, kAtEl0 & ~u64{1});
    step("debug/break-disabled", debug_steps, Level::El0, kMonitor, 0);
    set_breakpoint(kernel, kAtEl1);
    step("debug/break-kernel", debug_steps, Level::El1h, kMonitor | kKernel, 0, kDebugMask);
    step("debug/break-kernel-masked", debug_steps, Level::El1h, kMonitor | kKernel, 0);
    step("debug/break-kernel-off", debug_steps, Level::El1h, kMonitor, 0, kDebugMask);
    set_breakpoint(0, 0);
}

void watch(const char* name, const u8* code, u64 address, u64 control, u64 at) {
    WRITE_SYSREG(dbgwvr0_el1, address);
    WRITE_SYSREG(dbgwcr0_el1, control);
    WRITE_SYSREG(mdscr_el1, kMonitor);
    Probe p{code, Level::El0};
    p.frame.x[5] = at;
    p.show(name);
    WRITE_SYSREG(mdscr_el1, 0);
    WRITE_SYSREG(dbgwcr0_el1, 0);
}

// WCR: E, PAC 2:1, LSC 4:3 (1 load, 2 store), BAS 12:5.
void watchpoints() {
    const u64 kBoth = 1 | 2 << 1 | 3 << 3 | 0xff << 5;
    const u64 kLoads = 1 | 2 << 1 | 1 << 3 | 0xff << 5;
    const u64 kStores = 1 | 2 << 1 | 2 << 3 | 0xff << 5;
    watch("debug/watch-both", debug_access, kUserData + 0x40, kBoth, kUserData + 0x40);
    watch("debug/watch-load", debug_access, kUserData + 0x40, kLoads, kUserData + 0x40);
    watch("debug/watch-store", debug_access, kUserData + 0x40, kStores, kUserData + 0x40);
    watch("debug/watch-elsewhere", debug_access, kUserData + 0x48, kBoth, kUserData + 0x40);
    watch("debug/watch-second", debug_wide, kUserData + 0x48, kBoth, kUserData + 0x40);
    watch("debug/watch-byte", debug_access, kUserData + 0x40, 1 | 2 << 1 | 3 << 3 | 0x80 << 5, kUserData + 0x40);
    watch("debug/watch-kernel", debug_access, kUserData + 0x40, 1 | 1 << 1 | 3 << 3 | 0xff << 5, kUserData + 0x40);
}

}  // namespace

void debug_checks() {
    os_lock();
    software_step();
    breakpoints();
    watchpoints();
}

}  // namespace el1
