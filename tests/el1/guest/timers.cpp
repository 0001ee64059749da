// The generic timer: time itself differs, so relations are printed.
#include "tests/el1/guest/groups.h"
#include "tests/el1/guest/print.h"
#include "tests/el1/guest/registers.h"

namespace el1 {
namespace {

constexpr arch::u64 kFar = arch::u64{1} << 62;

arch::u64 in_range(arch::u64 value, arch::u64 low, arch::u64 high) {
    return value >= low && value <= high;
}

}  // namespace

void timer_checks() {
    Line{"timer/frequency"}.hex("value", READ_SYSREG(cntfrq_el0));
    const arch::u64 frequency = READ_SYSREG(cntfrq_el0);
    WRITE_SYSREG(cntfrq_el0, 0x1234567);
    Line{"timer/frequency-written"}.hex("value", READ_SYSREG(cntfrq_el0));
    WRITE_SYSREG(cntfrq_el0, frequency);
    const arch::u64 first = READ_SYSREG(cntvct_el0);
    const arch::u64 second = READ_SYSREG(cntvct_el0);
    arch::u64 later = second;
    while (later == second) later = READ_SYSREG(cntvct_el0);
    Line{"timer/monotonic"}.hex("value", first <= second && second < later);
    const arch::u64 physical = READ_SYSREG(cntpct_el0);
    const arch::u64 virtual_count = READ_SYSREG(cntvct_el0);
    Line{"timer/same-time"}.hex("value", physical <= virtual_count && virtual_count - physical < 100000000);
    WRITE_SYSREG(cntkctl_el1, 0);

    WRITE_SYSREG(cntv_ctl_el0, 2);
    WRITE_SYSREG(cntv_cval_el0, 0);
    Line{"timer/disabled"}.hex("control", READ_SYSREG(cntv_ctl_el0));
    WRITE_SYSREG(cntv_ctl_el0, 3);
    Line{"timer/past"}.hex("control", READ_SYSREG(cntv_ctl_el0));
    WRITE_SYSREG(cntv_cval_el0, kFar);
    Line{"timer/future"}.hex("control", READ_SYSREG(cntv_ctl_el0)).hex("compare", READ_SYSREG(cntv_cval_el0));
    WRITE_SYSREG(cntv_tval_el0, 0x40000000);
    const arch::u64 distance = READ_SYSREG(cntv_cval_el0) - READ_SYSREG(cntvct_el0);
    Line{"timer/value"}
        .hex("distance", in_range(distance, 0x30000000, 0x40000000))
        .hex("control", READ_SYSREG(cntv_ctl_el0));
    Line{"timer/value-read"}.hex("value", in_range(READ_SYSREG(cntv_tval_el0), 0x30000000, 0x40000000));
    WRITE_SYSREG(cntv_tval_el0, 0xffffff00);  // -256
    Line{"timer/value-negative"}
        .hex("control", READ_SYSREG(cntv_ctl_el0))
        .hex("upper", READ_SYSREG(cntv_tval_el0) >> 28);
    WRITE_SYSREG(cntv_ctl_el0, 2);
    WRITE_SYSREG(cntp_cval_el0, 1);
    WRITE_SYSREG(cntp_ctl_el0, 3);
    Line{"timer/physical-past"}.hex("control", READ_SYSREG(cntp_ctl_el0));
    WRITE_SYSREG(cntp_ctl_el0, 7);
    Line{"timer/status-read-only"}.hex("control", READ_SYSREG(cntp_ctl_el0));
    WRITE_SYSREG(cntp_ctl_el0, 0);
    Line{"timer/off"}.hex("control", READ_SYSREG(cntp_ctl_el0)).hex("pending", READ_SYSREG(isr_el1));
}

}  // namespace el1
