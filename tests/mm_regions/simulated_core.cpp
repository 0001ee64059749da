#include "tests/mm_regions/simulated_core.h"

#include <stdexcept>

#include "kernel_model/mm/asid_allocator.h"
#include "mmu/arch/tlbi.h"
#include "tests/support/mm_machine.h"

namespace km_test {

using namespace km;

namespace {

constexpr unsigned kMaxFaults = 4;

// What the hardware does to the entry on the way; false: a fault.
bool walk(u64* slot, AccessKind kind) {
    if (slot == nullptr || !pte_valid(Pte{*slot})) return false;
    if ((*slot & PTE_AF) == 0 && !port::features.hw_access_flag) return false;
    if ((*slot & PTE_USER) == 0) return false;
    if (kind == AccessKind::Execute && (*slot & PTE_UXN) != 0) return false;
    if (kind == AccessKind::Write && (*slot & PTE_RDONLY) != 0) {
        if (!pte_write(Pte{*slot}) || !port::features.hw_dirty) return false;
        *slot &= ~PTE_RDONLY;
    }
    *slot |= PTE_AF;
    return true;
}

u64 needed_flags(AccessKind kind) {
    if (kind == AccessKind::Execute) return VM_EXEC;
    return kind == AccessKind::Write ? VM_WRITE : VM_ACCESS_FLAGS;
}

// As the kernel's entry code does. Done: try again.
Outcome page_fault(AddressSpace& mm, u64 address, AccessKind kind) {
    Vma* const vma = lock_mm_and_find_vma(mm, address);
    if (vma == nullptr || (vma->vm_flags & needed_flags(kind)) == 0) return Outcome::Segv;
    const FaultFlags flags{kind == AccessKind::Write, kind == AccessKind::Execute, true};
    switch (handle_mm_fault(*vma, address, flags)) {
        case FaultOutcome::Handled:
        case FaultOutcome::Retry: return Outcome::Done;
        case FaultOutcome::OutOfMemory: return Outcome::OutOfMemory;
        case FaultOutcome::BusError: return Outcome::Bus;
        default: return Outcome::Segv;
    }
}

arch::TlbiOpcode opcode_of(port::TlbiOp op) {
    switch (op) {
        case port::TlbiOp::VAE1IS: return {0, 8, 3, 1};
        case port::TlbiOp::VALE1IS: return {0, 8, 3, 5};
        case port::TlbiOp::RVAE1IS: return {0, 8, 2, 1};
        case port::TlbiOp::RVALE1IS: return {0, 8, 2, 5};
        case port::TlbiOp::ASIDE1IS: return {0, 8, 3, 2};
        case port::TlbiOp::VMALLE1IS: return {0, 8, 3, 0};
        case port::TlbiOp::VMALLE1: return {0, 8, 7, 0};
        case port::TlbiOp::VALE1: return {0, 8, 7, 5};
    }
    throw std::logic_error("an unknown TLBI");
}

}  // namespace

bool SimulatedCore::Entry::allows(AccessKind kind) const {
    if (kind == AccessKind::Execute) return executable;
    return user && (kind == AccessKind::Read || writable);
}

// A contiguous entry stands for its whole block.
void SimulatedCore::fill(const AddressSpace& mm, u64 address, Pte pte) {
    const u64 bytes = pte_cont(pte) ? CONT_PTE_SIZE : PAGE_SIZE;
    const u64 start = arch::align_down(address, bytes), frame = arch::align_down(pte_pfn(pte) << PAGE_SHIFT, bytes);
    const bool user = (pte.raw & PTE_USER) != 0;
    for (u64 offset = 0; offset != bytes; offset += PAGE_SIZE)
        tlb_[{asid_of(mm), (start + offset) >> PAGE_SHIFT}] = {frame + offset, user, (pte.raw & PTE_RDONLY) == 0,
                                                               user && (pte.raw & PTE_UXN) == 0};
}

// An entry that forbids the access is dropped and walked for again: a table that allows more needs no invalidation.
const SimulatedCore::Entry* SimulatedCore::lookup(AddressSpace& mm, u64 address, AccessKind kind) {
    const std::pair key{asid_of(mm), address >> PAGE_SHIFT};
    if (const auto hit = tlb_.find(key); hit != tlb_.end() && hit->second.allows(kind)) return &hit->second;
    u64* const slot = raw_slot(mm, address);
    if (!walk(slot, kind)) return nullptr;
    fill(mm, address, Pte{*slot});
    return &tlb_.at(key);
}

Outcome SimulatedCore::access(AddressSpace& mm, u64 address, AccessKind kind, u8*& byte) {
    switch_mm(mm);
    carry_out_invalidations();
    for (unsigned faults = 0; faults != kMaxFaults; ++faults) {
        if (const Entry* const entry = lookup(mm, address, kind)) {
            byte = static_cast<u8*>(port::phys_to_virt(entry->frame)) + address % PAGE_SIZE;
            return Outcome::Done;
        }
        const Outcome outcome = page_fault(mm, address, kind);
        carry_out_invalidations();
        if (outcome != Outcome::Done) return outcome;
    }
    throw std::runtime_error("the same access faults again and again");
}

void SimulatedCore::invalidate(const port::Event& event) {
    const auto tlbi = arch::decode_tlbi(opcode_of(event.tlbi), event.operand, kGranule, port::features.ttl);
    if (!tlbi) throw std::runtime_error("a TLBI with a reserved operand");
    using Scope = arch::TlbInvalidation::Scope;
    if (tlbi->scope == Scope::All) return tlb_.clear();
    if (tlbi->scope == Scope::VaAllAsids) throw std::runtime_error("a TLBI of all ASIDs, which the kernel never needs");
    // All our entries are of level 3; a hint at another level need not reach them.
    if (tlbi->ttl_level != -1 && tlbi->ttl_level != kPteLevel) return;
    const bool whole = tlbi->scope == Scope::Asid;
    const u64 first = whole ? 0 : tlbi->va >> PAGE_SHIFT, end = whole ? ~u64{0} : first + (tlbi->bytes >> PAGE_SHIFT);
    tlb_.erase(tlb_.lower_bound({tlbi->asid, first}), tlb_.lower_bound({tlbi->asid, end}));
}

void SimulatedCore::carry_out_invalidations() {
    for (const port::Event& event : port::recorder.events)
        if (event.kind == port::Event::Kind::Tlbi) invalidate(event);
    port::recorder.events.clear();
}

void SimulatedCore::lose_invalidations() { port::recorder.events.clear(); }

}  // namespace km_test
