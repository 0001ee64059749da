#include "mmu/walk/contiguous.h"

namespace mmu {

unsigned group_reach(arch::Granule granule, int level, arch::u64 va, arch::u64 output) {
    const unsigned own = arch::level_shift(granule, level);
    const unsigned group = arch::contiguous_reach_shift(granule, level);
    const arch::u64 position = arch::low_mask(group) & ~arch::low_mask(own);
    return ((output ^ va) & position) == 0 ? group : own;
}

unsigned contiguous_reach(arch::Descriptor leaf, arch::Granule granule, int level, arch::u64 va, bool use_hint) {
    if (!use_hint || !leaf.test<arch::Descriptor::Contiguous>()) return arch::level_shift(granule, level);
    return group_reach(granule, level, va, leaf.output_address(granule, level));
}

}  // namespace mmu
