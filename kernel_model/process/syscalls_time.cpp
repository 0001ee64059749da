// Clocks and sleeping. Every clock is virtual time (clock.h); so is processor time, since nothing else uses it up.
#include "kernel_model/mm/errno.h"
#include "kernel_model/process/clock.h"
#include "kernel_model/process/scheduler.h"
#include "kernel_model/process/signal.h"
#include "kernel_model/process/syscall.h"
#include "kernel_model/process/user_access.h"

namespace km {
namespace {

constexpr u64 kClocks = 12;  // CLOCK_REALTIME .. CLOCK_TAI

bool is_clock(u64 id) { return id < kClocks || static_cast<int>(id) < 0; }  // negative: another task's processor time

bool is_sound(const TimeSpec& time) {
    return static_cast<i64>(time.seconds) >= 0 && time.nanoseconds < kNanosecondsPerSecond;
}

// The time that is left goes to `remaining`, unless that is null.
i64 sleep_to(u64 deadline, u64 remaining) {
    while (virtual_nanoseconds() < deadline) {
        if (sleep_until(deadline, nullptr)) continue;
        const u64 now = virtual_nanoseconds();
        if (remaining != 0 && !put_user(time_spec(now < deadline ? deadline - now : 0), remaining)) return -EFAULT;
        return -EINTR;
    }
    return 0;
}

// Linux's limit, KTIME_SEC_MAX; the sum with the present must not wrap.
u64 nanoseconds_of(const TimeSpec& time) {
    constexpr u64 kMost = u64{1} << 62;
    const u64 seconds = time.seconds < kMost / kNanosecondsPerSecond ? time.seconds : kMost / kNanosecondsPerSecond;
    return seconds * kNanosecondsPerSecond + time.nanoseconds;
}

}  // namespace

i64 sys_clock_gettime(PtRegs& r) {
    if (!is_clock(r.regs[0])) return -EINVAL;
    return put_user(time_spec(virtual_nanoseconds()), r.regs[1]) ? 0 : -EFAULT;
}

i64 sys_clock_getres(PtRegs& r) {
    if (!is_clock(r.regs[0])) return -EINVAL;
    return r.regs[1] == 0 || put_user(TimeSpec{0, 1}, r.regs[1]) ? 0 : -EFAULT;
}

i64 sys_gettimeofday(PtRegs& r) {
    constexpr u64 kNanosecondsPerMicrosecond = 1000;
    TimeSpec time = time_spec(virtual_nanoseconds());
    time.nanoseconds /= kNanosecondsPerMicrosecond;
    return r.regs[0] == 0 || put_user(time, r.regs[0]) ? 0 : -EFAULT;
}

i64 sys_nanosleep(PtRegs& r) {
    TimeSpec time;
    if (!get_user(time, r.regs[0])) return -EFAULT;
    if (!is_sound(time)) return -EINVAL;
    return sleep_to(virtual_nanoseconds() + nanoseconds_of(time), r.regs[1]);
}

i64 sys_clock_nanosleep(PtRegs& r) {
    constexpr u64 kAbsolute = 1;  // TIMER_ABSTIME
    TimeSpec time;
    if (!is_clock(r.regs[0])) return -EINVAL;
    if (!get_user(time, r.regs[2])) return -EFAULT;
    if (!is_sound(time)) return -EINVAL;
    if ((r.regs[1] & kAbsolute) != 0) return sleep_to(nanoseconds_of(time), 0);
    return sleep_to(virtual_nanoseconds() + nanoseconds_of(time), r.regs[3]);
}

i64 sys_times(PtRegs& r) {
    constexpr u64 kTicksPerSecond = 100;
    const u64 ticks = virtual_nanoseconds() / (kNanosecondsPerSecond / kTicksPerSecond);
    const u64 times[4] = {ticks, 0, 0, 0};
    if (r.regs[0] != 0 && !put_user(times, r.regs[0])) return -EFAULT;
    return static_cast<i64>(ticks);
}

}  // namespace km
