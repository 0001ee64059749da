// From the device tree to a running memory manager: console, linear map, buddy allocator.
#pragma once

#include "kernel_model/boot/boot_arguments.h"
#include "kernel_model/boot/device_tree.h"

namespace km {

struct BootInfo {
    BootArguments arguments;
    DeviceTree tree;       // strings in it are gone; ranges are physical
};

// Called once, at the linked address, with the identity map still in TTBR0_EL1; gone when it returns.
void setup_memory(u64 device_tree_pa, BootInfo& info);

}  // namespace km
