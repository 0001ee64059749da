#include "kernel_model/process/syscall.h"

#include <array>

#include "kernel_model/abi/guest_abi.h"
#include "kernel_model/mm/errno.h"
#include "kernel_model/mm/mm_counters.h"
#include "kernel_model/process/replay.h"
#include "kernel_model/process/task.h"

namespace km {
namespace {

using arch::i64;

// Programs ask for much that they do without: what is missing is counted, by number where the host listens.
i64 sys_not_built(PtRegs& r) {
    register u64 number asm("x0") = r.syscallno;
    asm volatile("hint %0" : : "i"(GUEST_HINT_SYSCALL_NOT_BUILT), "r"(number));
    count(GUEST_SYSCALLS_NOT_BUILT);
    return -ENOSYS;
}

// As a Linux that is configured without it.
i64 sys_configured_out(PtRegs&) { return -ENOSYS; }

constexpr unsigned kSyscalls = 512;

struct Row {
    unsigned number;
    Syscall call;
};
constexpr Row kRows[] = {
    // files
    {17, sys_getcwd}, {23, sys_dup}, {24, sys_dup3}, {25, sys_fcntl}, {29, sys_ioctl}, {34, sys_mkdirat},
    {35, sys_unlinkat}, {36, sys_symlinkat}, {37, sys_linkat}, {38, sys_renameat2}, {43, sys_statfs}, {44, sys_fstatfs},
    {45, sys_truncate}, {46, sys_ftruncate}, {48, sys_faccessat}, {49, sys_chdir}, {50, sys_fchdir}, {52, sys_fchmod},
    {53, sys_fchmodat}, {54, sys_fchownat}, {55, sys_fchown}, {56, sys_openat}, {57, sys_close}, {59, sys_pipe2},
    {61, sys_getdents64}, {62, sys_lseek}, {63, sys_read}, {64, sys_write}, {65, sys_readv}, {66, sys_writev},
    {67, sys_pread64}, {68, sys_pwrite64}, {71, sys_sendfile}, {73, sys_ppoll}, {78, sys_readlinkat},
    {79, sys_newfstatat}, {80, sys_fstat}, {81, sys_fsync}, {82, sys_fsync}, {83, sys_fsync}, {88, sys_utimensat},
    {166, sys_umask}, {276, sys_renameat2}, {291, sys_statx}, {436, sys_close_range}, {439, sys_faccessat},
    // processes
    {93, sys_exit}, {94, sys_exit}, {96, sys_set_tid_address}, {98, sys_futex}, {99, sys_set_robust_list},
    {124, sys_sched_yield}, {154, sys_setpgid}, {155, sys_getpgid}, {156, sys_getpgid}, {157, sys_setsid},
    {172, sys_getpid}, {173, sys_getppid}, {178, sys_getpid}, {220, sys_clone}, {221, sys_execve}, {260, sys_wait4},
    // users: everyone is root
    {143, sys_setuid}, {144, sys_setuid}, {145, sys_setuid}, {146, sys_setuid}, {147, sys_setuid}, {149, sys_setuid},
    {158, sys_getgroups}, {174, sys_getuid}, {175, sys_getuid}, {176, sys_getuid}, {177, sys_getuid},
    // signals
    {129, sys_kill}, {130, sys_tkill}, {131, sys_tgkill}, {132, sys_sigaltstack}, {133, sys_rt_sigsuspend},
    {134, sys_rt_sigaction}, {135, sys_rt_sigprocmask}, {136, sys_rt_sigpending}, {139, sys_rt_sigreturn},
    // time
    {101, sys_nanosleep}, {113, sys_clock_gettime}, {114, sys_clock_getres}, {115, sys_clock_nanosleep}, {153, sys_times},
    {169, sys_gettimeofday},
    // memory
    {214, sys_brk}, {215, sys_munmap}, {216, sys_mremap}, {222, sys_mmap}, {226, sys_mprotect}, {227, sys_msync},
    {233, sys_madvise},
    // limits and the machine
    {122, sys_sched_setaffinity}, {123, sys_sched_getaffinity}, {140, sys_setpriority}, {141, sys_getpriority},
    {160, sys_uname}, {163, sys_getrlimit}, {164, sys_setrlimit}, {165, sys_getrusage}, {167, sys_prctl}, {179, sys_sysinfo}, {261, sys_prlimit64},
    {278, sys_getrandom}, {293, sys_configured_out /* rseq */},
};

constexpr std::array<Syscall, kSyscalls> make_table() {
    std::array<Syscall, kSyscalls> table{};
    for (Syscall& call : table) call = sys_not_built;
    for (const Row& row : kRows) table[row.number] = row.call;
    return table;
}
constinit const std::array<Syscall, kSyscalls> sys_call_table = make_table();

Syscall call_for(u64 number) {
    if (number < kSyscalls) return sys_call_table[number];
    if (number == GUEST_SYS_RESULT) return sys_result;
    if (number == GUEST_SYS_COUNTERS) return sys_counters;
    if (number == GUEST_SYS_REPLAY) return sys_replay;
    return sys_not_built;
}

}  // namespace

void do_el0_svc(PtRegs& regs) {
    count(GUEST_SYSCALLS);
    regs.orig_x0 = regs.regs[0];
    regs.syscallno = regs.regs[8];
    regs.regs[0] = static_cast<u64>(call_for(regs.syscallno)(regs));
}

}  // namespace km
