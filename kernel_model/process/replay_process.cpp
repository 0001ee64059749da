#include "kernel_model/process/replay_process.h"

#include "kernel_model/mm/address_space.h"
#include "kernel_model/mm/memory.h"
#include "kernel_model/mm/mm_counters.h"
#include "kernel_model/mm/mman.h"
#include "kernel_model/mm/syscalls_mm.h"
#include "kernel_model/process/replay_stub.h"
#include "kernel_model/process/scheduler.h"
#include "kernel_model/process/task_list.h"

extern "C" const arch::u8 replay_stub_start[], replay_stub_end[];

namespace km {
namespace {

constexpr u64 kPage = 4096;

File* stub_file() {
    static File* file = nullptr;
    if (file == nullptr) file = file_create(replay_stub_start, static_cast<u64>(replay_stub_end - replay_stub_start));
    return file;
}

// Shared and file-backed: fork neither copies nor write-protects it.
AddressSpace* stub_address_space() {
    File* file = stub_file();
    AddressSpace* mm = mm_alloc();
    if (file == nullptr || mm == nullptr) return nullptr;
    const i64 mapped = do_mmap(*mm, REPLAY_STUB_ADDRESS, kPage, PROT_READ | PROT_EXEC, MAP_SHARED | MAP_FIXED, file, 0);
    if (mapped >= 0) return mm;
    mm_destroy(*mm);
    return nullptr;
}

PtRegs stub_entry() {
    PtRegs regs{};
    regs.pc = REPLAY_STUB_ADDRESS;
    return regs;
}

}  // namespace

void replay_prefault_stub(Task& task) {
    u64 saved[GUEST_FAULT_SIGSEGV - GUEST_PGFAULT + 1];
    for (unsigned i = GUEST_PGFAULT; i <= GUEST_FAULT_SIGSEGV; ++i) saved[i - GUEST_PGFAULT] = counters[i];
    Vma* vma = find_vma(*task.mm, REPLAY_STUB_ADDRESS);
    if (vma != nullptr && vma->contains(REPLAY_STUB_ADDRESS)) {
        static_cast<void>(handle_mm_fault(*vma, REPLAY_STUB_ADDRESS, FaultFlags{.instruction = true, .user = true}));
    }
    for (unsigned i = GUEST_PGFAULT; i <= GUEST_FAULT_SIGSEGV; ++i) counters[i] = saved[i - GUEST_PGFAULT];
}

Task* replay_spawn(Task& coordinator) {
    AddressSpace* mm = stub_address_space();
    Task* task = mm == nullptr ? nullptr : new_task(&coordinator);
    if (task == nullptr) return nullptr;
    task->mm = mm;
    replay_prefault_stub(*task);
    *task->regs() = stub_entry();
    task->context.sp = reinterpret_cast<u64>(task->regs());
    task->context.pc = reinterpret_cast<u64>(ret_from_fork);
    return task;
}

bool replay_reset(PtRegs& regs) {
    AddressSpace* mm = stub_address_space();
    if (mm == nullptr) return false;
    AddressSpace* old = current()->mm;
    current()->mm = mm;
    switch_mm(*mm);
    mm_destroy(*old);
    replay_prefault_stub(*current());
    regs = stub_entry();
    return true;
}

}  // namespace km
