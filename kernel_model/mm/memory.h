// The page-table level of the memory manager, as the system calls (mmap.cpp, mprotect.cpp ...), the boot code and the
// fault entry use it. Linux: include/linux/mm.h. Addresses and lengths are bytes, page aligned unless said otherwise.
#pragma once

#include "kernel_model/mm/address_space.h"
#include "kernel_model/mm/anon_vma.h"
#include "kernel_model/mm/buddy_allocator.h"
#include "kernel_model/mm/file.h"
#include "kernel_model/mm/kernel_options.h"
#include "kernel_model/mm/mm_counters.h"
#include "kernel_model/mm/mmu_gather.h"
#include "kernel_model/mm/tlbflush.h"

namespace km {

// ---- Start, in this order ----
struct PhysicalRange {
    u64 start{0};
    u64 end{0};
};
// Bytes of the page array for `ram`.
[[nodiscard]] u64 page_array_bytes(PhysicalRange ram);
// Makes the page array at `page_array_pa` (reserved by the caller) and takes the options. All frames are reserved.
void mm_init(const KernelOptions& options, PhysicalRange ram, u64 page_array_pa);
// Gives one maximal free range to the allocator; ascending calls give ascending allocations.
void mm_add_free_range(PhysicalRange free);
// Orders free memory as the options say, makes the zero page, counts the free pages.
void mm_init_finish();

// ---- Faults ----
enum class FaultOutcome : u64 {
    Handled,
    Retry,       // nothing done; the access will fault again
    OutOfMemory,
    BadAccess,   // the region forbids it: SIGSEGV, SEGV_ACCERR
    BadAddress,  // no region: SIGSEGV, SEGV_MAPERR (the caller's find_vma says so, never handle_mm_fault)
    BusError,    // beyond the end of the file: SIGBUS
};
struct FaultFlags {
    bool write{false};
    bool instruction{false};
    bool user{false};  // taken from EL0
};
// Translation, access-flag and permission faults alike; `address` is the faulting byte, inside `vma`. Counts PGFAULT
// and its kinds.
extern "C" FaultOutcome handle_mm_fault(Vma& vma, u64 address, FaultFlags flags);

// ---- Address spaces ----
[[nodiscard]] AddressSpace* mm_alloc();  // null: no memory
// Closes the file of a region that is in no tree and frees it; its pages and AnonVmas are gone. In mmap.cpp.
void remove_vma(Vma& vma);
// exit_mmap() and mmdrop(): unmaps everything, frees the tables, gives each region to remove_vma(), frees `mm`.
// It must not be installed any more.
void mm_destroy(AddressSpace& mm);
// Makes `mm` the one that TTBR0_EL1 and the ASID name. Linux: switch_mm().
void switch_mm(AddressSpace& mm);
// No address space is installed any more: the caller has put a table that maps nothing into TTBR0_EL1.
void leave_mm();
extern AddressSpace* all_address_spaces;  // linked by `next`, newest first

// ---- Regions ----
// Fork: copies the entries of `src` that must be copied into `dst`, which covers the same addresses, and write
// protects private ones. anon_vma_fork() comes before, flush_tlb_mm(parent) once after the last region.
// 0 or -ENOMEM.
extern "C" i64 copy_page_range(Vma& dst, Vma& src);

// Unmaps [start, end) of a list of regions that are already out of the tree: `first`, linked by `next`, ended by null.
// Frees tables that map nothing else: `floor` is the end of the region before (0: none), `ceiling` the start of the
// one after (0: none). Unlinks the regions from their AnonVmas; freeing them is the caller's. Linux: vms_clear_ptes().
extern "C" void unmap_region(AddressSpace& mm, Vma* first, u64 start, u64 end, u64 floor, u64 ceiling);

// MADV_DONTNEED of part of one region. Linux: zap_page_range_single().
extern "C" void zap_page_range(Vma& vma, u64 start, u64 end);

// vma.vm_flags already holds the new protection. `cp_flags` is 0 or MM_CP_TRY_CHANGE_WRITABLE, which
// vma_wants_manual_pte_write_upgrade() decides. One MmuGather may serve all regions of a call.
inline constexpr u64 MM_CP_TRY_CHANGE_WRITABLE = 1;
[[nodiscard]] inline bool vma_wants_manual_pte_write_upgrade(const Vma& vma) {
    return (vma.vm_flags & (VM_SHARED | VM_WRITE)) == VM_WRITE;
}
extern "C" void change_protection(MmuGather& tlb, Vma& vma, u64 start, u64 end, u64 cp_flags);

// mremap: moves the entries of [old_address, +length) of `from` to `to`, whole tables where both sides allow. Returns
// bytes moved; less than length: no memory, and the caller moves them back.
extern "C" u64 move_page_tables(Vma& from, u64 old_address, Vma& to, u64 new_address, u64 length);

// MADV_COLD, and MADV_FREE, of part of one region.
void madvise_cold(Vma& vma, u64 start, u64 end);
void madvise_free(Vma& vma, u64 start, u64 end);

// ---- State ----
// A hash of all live tables of all address spaces, access flags and dirty state left out.
[[nodiscard]] u64 table_hash();

}  // namespace km
