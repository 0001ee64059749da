// A memory-mapped device. Devices never see the core; an interrupt will be a line on a sink.
#pragma once

#include "mmu/arch/bits.h"

namespace emu {

class Device {
public:
    virtual ~Device() = default;
    // `offset` from the device's base, `size` 1, 2, 4 or 8 bytes. Registers that do not exist read as zero.
    [[nodiscard]] virtual arch::u64 read(arch::u64 offset, unsigned size) = 0;
    virtual void write(arch::u64 offset, unsigned size, arch::u64 value) = 0;
};

}  // namespace emu
