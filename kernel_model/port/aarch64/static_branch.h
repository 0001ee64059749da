// Branches that boot patches once, so that a test of a CPU feature costs one NOP or one B, as Linux's alternatives
// do (arch/arm64/include/asm/alternative-macros.h, alternative_has_cap_likely()).
//
// has<Cap>() emits "b no" and a record of its place; apply_static_branches() (boot/early_map.cpp) overwrites the
// branch with NOP where the core has the feature.
#pragma once

#include "mmu/arch/bits.h"

namespace km::port {

enum class Cap : arch::u32 { Lse, Dczva };

// Places are relative to the record itself, so that they hold at physical addresses too.
struct StaticBranch {
    arch::u32 site_offset;
    Cap cap;
};

template <Cap kCap>
[[gnu::always_inline]] inline bool has() {
    asm goto(
        "1: b %l[no]\n"
        ".pushsection .static_branches, \"a\"\n"
        ".word 1b - .\n"
        ".word %c[cap]\n"
        ".popsection"
        :
        : [cap] "i"(static_cast<arch::u32>(kCap))
        :
        : no);
    return true;
no:
    return false;
}

}  // namespace km::port
