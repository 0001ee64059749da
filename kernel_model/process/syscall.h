// System calls, with Linux's numbers (include/uapi/asm-generic/unistd.h) and results.
#pragma once

#include "kernel_model/process/pt_regs.h"

namespace km {

using Syscall = arch::i64 (*)(PtRegs&);

// The call that `regs` asks for; its result goes to regs.regs[0]. Linux: do_el0_svc().
void do_el0_svc(PtRegs& regs);

// By subject. Each takes its arguments from regs[0..5].
arch::i64 sys_openat(PtRegs&), sys_close(PtRegs&), sys_lseek(PtRegs&), sys_read(PtRegs&), sys_write(PtRegs&),
    sys_writev(PtRegs&), sys_fstat(PtRegs&);
arch::i64 sys_brk(PtRegs&), sys_mmap(PtRegs&), sys_munmap(PtRegs&), sys_mremap(PtRegs&), sys_mprotect(PtRegs&),
    sys_madvise(PtRegs&);
arch::i64 sys_exit(PtRegs&), sys_clone(PtRegs&), sys_execve(PtRegs&), sys_wait4(PtRegs&), sys_kill(PtRegs&),
    sys_ppoll(PtRegs&), sys_sched_yield(PtRegs&), sys_getpid(PtRegs&), sys_getppid(PtRegs&), sys_getuid(PtRegs&),
    sys_getrusage(PtRegs&), sys_clock_gettime(PtRegs&);
arch::i64 sys_result(PtRegs&), sys_counters(PtRegs&);

}  // namespace km
