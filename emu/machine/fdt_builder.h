// The device tree that the guest is booted with: CPU, PSCI, memory, timer, console, chosen.
#pragma once

#include <string>
#include <vector>

#include "mmu/arch/bits.h"

namespace emu {

struct DeviceTreeSpec {
    arch::u64 ram_base{0};
    arch::u64 ram_size{0};
    std::string bootargs;
    arch::u64 initrd_start{0};
    arch::u64 initrd_end{0};
};

// A flattened device tree, version 17.
[[nodiscard]] std::vector<arch::u8> build_device_tree(const DeviceTreeSpec& spec);

}  // namespace emu
