#include "kernel_model/mm/folio_order_policy.h"

namespace km {
namespace {

u64 enabled_orders(u64 vm_flags) {
    const FolioOrderMasks& masks = kernel_options.thp_anon;
    const ThpEnabled global = kernel_options.thp_enabled;
    const bool advised = (vm_flags & VM_HUGEPAGE) != 0;
    u64 orders = masks.always;
    if (advised) orders |= masks.madvise;
    if (global == ThpEnabled::Always || (advised && global == ThpEnabled::Madvise)) orders |= masks.inherit;
    return orders;
}

}  // namespace

u64 thp_vma_allowable_orders(const Vma& vma, u64 orders) {
    orders &= enabled_orders(vma.vm_flags) & THP_ORDERS_ALL_ANON;
    return (vma.vm_flags & VM_NOHUGEPAGE) != 0 ? 0 : orders;
}

u64 thp_vma_suitable_orders(const Vma& vma, u64 address, u64 orders) {
    if (orders == 0) return 0;
    for (unsigned order = highest_order(orders); orders != 0; order = next_order(orders, order)) {
        const u64 size = PAGE_SIZE << order;
        const u64 start = arch::align_down(address, size);
        // Smaller windows lie inside larger ones.
        if (start >= vma.vm_start && start + size <= vma.vm_end) return orders;
    }
    return 0;
}

bool pte_range_none(const u64* ptep, unsigned nr) {
    for (unsigned i = 0; i != nr; ++i)
        if (!pte_none(ptep_get_lockless(ptep + i))) return false;
    return true;
}

}  // namespace km
