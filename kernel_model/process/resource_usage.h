#pragma once

#include "mmu/arch/bits.h"

namespace km {

// Linux: include/uapi/linux/resource.h, struct rusage. Only minor faults are counted.
struct ResourceUsage {
    arch::u64 times[4]{};      // user and system time
    arch::u64 sizes[4]{};
    arch::u64 minor_faults{0};
    arch::u64 others[9]{};
};
static_assert(sizeof(ResourceUsage) == 144);

[[nodiscard]] inline ResourceUsage usage_of(arch::u64 minor_faults) {
    ResourceUsage usage;
    usage.minor_faults = minor_faults;
    return usage;
}

}  // namespace km
