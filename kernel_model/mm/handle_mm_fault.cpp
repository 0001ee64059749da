#include "kernel_model/mm/fault.h"
#include "kernel_model/mm/page_table.h"

namespace km {
namespace {

FaultOutcome outcome(AnonymousFault result) {
    if (result == AnonymousFault::NoMemory) return FaultOutcome::OutOfMemory;
    if (result == AnonymousFault::Shared) return FaultOutcome::BusError;
    return result == AnonymousFault::Changed ? FaultOutcome::Retry : FaultOutcome::Handled;
}
FaultOutcome outcome(FileFault result) {
    if (result == FileFault::NoMemory) return FaultOutcome::OutOfMemory;
    if (result == FileFault::BeyondEnd) return FaultOutcome::BusError;
    return result == FileFault::Changed ? FaultOutcome::Retry : FaultOutcome::Handled;
}
FaultOutcome outcome(WriteFault result) {
    if (result == WriteFault::NoMemory) return FaultOutcome::OutOfMemory;
    return result == WriteFault::Changed ? FaultOutcome::Retry : FaultOutcome::Handled;
}

// Reads the entry without the table's lock, as Linux does first.
void read_entry(VmFault& vmf) {
    const u64 pmd = port::load_descriptor(vmf.pmd);
    if (pmd == 0) return;
    vmf.pte = pte_offset(pmd, vmf.address);
    vmf.orig_pte = ptep_get_lockless(vmf.pte);
    vmf.orig_pte_valid = true;
    if (pte_none(vmf.orig_pte)) vmf.pte = nullptr;
}

// The entry allows the access but for access flag or dirty state, which software sets on cores without the hardware.
// Nothing to set: another fault did it, or an old entry was still in a TLB.
FaultOutcome set_access_flags(VmFault& vmf, Pte entry) {
    AddressSpace& mm = *vmf.vma.vm_mm;
    const bool write = vmf.flags.write;
    const bool was_dirty = pte_dirty(vmf.orig_pte);
    if (!ptep_set_access_flags(mm, vmf.address, vmf.pte, pte_mkyoung(entry), write)) {
        count(GUEST_FAULT_SPURIOUS);
        return FaultOutcome::Handled;
    }
    count(write && !was_dirty ? GUEST_FAULT_DIRTY : GUEST_FAULT_ACCESS_FLAG);
    return FaultOutcome::Handled;
}

FaultOutcome handle_pte_fault(VmFault& vmf) {
    read_entry(vmf);
    if (vmf.pte == nullptr)
        return vmf.vma.is_anonymous() ? outcome(do_anonymous_page(vmf)) : outcome(do_fault(vmf));
    if (ptep_get(vmf.pte) != vmf.orig_pte) {
        count(GUEST_FAULT_SPURIOUS);
        return FaultOutcome::Retry;
    }
    Pte entry = vmf.orig_pte;
    if (vmf.flags.write) {
        if (!pte_write(entry)) return outcome(do_wp_page(vmf));
        entry = pte_mkdirty(entry);
    }
    return set_access_flags(vmf, entry);
}

// Linux checks this in do_page_fault(), arch/arm64/mm/fault.c; without enhanced PAN any right gives the right to read.
bool access_allowed(const Vma& vma, FaultFlags flags) {
    if (flags.instruction) return (vma.vm_flags & VM_EXEC) != 0;
    if (flags.write) return (vma.vm_flags & VM_WRITE) != 0;
    return (vma.vm_flags & (VM_READ | VM_WRITE | VM_EXEC)) != 0;
}

}  // namespace

extern "C" [[gnu::noinline]] FaultOutcome handle_mm_fault(Vma& vma, u64 address, FaultFlags flags) {
    count(GUEST_PGFAULT);
    count(flags.user ? GUEST_PGFAULT_USER : GUEST_PGFAULT_KERNEL);
    if (vma.is_anonymous()) count(flags.user ? GUEST_PGFAULT_ANON_USER : GUEST_PGFAULT_ANON_KERNEL);
    if (!access_allowed(vma, flags)) {
        count(GUEST_FAULT_SIGSEGV);
        return FaultOutcome::BadAccess;
    }
    VmFault vmf{vma, address & PAGE_MASK, flags};
    vmf.pmd = alloc_entry(*vma.vm_mm, kPteLevel - 1, address);
    if (vmf.pmd == nullptr) return FaultOutcome::OutOfMemory;
    return handle_pte_fault(vmf);
}

}  // namespace km
