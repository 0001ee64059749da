#include "kernel_model/process/replay.h"

#include "kernel_model/abi/guest_abi.h"
#include "kernel_model/abi/replay_abi.h"
#include "kernel_model/mm/errno.h"
#include "kernel_model/mm/memory.h"
#include "kernel_model/mm/mm_counters.h"
#include "kernel_model/port/port.h"
#include "kernel_model/process/exit.h"
#include "kernel_model/process/replay_calls.h"
#include "kernel_model/process/replay_process.h"
#include "kernel_model/process/replay_stub.h"
#include "kernel_model/process/scheduler.h"
#include "kernel_model/process/task_list.h"

namespace km {
namespace {

constexpr unsigned kMaxProcesses = 4096;

struct Replay {
    guest_window* window{nullptr};
    u64 consumed{0};                      // bytes of the window
    Task* coordinator{nullptr};
    Task* task_of[kMaxProcesses]{};       // by the trace's process number
    u32 pending_child{0};                 // process number of a clone under way, 0: none
    bool check_result{false};
    u64 expected{0};
    bool finished{false};
};
Replay replay;

// The host fills the window at this marker; elsewhere it is a NOP, and an empty window is the end.
bool refill() {
    if (replay.window->done != 0) return false;
    replay.window->length = 0;
    replay.consumed = 0;
    register u64 address asm("x0") = port::virt_to_phys(replay.window);
    asm volatile("hint %0" : : "i"(GUEST_HINT_WINDOW), "r"(address) : "memory");
    return replay.window->length >= sizeof(replay_op);
}

// The next operation, or null at the end. It stays the next until consume().
const replay_op* peek() {
    if (replay.window == nullptr) return nullptr;
    if (replay.consumed + sizeof(replay_op) > replay.window->length && !refill()) return nullptr;
    const auto* bytes = reinterpret_cast<const u8*>(replay.window + 1);
    const auto* op = reinterpret_cast<const replay_op*>(bytes + replay.consumed);
    return op->kind == REPLAY_END ? nullptr : op;
}

void consume() {
    replay.consumed += sizeof(replay_op);
    count(GUEST_REPLAY_OPERATIONS);
}

void skip() {
    consume();
    count(GUEST_REPLAY_SKIPPED);
}

void spawn(const replay_op& op) {
    Task* task = op.pid < kMaxProcesses ? replay_spawn(*replay.coordinator) : nullptr;
    if (task == nullptr) return skip();
    replay.task_of[op.pid] = task;
    consume();
}

// Gives the processor to the process that the next operation belongs to, until it belongs to the current one (or, for the
// coordinator, until the end). Null at the end.
const replay_op* wait_for_turn() {
    for (;;) {
        const replay_op* op = peek();
        if (op == nullptr) return nullptr;
        if (op->kind == REPLAY_SPAWN) {
            spawn(*op);
            continue;
        }
        Task* owner = op->pid < kMaxProcesses ? replay.task_of[op->pid] : nullptr;
        if (owner == nullptr) {
            skip();
            continue;
        }
        if (owner == current()) return op;
        wake_up(*owner);
        current()->state = TaskState::Sleeping;
        schedule();
    }
}

void finish_last(u64 result) {
    if (replay.pending_child != 0) {
        Task* child = static_cast<i64>(result) > 0 ? find_task(static_cast<int>(result)) : nullptr;
        replay.task_of[replay.pending_child] = child;
        if (child != nullptr) replay_prefault_stub(*child);
        replay.pending_child = 0;
    }
    if (replay.check_result && result != replay.expected) count(GUEST_REPLAY_MISMATCHES);
    replay.check_result = false;
}

u64 byte_for(u64 address) {
    constexpr u64 kBits = 8;
    return (REPLAY_FILE_WORD >> ((address & 3) * kBits)) & 0xff;
}

// Sets the stub's next step; the value is what x0 becomes.
i64 step(PtRegs& regs, u64 kind, u64 x0) {
    regs.regs[9] = kind;
    return static_cast<i64>(x0);
}

// An access from EL0 is the stub's; one from EL1 is done here. False: done, ask for the next.
bool start_access(const replay_op& op, PtRegs& regs, i64& x0) {
    const u64 address = op.a[0];
    const ReplayAccess access = replay_prepare_access(*current()->mm, address, op.a[1]);
    if (access == ReplayAccess::Impossible) {
        count(GUEST_REPLAY_SKIPPED);
        return false;
    }
    switch (access) {
        case ReplayAccess::KernelRead:
        case ReplayAccess::KernelWrite:
            if (!replay_kernel_access(address, access, byte_for(address))) count(GUEST_REPLAY_SKIPPED);
            return false;
        case ReplayAccess::Write: regs.regs[1] = byte_for(address); break;
        default: break;
    }
    const u64 kind = access == ReplayAccess::Write     ? REPLAY_STEP_WRITE
                     : access == ReplayAccess::Execute ? REPLAY_STEP_EXECUTE
                                                       : REPLAY_STEP_READ;
    x0 = step(regs, kind, access == ReplayAccess::Execute ? address & ~u64{3} : address);
    return true;
}

i64 start_call(const replay_op& op, PtRegs& regs) {
    for (unsigned i = 1; i < 6; ++i) regs.regs[i] = op.a[i];
    regs.regs[8] = op.nr;
    replay.check_result = true;
    replay.expected = op.expect;
    return step(regs, REPLAY_STEP_CALL, op.a[0]);
}

i64 start_fork(const replay_op& op, PtRegs& regs) {
    constexpr u16 kNrClone = 220;
    constexpr u64 kSigchld = 17;
    if (op.a[0] < kMaxProcesses) replay.pending_child = static_cast<u32>(op.a[0]);
    regs.regs[1] = 0;
    regs.regs[8] = kNrClone;
    return step(regs, REPLAY_STEP_CALL, kSigchld);
}

[[noreturn]] void end_process(u32 process) {
    replay.task_of[process] = nullptr;
    do_exit(0);
}

// One operation of the current process. True: the stub has a step to make, with `x0`.
bool perform(const replay_op& op, PtRegs& regs, i64& x0) {
    switch (op.kind) {
        case REPLAY_ACCESS: return start_access(op, regs, x0);
        case REPLAY_SYSCALL:
            if (replay_call_in_kernel(*current()->mm, op)) return false;
            x0 = start_call(op, regs);
            return true;
        case REPLAY_FORK: x0 = start_fork(op, regs); return true;
        case REPLAY_EXEC:
            if (!replay_reset(regs)) count(GUEST_REPLAY_SKIPPED);
            x0 = static_cast<i64>(regs.regs[0]);
            return true;
        case REPLAY_REGION:
            if (!replay_make_region(*current()->mm, op)) count(GUEST_REPLAY_SKIPPED);
            return false;
        case REPLAY_BRK_INIT: replay_start_heap(*current()->mm, op.a[0]); return false;
        case REPLAY_EXIT: end_process(op.pid);
        default: count(GUEST_REPLAY_SKIPPED); return false;
    }
}

i64 run_traced_process(PtRegs& regs) {
    finish_last(regs.regs[0]);
    i64 x0 = 0;
    for (;;) {
        const replay_op* next = wait_for_turn();
        if (next == nullptr) {
            replay.finished = true;
            wake_up(*replay.coordinator);
            do_exit(0);
        }
        const replay_op op = *next;  // the window may be refilled while this one is under way
        consume();
        if (perform(op, regs, x0)) return x0;
    }
}

i64 run_coordinator() {
    if (replay.window == nullptr) return -ENOENT;
    replay.coordinator = current();
    while (!replay.finished && wait_for_turn() != nullptr) {
    }
    replay.finished = true;
    // Whoever still sleeps in the middle of the trace gets the processor once, sees the end, and exits.
    for (Task*& task : replay.task_of) {
        if (task == nullptr || task->state == TaskState::Zombie) continue;
        wake_up(*task);
        task = nullptr;
    }
    return 0;
}

}  // namespace

void replay_set_window(void* window) { replay.window = static_cast<guest_window*>(window); }

i64 sys_replay(PtRegs& regs) { return current()->pid == kInitPid ? run_coordinator() : run_traced_process(regs); }

}  // namespace km
