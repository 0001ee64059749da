// Which folio orders an anonymous fault may use. Linux: include/linux/huge_mm.h, 6.12. Sets of orders are bit masks.
#pragma once

#include <bit>

#include "kernel_model/mm/contpte.h"
#include "kernel_model/mm/kernel_options.h"
#include "kernel_model/mm/vma.h"

namespace km {

// Orders 0 and 1 are no huge pages: a folio keeps its deferred-split state in its third page in Linux.
inline constexpr u64 THP_ORDERS_ALL_ANON = arch::low_mask(PMD_ORDER + 1) & ~u64{3};

// Of a set that is not empty.
[[nodiscard]] inline unsigned highest_order(u64 orders) { return static_cast<unsigned>(std::bit_width(orders)) - 1; }
// Removes `order`, the highest of the set; returns the next, 0 if none is left.
[[nodiscard]] inline unsigned next_order(u64& orders, unsigned order) {
    orders &= ~(u64{1} << order);
    return orders == 0 ? 0 : highest_order(orders);
}

// Those of `orders` that the settings and the advice on the region enable.
[[nodiscard]] u64 thp_vma_allowable_orders(const Vma& vma, u64 orders);
// Those of `orders` whose naturally aligned window around `address` lies inside the region.
[[nodiscard]] u64 thp_vma_suitable_orders(const Vma& vma, u64 address, u64 orders);
// All of `nr` entries are none.
[[nodiscard]] bool pte_range_none(const u64* ptep, unsigned nr);

}  // namespace km
