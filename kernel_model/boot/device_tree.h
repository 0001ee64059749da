// A reader of flattened device trees, for the few properties the kernel needs. Format: Devicetree Specification
// v0.4, chapter 5. Numbers in it are big endian.
#pragma once

#include "mmu/arch/bits.h"

namespace km {

using arch::u32;
using arch::u64;
using arch::u8;

struct MemoryRange {
    u64 start{0};
    u64 end{0};
    [[nodiscard]] u64 bytes() const { return end - start; }
};

struct DeviceTree {
    static constexpr unsigned kMaxRam = 8;
    MemoryRange ram[kMaxRam];
    unsigned ram_count{0};
    u64 uart{0};                 // physical address of the first PL011; 0: none
    bool psci_by_smc{false};
    const char* bootargs{""};    // points into the tree
    MemoryRange initrd;
};

// Total size in bytes, from the header; 0 when `tree` is no device tree.
[[nodiscard]] u64 device_tree_size(const void* tree);
// False: malformed, or written in a version this reader does not know.
[[nodiscard]] bool read_device_tree(const void* tree, DeviceTree& out);

}  // namespace km
