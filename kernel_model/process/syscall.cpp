#include "kernel_model/process/syscall.h"

#include <array>

#include "kernel_model/abi/guest_abi.h"
#include "kernel_model/mm/mm_counters.h"
#include "kernel_model/mm/errno.h"
#include "kernel_model/process/replay.h"
#include "kernel_model/process/task.h"

namespace km {
namespace {

using arch::i64;

i64 sys_ni_syscall(PtRegs&) { return -ENOSYS; }

constexpr unsigned kSyscalls = 512;

struct Row {
    unsigned number;
    Syscall call;
};
constexpr Row kRows[] = {
    {56, sys_openat},         {57, sys_close},    {62, sys_lseek},    {63, sys_read},        {64, sys_write},
    {66, sys_writev},         {73, sys_ppoll},    {80, sys_fstat},    {93, sys_exit},        {94, sys_exit},
    {96, sys_getpid},         {113, sys_clock_gettime}, {124, sys_sched_yield}, {129, sys_kill},   {165, sys_getrusage},
    {172, sys_getpid},        {173, sys_getppid}, {174, sys_getuid},  {175, sys_getuid},     {176, sys_getuid},
    {177, sys_getuid},        {178, sys_getpid},  {214, sys_brk},     {215, sys_munmap},     {216, sys_mremap},
    {220, sys_clone},         {221, sys_execve},  {222, sys_mmap},    {226, sys_mprotect},   {233, sys_madvise},
    {260, sys_wait4},
};

constexpr std::array<Syscall, kSyscalls> make_table() {
    std::array<Syscall, kSyscalls> table{};
    for (Syscall& call : table) call = sys_ni_syscall;
    for (const Row& row : kRows) table[row.number] = row.call;
    return table;
}
constinit const std::array<Syscall, kSyscalls> sys_call_table = make_table();

// set_tid_address (96) is getpid: with one task per process, what it returns is all there is to see of it.

Syscall call_for(u64 number) {
    if (number < kSyscalls) return sys_call_table[number];
    if (number == GUEST_SYS_RESULT) return sys_result;
    if (number == GUEST_SYS_COUNTERS) return sys_counters;
    if (number == GUEST_SYS_REPLAY) return sys_replay;
    return sys_ni_syscall;
}

}  // namespace

void do_el0_svc(PtRegs& regs) {
    count(GUEST_SYSCALLS);
    regs.orig_x0 = regs.regs[0];
    regs.syscallno = regs.regs[8];
    regs.regs[0] = static_cast<u64>(call_for(regs.syscallno)(regs));
}

}  // namespace km
