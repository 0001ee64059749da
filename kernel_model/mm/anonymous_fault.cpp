#include "kernel_model/mm/fault.h"
#include "kernel_model/mm/folio_order_policy.h"
#include "kernel_model/mm/page_table.h"
#include "kernel_model/mm/rmap.h"

namespace km {
namespace {

// A page of zeroes, shared by all: special, so nobody counts it and it is never part of a contiguous block.
AnonymousFault map_zero_page(VmFault& vmf) {
    const Pte entry = pte_mkspecial(pfn_pte(zero_pfn, vma_page_prot(vmf.vma)));
    vmf.pte = pte_offset(port::load_descriptor(vmf.pmd), vmf.address);
    if (vmf_pte_changed(vmf)) return AnonymousFault::Changed;
    set_ptes(*vmf.vma.vm_mm, vmf.address, vmf.pte, entry, 1);
    count(GUEST_FAULT_ZERO_PAGE);
    return AnonymousFault::ZeroPage;
}

u64 window_start(const VmFault& vmf, unsigned order) { return arch::align_down(vmf.address, PAGE_SIZE << order); }

// The orders whose window is inside the region and still empty; the highest goes to `order`.
u64 usable_orders(const VmFault& vmf, unsigned& order) {
    u64 orders = thp_vma_allowable_orders(vmf.vma, arch::low_mask(PMD_ORDER));
    orders = thp_vma_suitable_orders(vmf.vma, vmf.address, orders);
    if (orders == 0) return 0;
    const u64 pmd = port::load_descriptor(vmf.pmd);
    for (order = highest_order(orders); orders != 0; order = next_order(orders, order))
        if (pte_range_none(pte_offset(pmd, window_start(vmf, order)), 1u << order)) break;
    return orders;
}

// A failed allocation is a fallback to the next lower order; an occupied window is not.
Folio* alloc_anon_folio(const VmFault& vmf) {
    unsigned order = 0;
    u64 orders = usable_orders(vmf, order);
    while (orders != 0) {
        if (Folio* const folio = folio_alloc(order, false)) {
            folio_zero_user(folio);
            return folio;
        }
        count_by_order(GUEST_ANON_FAULT_FALLBACK, order);
        order = next_order(orders, order);
    }
    return folio_prealloc(true);
}

bool window_is_taken(const VmFault& vmf, unsigned nr) {
    return nr == 1 ? vmf_pte_changed(vmf) : !pte_range_none(vmf.pte, nr);
}

// The sequence of allocations, so that two runs can be told to have had the same memory.
void note_allocation(u64 addr, const Folio* folio) {
    constexpr u64 kFnvPrime = 0x100000001b3;
    const u64 pfn = page_to_pfn(&folio->page);
    counters[GUEST_ALLOCATION_HASH] = ((counters[GUEST_ALLOCATION_HASH] ^ addr) * kFnvPrime ^ pfn) * kFnvPrime;
}

void map_folio(VmFault& vmf, Folio* folio, u64 addr, unsigned nr) {
    Vma& vma = vmf.vma;
    Pte entry = mk_pte(&folio->page, vma_page_prot(vma));
    if ((vma.vm_flags & VM_WRITE) != 0) entry = pte_mkwrite(pte_mkdirty(entry));
    folio_ref_add(folio, nr - 1);
    vma.vm_mm->rss_anon += nr;
    count(GUEST_FAULT_ANON);
    count_by_order(GUEST_ANON_FAULT_ALLOC, folio_order(folio));
    note_allocation(addr, folio);
    folio_add_new_anon_rmap(folio, vma, addr, RmapFlags::Exclusive);
    // Nothing was valid before: no invalidation.
    set_ptes(*vma.vm_mm, addr, vmf.pte, entry, nr);
}

}  // namespace

extern "C" [[gnu::noinline]] AnonymousFault do_anonymous_page(VmFault& vmf) {
    Vma& vma = vmf.vma;
    if ((vma.vm_flags & VM_SHARED) != 0) return AnonymousFault::Shared;
    if (!pte_alloc(*vma.vm_mm, vmf.pmd)) return AnonymousFault::NoMemory;
    if (!vmf.flags.write) return map_zero_page(vmf);

    if (anon_vma_prepare(vma) != 0) return AnonymousFault::NoMemory;
    Folio* const folio = alloc_anon_folio(vmf);
    if (folio == nullptr) return AnonymousFault::NoMemory;
    const unsigned order = folio_order(folio);
    const unsigned nr = 1u << order;
    const u64 addr = window_start(vmf, order);
    vmf.pte = pte_offset(port::load_descriptor(vmf.pmd), addr);
    if (window_is_taken(vmf, nr)) {
        folio_put(folio);
        return AnonymousFault::Changed;
    }
    map_folio(vmf, folio, addr, nr);
    return static_cast<AnonymousFault>(order);
}

}  // namespace km
