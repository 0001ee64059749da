// Who and where a program is: numbers, names, limits, the machine. Everyone is root, in one session of one group.
#include "kernel_model/boot/text.h"
#include "kernel_model/fs/device.h"
#include "kernel_model/mm/buddy_allocator.h"
#include "kernel_model/mm/errno.h"
#include "kernel_model/mm/mm_counters.h"
#include "kernel_model/mm/syscalls_mm.h"
#include "kernel_model/process/clock.h"
#include "kernel_model/process/resource_usage.h"
#include "kernel_model/process/syscall.h"
#include "kernel_model/process/task_list.h"
#include "kernel_model/process/user_access.h"

namespace km {
namespace {

constexpr u64 kNoLimit = ~u64{0};

struct Limit {
    u64 now, most;
};

// Linux: INIT_RLIMITS, include/asm-generic/resource.h.
Limit limit_of(u64 resource) {
    constexpr u64 kStack = 3, kCore = 4, kOpenFiles = 7;
    switch (resource) {
        case kStack: return {kStackLimit, kNoLimit};
        case kCore: return {0, kNoLimit};
        case kOpenFiles: return {FileTable::kSlots, FileTable::kSlots};
        default: return {kNoLimit, kNoLimit};
    }
}
constexpr u64 kLimits = 16;

// Linux: struct new_utsname.
struct SystemName {
    static constexpr u64 kField = 65;
    char text[6][kField];
};

void set(char (&field)[SystemName::kField], const char* text) { __builtin_memcpy(field, text, length_of(text) + 1); }

// Linux: struct sysinfo.
struct SystemInfo {
    u64 uptime, loads[3], totalram, freeram, sharedram, bufferram, totalswap, freeswap;
    arch::u16 procs, pad;
    u64 totalhigh, freehigh;
    arch::u32 mem_unit, pad2;
};
static_assert(sizeof(SystemInfo) == 112);

arch::u16 count_tasks() {
    arch::u16 tasks = 0;
    for (const Task* task = first_task(); task != nullptr; task = task->next) ++tasks;
    return tasks;
}

}  // namespace

i64 sys_getpid(PtRegs&) { return current()->pid; }
i64 sys_getppid(PtRegs&) { return current()->parent != nullptr ? current()->parent->pid : 0; }
i64 sys_getuid(PtRegs&) { return 0; }
i64 sys_setuid(PtRegs&) { return 0; }
i64 sys_getpgid(PtRegs&) { return kInitPid; }
i64 sys_setpgid(PtRegs&) { return 0; }
i64 sys_setsid(PtRegs&) { return -EPERM; }
i64 sys_getgroups(PtRegs&) { return 0; }
i64 sys_set_robust_list(PtRegs&) { return 0; }

i64 sys_uname(PtRegs& r) {
    SystemName name{};
    const char* const texts[] = {"Linux", "foldwalk", "6.12.0", "#1", "aarch64", "(none)"};
    for (unsigned i = 0; i < 6; ++i) set(name.text[i], texts[i]);
    return put_user(name, r.regs[0]) ? 0 : -EFAULT;
}

i64 sys_sysinfo(PtRegs& r) {
    SystemInfo info{};
    info.uptime = virtual_nanoseconds() / kNanosecondsPerSecond;
    info.totalram = counters[GUEST_FREE_PAGES_AT_BOOT] * PAGE_SIZE;
    info.freeram = buddy.free_pages() * PAGE_SIZE;
    info.procs = count_tasks();
    info.mem_unit = 1;
    return put_user(info, r.regs[0]) ? 0 : -EFAULT;
}

i64 sys_getrandom(PtRegs& r) {
    constexpr u64 kMost = 33554431;
    const u64 bytes = min(r.regs[1], kMost);
    return random_to_user(r.regs[0], bytes) ? static_cast<i64>(bytes) : -EFAULT;
}

// Names of threads are not kept.
i64 sys_prctl(PtRegs& r) {
    constexpr u64 PR_SET_NAME = 15, PR_GET_NAME = 16;
    constexpr char kName[16] = "init";
    if (r.regs[0] == PR_SET_NAME) return 0;
    if (r.regs[0] == PR_GET_NAME) return put_user(kName, r.regs[1]) ? 0 : -EFAULT;
    return -EINVAL;
}

i64 sys_getrusage(PtRegs& r) {
    constexpr int kSelf = 0, kChildren = -1;
    const int who = static_cast<int>(r.regs[0]);
    if (who != kSelf && who != kChildren) return -EINVAL;
    const u64 faults = who == kSelf ? current()->min_flt : current()->children_min_flt;
    return put_user(usage_of(faults), r.regs[1]) ? 0 : -EFAULT;
}

i64 sys_getrlimit(PtRegs& r) {
    if (r.regs[0] >= kLimits) return -EINVAL;
    return put_user(limit_of(r.regs[0]), r.regs[1]) ? 0 : -EFAULT;
}

// Limits are what they are: a change is taken without effect.
i64 sys_setrlimit(PtRegs& r) { return r.regs[0] >= kLimits ? -EINVAL : 0; }

i64 sys_prlimit64(PtRegs& r) {
    if (r.regs[1] >= kLimits) return -EINVAL;
    return r.regs[3] == 0 || put_user(limit_of(r.regs[1]), r.regs[3]) ? 0 : -EFAULT;
}

// One processor.
i64 sys_sched_getaffinity(PtRegs& r) {
    constexpr u64 kMaskBytes = 8;
    if (r.regs[1] < kMaskBytes || r.regs[1] % kMaskBytes != 0) return -EINVAL;
    return put_user(u64{1}, r.regs[2]) ? static_cast<i64>(kMaskBytes) : -EFAULT;
}

i64 sys_sched_setaffinity(PtRegs& r) {
    u64 mask = 0;
    if (!copy_from_user(&mask, r.regs[2], min(r.regs[1], sizeof mask))) return -EFAULT;
    return (mask & 1) != 0 ? 0 : -EINVAL;
}

i64 sys_getpriority(PtRegs&) { return 20; }  // 20 - nice
i64 sys_setpriority(PtRegs&) { return 0; }

}  // namespace km
