#include "kernel_model/process/clock.h"

#include "kernel_model/port/aarch64/sysreg.h"
#include "kernel_model/port/port.h"

namespace km {
namespace {

u64 skipped;

u64 counter_nanoseconds() {
    const u64 frequency = read_sysreg(CNTFRQ_EL0);
    const u64 ticks = port::now();
    return ticks / frequency * kNanosecondsPerSecond + ticks % frequency * kNanosecondsPerSecond / frequency;
}

}  // namespace

u64 virtual_nanoseconds() { return counter_nanoseconds() + skipped; }

void skip_time_to(u64 nanoseconds) {
    const u64 now = virtual_nanoseconds();
    if (nanoseconds > now) skipped += nanoseconds - now;
}

}  // namespace km
