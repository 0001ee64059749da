// Linux: arch/arm64/mm/fault.c. Translation, access-flag and permission faults on user addresses all go to
// do_page_fault(); everything else is fatal.
#include "kernel_model/process/page_fault.h"

#include "kernel_model/boot/panic.h"
#include "kernel_model/mm/address_space.h"
#include "kernel_model/mm/mm_counters.h"
#include "kernel_model/mm/memory.h"
#include "kernel_model/mm/syscalls_mm.h"
#include "kernel_model/process/signal.h"
#include "kernel_model/process/task.h"
#include "kernel_model/process/user_access.h"
#include "mmu/arch/sysreg_layout.h"

namespace km {
namespace {

using arch::ESR_EL1;
using arch::ExceptionClass;

constexpr u64 kTranslationFault = 0b0001;  // DFSC [5:2]
constexpr u64 kAccessFlagFault = 0b0010;
constexpr u64 kPermissionFault = 0b0011;
constexpr u64 kAlignmentFault = 0b100001;  // DFSC

struct Abort {
    u64 address;
    u64 esr;
    PtRegs& regs;

    [[nodiscard]] ExceptionClass exception_class() const { return static_cast<ExceptionClass>(ESR_EL1::EC::get(esr)); }
    [[nodiscard]] u64 status() const { return ESR_EL1::DFSC::get(esr) >> 2; }
    [[nodiscard]] bool instruction() const {
        return exception_class() == ExceptionClass::InstructionAbortLower ||
               exception_class() == ExceptionClass::InstructionAbortSame;
    }
    // A cache maintenance operation reports a write, and is none.
    [[nodiscard]] bool write() const {
        return !instruction() && ESR_EL1::WnR::test(esr) && !ESR_EL1::CM::test(esr);
    }
};

// TCR_EL1.TBI0: the top byte of a user address does not take part in translation.
u64 untagged(u64 address) { return (address >> 55 & 1) != 0 ? address : address & arch::low_mask(56); }

// Linux: no_context(): a kernel access goes on at its fixup, a program dies.
void bad_access(const Abort& abort, int signal, int code, const char* reason) {
    if (abort.regs.user_mode())
        return force_signal(signal, reason, {.code = code, .address = abort.address, .syndrome = abort.esr}, abort.regs);
    const u64 continuation = find_fixup(abort.regs.pc);
    if (continuation == 0) panic("the kernel touched a bad user address", &abort.regs);
    abort.regs.pc = continuation;
}

// The memory manager is not asked: with pgfault these counts make up all aborts. Linux: bad_area().
void bad_area(const Abort& abort, int code, const char* reason) {
    count(abort.regs.user_mode() ? GUEST_FAULT_SIGSEGV : GUEST_FAULT_FIXUP);
    bad_access(abort, SIGSEGV, code, reason);
}

// Region flags of which one is enough. Write implies read, and without FEAT_PAN3 (EPAN) so does execute.
u64 needed_flags(const Abort& abort) {
    if (abort.instruction()) return VM_EXEC;
    return abort.write() ? VM_WRITE : VM_READ | VM_WRITE | VM_EXEC;
}

void report(const Abort& abort, FaultOutcome outcome) {
    switch (outcome) {
        case FaultOutcome::Handled: ++current()->min_flt; return;
        case FaultOutcome::Retry: return;
        case FaultOutcome::OutOfMemory: return bad_access(abort, SIGKILL, SI_KERNEL, "out of memory");
        case FaultOutcome::BusError: return bad_access(abort, SIGBUS, BUS_ADRERR, "access beyond the end of the file");
        case FaultOutcome::BadAccess:
            return bad_access(abort, SIGSEGV, SEGV_ACCERR, "the region does not allow this access");
        case FaultOutcome::BadAddress: return bad_access(abort, SIGSEGV, SEGV_MAPERR, "no region");
    }
}

void do_page_fault(const Abort& abort) {
    if (current()->mm == nullptr) return bad_area(abort, SEGV_MAPERR, "no address space");
    if (abort.status() == kPermissionFault && !abort.regs.user_mode() &&
        (abort.instruction() || find_fixup(abort.regs.pc) == 0))
        panic("the kernel touched user memory without leave", &abort.regs);
    Vma* vma = lock_mm_and_find_vma(*current()->mm, abort.address);
    if (vma == nullptr) return bad_area(abort, SEGV_MAPERR, "no region");
    if ((vma->vm_flags & needed_flags(abort)) == 0)
        return bad_area(abort, SEGV_ACCERR, "the region does not allow this access");
    const FaultFlags flags{abort.write(), abort.instruction(), abort.regs.user_mode()};
    report(abort, handle_mm_fault(*vma, abort.address, flags));
}

}  // namespace

void do_mem_abort(u64 address, u64 esr, PtRegs& regs) {
    const Abort abort{untagged(address), esr, regs};
    const bool page_fault = abort.status() == kTranslationFault || abort.status() == kAccessFlagFault ||
                            abort.status() == kPermissionFault;
    const bool alignment = ESR_EL1::DFSC::get(esr) == kAlignmentFault;
    if (abort.address < kTaskSize && page_fault) return do_page_fault(abort);
    if (!regs.user_mode()) panic("the kernel touched a bad address", &regs);
    count(GUEST_FAULT_SIGSEGV);
    const SignalInfo info{.code = page_fault ? SEGV_MAPERR : alignment ? BUS_ADRALN : BUS_ADRERR, .address = address, .syndrome = esr};
    force_signal(page_fault ? SIGSEGV : SIGBUS, page_fault ? "not a user address" : "abort", info, regs);
}

}  // namespace km
