// execve is the difficult part. The kernel copies the arguments to a temporary stack at the top of the address
// space (faults from __get_user_pages), later moves those pages to the stack's final place, and maps the program, all
// before the trace shows the final addresses. So the new address space's operations are held until the first fault on
// the final stack tells where it ends; then the argument pages are touched there, in a region as small as the temporary
// one was, and the held operations follow.
#include "emu/trace/replay_program.h"

#include <algorithm>
#include <utility>

#include "kernel_model/mm/vma.h"

namespace emu::trace {

namespace {

constexpr std::uint64_t kPage = 4096;
constexpr std::uint64_t kContpteBlock = 16 * kPage;
constexpr std::uint64_t kMaxErrno = 4095;
// mmap and mremap flags. Linux: include/uapi/asm-generic/mman-common.h, mman.h.
constexpr std::uint64_t kMapFixed = 0x10;
constexpr std::uint64_t kMapAnonymous = 0x20;
constexpr std::uint64_t kMapPopulate = 0x8000;
constexpr std::uint64_t kMapFixedNoReplace = 0x100000;
constexpr std::uint64_t kMremapMayMove = 1;
constexpr std::uint64_t kMremapFixed = 2;
constexpr std::uint64_t kCloneVm = 0x100;
// vm_flags of the stack that execve builds before it knows where it goes. Linux: VM_STACK_INCOMPLETE_SETUP.
constexpr std::uint64_t kVmIncompleteStack = 0x18000;
// vm_flags that a region is made with; the rest is bookkeeping of the recorded kernel.
constexpr std::uint64_t kKeptVmFlags = km::VM_READ | km::VM_WRITE | km::VM_EXEC | km::VM_SHARED | km::VM_MAYREAD |
                                       km::VM_MAYWRITE | km::VM_MAYEXEC | km::VM_MAYSHARE | km::VM_GROWSDOWN |
                                       km::VM_HUGEPAGE | km::VM_NOHUGEPAGE;
constexpr std::uint64_t kPlainRegion = km::VM_READ | km::VM_WRITE | km::VM_MAYREAD | km::VM_MAYWRITE | km::VM_MAYEXEC;

// arm64 numbers. Linux: include/uapi/asm-generic/unistd.h.
constexpr std::uint16_t kNrBrk = 214, kNrMunmap = 215, kNrMremap = 216, kNrMmap = 222, kNrMprotect = 226,
                        kNrMadvise = 233;

bool is_error(std::uint64_t result) {
    return result > ~std::uint64_t{kMaxErrno};
}
std::uint64_t page_up(std::uint64_t v) {
    return (v + kPage - 1) & ~(kPage - 1);
}
std::uint64_t page_down(std::uint64_t v) {
    return v & ~(kPage - 1);
}

replay_op operation(std::uint16_t kind) {
    replay_op op{};
    op.kind = kind;
    return op;
}

replay_op call_operation(std::uint16_t nr, const std::array<std::uint64_t, 6>& arguments, std::uint64_t expect) {
    replay_op op = operation(REPLAY_SYSCALL);
    op.nr = nr;
    std::copy(arguments.begin(), arguments.end(), op.a);
    op.expect = expect;
    return op;
}

replay_op access_operation(std::uint64_t address, std::uint64_t type) {
    replay_op op = operation(REPLAY_ACCESS);
    op.a[0] = address;
    op.a[1] = type;
    return op;
}

std::uint64_t access_type(const Event& fault) {
    const bool write = (fault.fault_flags & kFaultWrite) != 0 || !fault.access_known;
    if ((fault.fault_flags & kFaultInstruction) != 0) return REPLAY_ACCESS_EXECUTE;
    if (fault.kernel) return write ? REPLAY_ACCESS_KERNEL_WRITE : REPLAY_ACCESS_KERNEL_READ;
    return write ? REPLAY_ACCESS_WRITE : REPLAY_ACCESS_READ;
}

Event moved(Event fault, const HeapMove& heap) {
    RegionInfo& r = fault.region;
    const std::uint64_t start = heap.moved(r.vm_start);
    fault.address = heap.moved(fault.address);
    r.vm_pgoff += (start - r.vm_start) / kPage;
    r.vm_start = start;
    r.vm_end = heap.moved(r.vm_end);
    return fault;
}

bool on_temporary_stack(const Event& fault) {
    return fault.region.known && (fault.region.vm_flags & kVmIncompleteStack) == kVmIncompleteStack &&
           (fault.region.vm_flags & km::VM_GROWSDOWN) != 0;
}

}  // namespace

ReplayProgram::Task& ReplayProgram::task(std::uint32_t number) {
    Task& t = tasks_[number];
    if (!t.process) start_process(t);
    return t;
}

void ReplayProgram::start_process(Task& t) {
    t.process = std::make_shared<Process>();
    t.process->id = next_process_++;
    ++statistics_.processes;
    emit(*t.process, operation(REPLAY_SPAWN));
}

void ReplayProgram::emit(Process& p, replay_op op) {
    op.pid = p.id;
    if (p.exec_pending) {
        p.held.push_back(op);
    } else {
        sink_(op);
    }
}

void ReplayProgram::add(const Event& e) {
    switch (e.kind) {
        case EventKind::Fault: add_fault(e); break;
        case EventKind::FaultReturn: {
            Task& t = task(e.task);
            if (t.faults.empty()) break;
            const Event fault = t.faults.back();
            t.faults.pop_back();
            if ((e.result & kVmFaultRetry) != 0) {
                ++statistics_.retries;
            } else {
                complete_fault(t, fault, e.from_get_user_pages);
            }
            break;
        }
        case EventKind::SyscallEnter: {
            Task& t = task(e.task);
            t.call = e;
            t.call_valid = true;
            if (e.call == Syscall::execve) t.in_exec = true;
            if (e.call == Syscall::clone) t.clone_flags = e.argument[0];
            t.clone_is_spawn = e.call == Syscall::clone3;
            break;
        }
        case EventKind::SyscallExit: add_call(task(e.task), e); break;
        case EventKind::Fork: add_fork(e); break;
        case EventKind::Exec: enter_new_image(task(e.task)); break;
        case EventKind::Exit: end_task(e.task); break;
        case EventKind::Contpte: count_contpte(e); break;
    }
}

void ReplayProgram::count_contpte(const Event& e) {
    ++statistics_.contpte[static_cast<std::size_t>(e.contpte)];
    const std::uint64_t first = (e.address + kContpteBlock - 1) / kContpteBlock;
    const std::uint64_t end = (e.address + e.contpte_nr * kPage) / kContpteBlock;
    switch (e.contpte) {
        case ContpteCall::set_ptes: statistics_.born_folded += e.contpte_nr * kPage == kContpteBlock ? 1 : 0; break;
        case ContpteCall::clear_full_ptes:
        case ContpteCall::get_and_clear_full_ptes: statistics_.cleared_whole += end > first ? end - first : 0; break;
        default: break;
    }
}

void ReplayProgram::add_fault(const Event& e) {
    Task& t = task(e.task);
    // Formats without region fields have no results either: the event is the fault.
    if (!e.region.known) {
        complete_fault(t, e, false);
        return;
    }
    t.faults.push_back(e);
}

void ReplayProgram::count_fault(const Event& fault, bool from_get_user_pages) {
    if (from_get_user_pages) {
        ++statistics_.from_get_user_pages;
        return;
    }
    const bool file = fault.region.known ? fault.region.vm_file != 0 : (fault.fault_flags & kFaultInstruction) != 0;
    if (file) {
        ++(fault.kernel ? statistics_.file_kernel : statistics_.file_user);
    } else {
        ++(fault.kernel ? statistics_.anon_kernel : statistics_.anon_user);
    }
}

void ReplayProgram::complete_fault(Task& t, const Event& recorded, bool from_get_user_pages) {
    count_fault(recorded, from_get_user_pages);
    if (t.in_exec && from_get_user_pages) enter_new_image(t);
    Process& p = *t.process;
    const Event fault = moved(recorded, p.heap);
    if (p.exec_pending && on_temporary_stack(fault)) {
        p.argument_pages.push_back(fault.region.vm_end - fault.address);
        return;
    }
    if (p.exec_pending && fault.region.known && (fault.region.vm_flags & km::VM_GROWSDOWN) != 0) {
        release_held(p, fault.region.vm_start, fault.region.vm_end, fault.region.vm_flags);
    }
    ensure_region(p, fault);
    note_touch(p, fault);
    Event access = fault;
    if (from_get_user_pages) access.kernel = true;
    emit(p, access_operation(fault.address, access_type(access)));
}

// An interval set a process: memory is the footprint's, not the trace's.
void ReplayProgram::note_touch(Process& p, const Event& fault) {
    const std::uint64_t page = page_down(fault.address);
    if ((fault.region.known && fault.region.vm_file != 0) || p.touched.contains(page)) return;
    p.touched.insert(page, page + kPage);
    ++statistics_.touched_anon_pages;
}

void ReplayProgram::release_held(Process& p, std::uint64_t stack_start, std::uint64_t stack_end, std::uint64_t flags) {
    std::vector<replay_op> held = std::move(p.held);
    p.held.clear();
    p.exec_pending = false;
    emit(p, held.front());  // REPLAY_EXEC or REPLAY_SPAWN
    for (const std::uint64_t below_end : p.argument_pages) {
        const std::uint64_t address = stack_end - below_end;
        for (const auto& [start, end] : p.mapped.holes(page_down(address), stack_end)) {
            region(p, start, end, flags, start / kPage, 0);
        }
        emit(p, access_operation(address, REPLAY_ACCESS_KERNEL_WRITE));
    }
    p.argument_pages.clear();
    if (stack_start < stack_end) {
        for (const auto& [start, end] : p.mapped.holes(stack_start, stack_end))
            region(p, start, end, flags, start / kPage, 0);
    }
    for (std::size_t i = 1; i < held.size(); ++i) emit(p, held[i]);
}

// The task leaves its old address space for a new, empty one. Called at the first sign of it, once per execve.
void ReplayProgram::enter_new_image(Task& t) {
    if (!t.in_exec) return;
    t.in_exec = false;
    const bool shared = t.process->users > 1;
    if (shared) {
        --t.process->users;
        t.process = std::make_shared<Process>();
        t.process->id = next_process_++;
        ++statistics_.processes;
    }
    Process& p = *t.process;
    if (p.exec_pending) release_held(p, 0, 0, 0);
    p.mapped.clear();
    p.touched.clear();
    p.heap_known = false;
    p.heap = {};
    ++p.image;
    replay_op op = operation(shared ? REPLAY_SPAWN : REPLAY_EXEC);
    op.pid = p.id;
    p.exec_pending = true;
    p.held.push_back(op);
}

void ReplayProgram::region(Process& p, std::uint64_t start, std::uint64_t end, std::uint64_t flags, std::uint64_t pgoff,
                           std::uint64_t file) {
    replay_op op = operation(REPLAY_REGION);
    op.a[0] = start;
    op.a[1] = end;
    op.a[2] = flags & kKeptVmFlags;
    op.a[3] = pgoff;
    op.a[4] = file;
    emit(p, op);
    p.mapped.insert(start, end);
}

void ReplayProgram::ensure_region(Process& p, const Event& fault) {
    if (fault.region.known) {
        const RegionInfo& r = fault.region;
        const std::uint64_t file = r.vm_file == 0 ? 0 : next_file_;
        bool made = false;
        for (const auto& [start, end] : p.mapped.holes(r.vm_start, r.vm_end)) {
            // A region without its own file keeps Linux's virtual offset, so that neighbours may merge.
            region(p, start, end, r.vm_flags, r.vm_pgoff + (start - r.vm_start) / kPage, file);
            made = true;
        }
        if (made && file != 0) ++next_file_;
        return;
    }
    const std::uint64_t page = page_down(fault.address);
    if (p.mapped.contains(page)) return;
    std::uint64_t start = page;
    std::uint64_t end = page + kPage;
    while (assumed_.contains(start - kPage) && !p.mapped.contains(start - kPage)) start -= kPage;
    while (assumed_.contains(end) && !p.mapped.contains(end)) end += kPage;
    const bool code = (fault.fault_flags & kFaultInstruction) != 0;
    region(p, start, end, kPlainRegion | km::VM_EXEC, code ? 0 : start / kPage, code ? next_file_++ : 0);
}

void ReplayProgram::add_call(Task& t, const Event& exit) {
    if (exit.call == Syscall::execve) {
        if (exit.result == 0) enter_new_image(t);
        t.in_exec = false;
        t.call_valid = false;
        return;
    }
    if (!t.call_valid || t.call.call != exit.call) return;
    t.call_valid = false;
    if (is_error(exit.result)) return;
    const Event& call = t.call;
    Process& p = *t.process;
    switch (call.call) {
        case Syscall::mmap: repeat_mmap(p, call, exit.result); break;
        case Syscall::mremap: repeat_mremap(p, call, exit.result); break;
        case Syscall::brk: repeat_brk(p, call, exit.result); break;
        case Syscall::munmap:
        case Syscall::mprotect:
        case Syscall::madvise: repeat_range_call(p, call); break;
        default: return;
    }
    ++statistics_.calls;
    // What the program asked for: the calls in order and the sizes it mapped. Addresses, and the trimmings that depend
    // on them, differ between two runs of the same program.
    const std::uint64_t asked = call.call == Syscall::mmap ? call.argument[1] : 0;
    for (const std::uint64_t v : {static_cast<std::uint64_t>(call.call), asked})
        p.call_hash = (p.call_hash ^ v) * 0x100000001b3;
}

void ReplayProgram::repeat_mmap(Process& p, const Event& call, std::uint64_t result) {
    auto a = call.argument;
    a[0] = result;
    a[3] = (a[3] & ~(kMapPopulate | kMapFixedNoReplace)) | kMapFixed;
    a[4] = (a[3] & kMapAnonymous) != 0 ? ~std::uint64_t{0} : REPLAY_FD_BASE + next_file_++;
    emit(p, call_operation(kNrMmap, a, result));
    p.mapped.insert(result, result + page_up(a[1]));
}

void ReplayProgram::repeat_mremap(Process& p, const Event& call, std::uint64_t result) {
    auto a = call.argument;
    for (const auto& [start, end] : p.mapped.holes(a[0], a[0] + page_up(a[1])))
        region(p, start, end, kPlainRegion, start / kPage, 0);
    if (result != a[0]) {
        a[3] |= kMremapMayMove | kMremapFixed;
        a[4] = result;
    }
    emit(p, call_operation(kNrMremap, a, result));
    p.mapped.erase(a[0], a[0] + page_up(a[1]));
    p.mapped.insert(result, result + page_up(a[2]));
}

void ReplayProgram::start_heap(Process& p, std::uint64_t start) {
    p.heap_known = true;
    statistics_.heaps.push_back({p.id, p.image, start});
    p.heap.begin(start, start);
    for (const HeapStart& wanted : wanted_heaps_) {
        if (wanted.process == p.id && wanted.image == p.image) p.heap.begin(start, wanted.address);
    }
    replay_op op = operation(REPLAY_BRK_INIT);
    op.a[0] = p.heap.moved(start);
    emit(p, op);
}

void ReplayProgram::repeat_brk(Process& p, const Event& call, std::uint64_t result) {
    if (!p.heap_known) {
        start_heap(p, result);
        if (call.argument[0] != 0 && call.argument[0] != result) return;
    }
    p.heap.grow_to(result);
    const std::uint64_t end = p.heap.moved(result);
    emit(p, call_operation(kNrBrk, {p.heap.moved(call.argument[0])}, end));
    // The heap's extent is the kernel's own business: faults above its start are inside it.
    if (call.argument[0] == result && result != 0) p.mapped.insert(page_down(end) - kPage, page_up(end));
}

void ReplayProgram::repeat_range_call(Process& p, const Event& recorded) {
    Event call = recorded;
    const std::uint64_t start = call.argument[0] = p.heap.moved(recorded.argument[0]);
    const std::uint64_t end = start + page_up(call.argument[1]);
    if (call.call == Syscall::munmap) {
        p.mapped.erase(start, end);
        emit(p, call_operation(kNrMunmap, call.argument, 0));
        return;
    }
    // The call succeeded, so its range was mapped: what no fault has shown yet is taken as plain memory.
    for (const auto& [from, to] : p.mapped.holes(start, end)) region(p, from, to, kPlainRegion, from / kPage, 0);
    emit(p, call_operation(call.call == Syscall::mprotect ? kNrMprotect : kNrMadvise, call.argument, 0));
}

void ReplayProgram::add_fork(const Event& e) {
    Task& parent = task(e.task);
    Task& child = tasks_[e.child];
    child = Task{};
    const bool shares = parent.clone_is_spawn || (parent.clone_flags & kCloneVm) != 0;
    if (shares) {
        child.process = parent.process;
        ++parent.process->users;
        return;
    }
    if (parent.process->exec_pending) release_held(*parent.process, 0, 0, 0);
    child.process = std::make_shared<Process>(*parent.process);
    child.process->id = next_process_++;
    child.process->users = 1;
    child.process->call_hash = kEmptyHash;
    ++statistics_.processes;
    replay_op op = operation(REPLAY_FORK);
    op.a[0] = child.process->id;
    emit(*parent.process, op);
}

void ReplayProgram::end_task(std::uint32_t number) {
    const auto it = tasks_.find(number);
    if (it == tasks_.end() || !it->second.process) return;
    Task& t = it->second;
    statistics_.unpaired += t.faults.size();
    Process& p = *t.process;
    if (p.exec_pending) release_held(p, 0, 0, 0);
    if (--p.users == 0) {
        emit(p, operation(REPLAY_EXIT));
        statistics_.call_sequence_hash += p.call_hash;  // a sum: processes interleave differently from run to run
    }
    tasks_.erase(it);
}

void ReplayProgram::finish() {
    while (!tasks_.empty()) end_task(tasks_.begin()->first);
    sink_(operation(REPLAY_END));
}

}  // namespace emu::trace
