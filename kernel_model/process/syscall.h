// System calls, with Linux's numbers (include/uapi/asm-generic/unistd.h) and results.
#pragma once

#include "kernel_model/process/pt_regs.h"

namespace km {

using Syscall = arch::i64 (*)(PtRegs&);

// The call that `regs` asks for; its result goes to regs.regs[0]. Linux: do_el0_svc().
void do_el0_svc(PtRegs& regs);

// By subject, a file syscalls_<subject>.cpp each. Each takes its arguments from regs[0..5].
arch::i64 sys_close(PtRegs&), sys_lseek(PtRegs&), sys_read(PtRegs&), sys_write(PtRegs&), sys_readv(PtRegs&),
    sys_writev(PtRegs&), sys_pread64(PtRegs&), sys_pwrite64(PtRegs&), sys_sendfile(PtRegs&), sys_ftruncate(PtRegs&),
    sys_fsync(PtRegs&), sys_getdents64(PtRegs&);
arch::i64 sys_dup(PtRegs&), sys_dup3(PtRegs&), sys_pipe2(PtRegs&), sys_fcntl(PtRegs&), sys_ioctl(PtRegs&),
    sys_close_range(PtRegs&), sys_ppoll(PtRegs&);
arch::i64 sys_openat(PtRegs&), sys_mkdirat(PtRegs&), sys_unlinkat(PtRegs&), sys_symlinkat(PtRegs&), sys_linkat(PtRegs&),
    sys_renameat2(PtRegs&), sys_readlinkat(PtRegs&), sys_truncate(PtRegs&), sys_faccessat(PtRegs&), sys_chdir(PtRegs&),
    sys_fchdir(PtRegs&), sys_getcwd(PtRegs&), sys_fchmod(PtRegs&), sys_fchmodat(PtRegs&), sys_fchown(PtRegs&),
    sys_fchownat(PtRegs&), sys_utimensat(PtRegs&), sys_umask(PtRegs&);
arch::i64 sys_fstat(PtRegs&), sys_newfstatat(PtRegs&), sys_statx(PtRegs&), sys_statfs(PtRegs&), sys_fstatfs(PtRegs&);
arch::i64 sys_brk(PtRegs&), sys_mmap(PtRegs&), sys_munmap(PtRegs&), sys_mremap(PtRegs&), sys_mprotect(PtRegs&),
    sys_madvise(PtRegs&), sys_msync(PtRegs&);
arch::i64 sys_exit(PtRegs&), sys_clone(PtRegs&), sys_execve(PtRegs&), sys_wait4(PtRegs&), sys_sched_yield(PtRegs&),
    sys_set_tid_address(PtRegs&), sys_futex(PtRegs&);
arch::i64 sys_getpid(PtRegs&), sys_getppid(PtRegs&), sys_getuid(PtRegs&), sys_setuid(PtRegs&), sys_getpgid(PtRegs&),
    sys_setpgid(PtRegs&), sys_setsid(PtRegs&), sys_getgroups(PtRegs&), sys_uname(PtRegs&), sys_sysinfo(PtRegs&),
    sys_getrandom(PtRegs&), sys_prctl(PtRegs&), sys_set_robust_list(PtRegs&);
arch::i64 sys_getrusage(PtRegs&), sys_prlimit64(PtRegs&), sys_getrlimit(PtRegs&), sys_setrlimit(PtRegs&),
    sys_sched_getaffinity(PtRegs&), sys_sched_setaffinity(PtRegs&), sys_getpriority(PtRegs&), sys_setpriority(PtRegs&);
arch::i64 sys_clock_gettime(PtRegs&), sys_clock_getres(PtRegs&), sys_gettimeofday(PtRegs&), sys_nanosleep(PtRegs&),
    sys_clock_nanosleep(PtRegs&), sys_times(PtRegs&);
arch::i64 sys_kill(PtRegs&), sys_tkill(PtRegs&), sys_tgkill(PtRegs&), sys_rt_sigaction(PtRegs&),
    sys_rt_sigprocmask(PtRegs&), sys_rt_sigpending(PtRegs&), sys_rt_sigsuspend(PtRegs&), sys_sigaltstack(PtRegs&),
    sys_rt_sigreturn(PtRegs&);
arch::i64 sys_result(PtRegs&), sys_counters(PtRegs&);

}  // namespace km
