#include "tests/support/mm_process.h"

#include <stdexcept>

#include "kernel_model/mm/page_table.h"
#include "kernel_model/mm/vma_merge.h"

namespace km_test {

using namespace km;

namespace {

constexpr unsigned kMaxFaultsPerAccess = 4;

void require(bool condition, const char* what) {
    if (!condition) throw std::runtime_error(what);
}

// What a core does with the entry: true, and flags set, if the access is allowed.
bool translate(u64* slot, Access kind) {
    if (slot == nullptr || !pte_valid(Pte{*slot})) return false;
    if ((*slot & PTE_AF) == 0 && !port::features.hw_access_flag) return false;
    if (kind == Access::Write && (*slot & PTE_RDONLY) != 0) {
        if ((*slot & PTE_WRITE) == 0 || !port::features.hw_dirty) return false;
        *slot &= ~PTE_RDONLY;
    }
    *slot |= PTE_AF;
    return true;
}

}  // namespace

Process::Process() : mm_{mm_alloc()} { require(mm_ != nullptr, "no memory for an address space"); }

Process::~Process() { exit(); }

void Process::exit() {
    if (mm_ != nullptr) mm_destroy(*mm_);
    mm_ = nullptr;
}

Vma& Process::add(Vma* vma) {
    vma->vm_mm = mm_;
    mm_->vmas.insert(*vma);
    return *vma;
}

Vma& Process::map(u64 start, u64 bytes, u64 flags) { return map_file(start, bytes, flags, nullptr, start / kPage); }

Vma& Process::map_file(u64 start, u64 bytes, u64 flags, File* file, u64 pgoff) {
    Vma* const vma = vm_area_alloc(*mm_);
    require(vma != nullptr, "no memory for a region");
    vma->vm_start = start;
    vma->vm_end = start + bytes;
    vma->vm_flags = flags;
    vma->vm_pgoff = pgoff;
    vma->vm_file = file;
    if (file != nullptr) file_get(file);
    return add(vma);
}

Vma& Process::region(u64 address) {
    for (Vma* vma = mm_->vmas.first(); vma != nullptr; vma = vma->next)
        if (vma->contains(address)) return *vma;
    throw std::runtime_error("no region at this address");
}

void Process::split(u64 address) {
    Vma& vma = region(address);
    if (vma.vm_start == address) return;
    Vma* const upper = vm_area_alloc(*mm_);
    require(upper != nullptr, "no memory for a region");
    upper->vm_start = address;
    upper->vm_end = vma.vm_end;
    upper->vm_flags = vma.vm_flags;
    upper->vm_pgoff = vma.linear_page_index(address);
    upper->vm_file = vma.vm_file;
    if (upper->vm_file != nullptr) file_get(upper->vm_file);
    upper->anon_vma = vma.anon_vma;
    require(anon_vma_clone(*upper, vma) == 0, "no memory for an anon_vma_chain");
    mm_->vmas.set_range(vma, vma.vm_start, address, vma.vm_pgoff);
    add(upper);
}

void Process::unmap(u64 start, u64 bytes) {
    const u64 end = start + bytes;
    split(start);
    if (region(end - 1).vm_end != end) split(end);
    Vma& first = region(start);
    Vma& last = region(end - 1);
    const u64 floor = first.prev != nullptr ? first.prev->vm_end : 0;
    const u64 ceiling = last.next != nullptr ? last.next->vm_start : 0;
    for (Vma* vma = &first;;) {
        Vma* const next = vma->next;
        const bool done = vma == &last;
        mm_->vmas.erase(*vma);
        vma->next = done ? nullptr : next;
        if (done) break;
        vma = next;
    }
    unmap_region(*mm_, &first, start, end, floor, ceiling);
    for (Vma* vma = &first; vma != nullptr;) {
        Vma* const next = vma->next;
        remove_vma(*vma);
        vma = next;
    }
}

void Process::dontneed(u64 start, u64 bytes) { zap_page_range(region(start), start, start + bytes); }

void Process::mprotect(u64 start, u64 bytes, u64 rights) {
    const u64 end = start + bytes;
    split(start);
    if (region(end - 1).vm_end != end) split(end);
    MmuGather tlb{*mm_};
    for (Vma* vma = &region(start); vma != nullptr && vma->vm_start < end; vma = vma->next) {
        vma->vm_flags = (vma->vm_flags & ~(VM_READ | VM_WRITE | VM_EXEC)) | rights;
        const u64 cp_flags = vma_wants_manual_pte_write_upgrade(*vma) ? MM_CP_TRY_CHANGE_WRITABLE : 0;
        change_protection(tlb, *vma, vma->vm_start, vma->vm_end, cp_flags);
    }
}

void Process::mremap(u64 old_start, u64 new_start) {
    Vma& from = region(old_start);
    require(from.vm_start == old_start, "only whole regions are moved");
    const u64 bytes = from.vm_end - from.vm_start;
    Vma& to = map_file(new_start, bytes, from.vm_flags, from.vm_file, from.vm_pgoff);
    to.anon_vma = from.anon_vma;
    require(anon_vma_clone(to, from) == 0, "no memory for an anon_vma_chain");
    require(move_page_tables(from, old_start, to, new_start, bytes) == bytes, "no memory to move page tables");
    unmap(old_start, bytes);
}

void Process::fork_into(Process& child) {
    for (Vma* vma = mm_->vmas.first(); vma != nullptr; vma = vma->next) {
        Vma& copy = child.map_file(vma->vm_start, vma->vm_end - vma->vm_start, vma->vm_flags, vma->vm_file, vma->vm_pgoff);
        require(anon_vma_fork(copy, *vma) == 0, "no memory for an anon_vma");
        require(copy_page_range(copy, *vma) == 0, "no memory for page tables");
    }
    flush_tlb_mm(*mm_);
}

unsigned Process::access(u64 address, Access kind) {
    for (unsigned faults = 0; faults != kMaxFaultsPerAccess; ++faults) {
        if (translate(raw_slot(*mm_, address), kind)) return faults;
        const FaultOutcome outcome = handle_mm_fault(region(address), address, {kind == Access::Write, false, true});
        require(outcome == FaultOutcome::Handled || outcome == FaultOutcome::Retry, "the access was refused");
    }
    throw std::runtime_error("the same access faults again and again");
}

unsigned Process::touch(u64 start, u64 bytes, Access kind) {
    unsigned faults = 0;
    for (u64 offset = 0; offset < bytes; offset += kPage) faults += access(start + offset, kind);
    return faults;
}

u8* Process::byte_at(u64 address) {
    const u64 frame = pte_pfn(Pte{raw_entry(*mm_, address)}) << PAGE_SHIFT;
    return static_cast<u8*>(port::phys_to_virt(frame)) + address % kPage;
}

void Process::write(u64 address, u8 value) {
    access(address, Access::Write);
    *byte_at(address) = value;
}

u8 Process::read(u64 address) {
    access(address, Access::Read);
    return *byte_at(address);
}

}  // namespace km_test
