#include "mmu/contiguous.h"

namespace mmu {

unsigned contiguous_reach(arch::Descriptor leaf, arch::Granule granule, int level, arch::u64 va, bool use_hint) {
    const unsigned own = arch::level_shift(granule, level);
    if (!use_hint || !leaf.test<arch::Descriptor::Contiguous>()) return own;
    const unsigned group = arch::contiguous_reach_shift(granule, level);
    const arch::u64 position = arch::low_mask(group) & ~arch::low_mask(own);
    const arch::u64 output = leaf.output_address(granule, level);
    return ((output ^ va) & position) == 0 ? group : own;
}

}  // namespace mmu
