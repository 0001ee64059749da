// A task: one address space, one kernel stack. Linux: struct task_struct. One processor, and the kernel is never
// preempted: a task gives the processor away only in schedule().
#pragma once

#include "kernel_model/boot/layout.h"
#include "kernel_model/process/pt_regs.h"

namespace km {

using arch::i64;
using arch::u64;

struct AddressSpace;
struct FpState;
struct Node;
struct OpenFile;
struct SignalState;

struct FileTable {
    static constexpr unsigned kSlots = 64;  // Linux: NR_OPEN_DEFAULT
    OpenFile* slot[kSlots]{};
    u64 close_on_exec{0};  // bit per slot
    unsigned end{0};       // no slot from here on was ever used
};

// What a function call keeps. Linux: struct cpu_context. Order is cpu_switch_to()'s (vectors.S).
struct CpuContext {
    u64 x19{0}, x20{0}, x21{0}, x22{0}, x23{0}, x24{0}, x25{0}, x26{0}, x27{0}, x28{0};
    u64 fp{0};
    u64 sp{0};
    u64 pc{0};
};

// SignalState and FpState are made when they are first needed, so that programs without them pay nothing.
enum class TaskState { Runnable, Sleeping, Zombie };

struct Task {
    u64 work_pending{0};         // signals that are pending and not blocked: looked at before user mode is entered
    CpuContext context;
    AddressSpace* mm{nullptr};   // null once it has exited, and for the boot task
    void* stack{nullptr};        // KM_STACK_SIZE bytes
    Task* parent{nullptr};
    Task* next{nullptr};         // list of all tasks, oldest first
    Task* next_runnable{nullptr};
    FileTable files;
    Node* working_directory{nullptr};
    Node* program{nullptr};      // what execve started, for /proc/self/exe; null in a replay
    SignalState* signals{nullptr};  // null: every disposition is the default
    u64 signals_pending{0};      // bit n - 1: signal n
    u64 signals_blocked{0};
    FpState* fp{nullptr};        // null: floating point was never used
    u64 tpidr_el0{0};            // while it does not run. Linux: thread.uw.tp_value
    arch::u32 umask{022};
    u64 clear_child_tid{0};      // user address
    const void* waits_on{nullptr};  // what it sleeps on; see scheduler.h
    u64 wake_time{0};            // virtual nanoseconds; 0: no limit
    bool borrows_mm{false};      // after vfork, until execve or exit: `mm` is the parent's
    bool vfork_parent_waits{false};
    bool restore_mask{false};    // rt_sigsuspend: `saved_mask` comes back after the handler
    u64 saved_mask{0};
    TaskState state{TaskState::Runnable};
    bool queued{false};
    int pid{0};
    int exit_code{0};            // as wait4 reports it: status << 8, or the signal
    u64 min_flt{0};              // minor faults. Linux: task_struct.min_flt
    u64 children_min_flt{0};     // of children that were waited for

    [[nodiscard]] PtRegs* regs() const {
        return reinterpret_cast<PtRegs*>(static_cast<char*>(stack) + KM_STACK_SIZE) - 1;
    }
};
static_assert(offsetof(Task, work_pending) == TASK_WORK_PENDING && offsetof(Task, context) == TASK_CONTEXT);

// Reached by TPIDR_EL1; the entry code loads the current task from its first word.
struct PerCpu {
    Task* current_task;
};

extern "C" Task boot_task;  // runs kernel_main() and becomes the idle task
extern "C" PerCpu this_cpu;

[[gnu::always_inline]] inline Task* current() {
    Task* task;
    asm("mrs %0, sp_el0" : "=r"(task));
    return task;
}

extern "C" Task* cpu_switch_to(Task* previous, Task* next);
extern "C" void ret_from_fork();

}  // namespace km
