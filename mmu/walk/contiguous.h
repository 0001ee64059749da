// The Contiguous bit: how much one leaf descriptor lets an entry reach. Arm: AArch64.ContiguousSize.
#pragma once

#include "mmu/arch/descriptor.h"

namespace mmu {

// log2 bytes that an entry made of `leaf` may reach: its group's if the hint is used, else the leaf's own.
// Only this descriptor is read: a sibling that disagrees goes unseen, which the architecture allows. A group whose
// output address is not where the input address asks for it has no common entry, so its hint is ignored, as Neoverse N1
// does not report misprogrammed groups either (N1 TRM, "Responses").
[[nodiscard]] unsigned contiguous_reach(arch::Descriptor leaf, arch::Granule granule, int level, arch::u64 va,
                                        bool use_hint);

// The same of a leaf whose hint is used and that maps `va` to `output`.
[[nodiscard]] unsigned group_reach(arch::Granule granule, int level, arch::u64 va, arch::u64 output);

}  // namespace mmu
