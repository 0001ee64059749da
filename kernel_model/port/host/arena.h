// Physical memory of native tests: host memory that stands for RAM from 0x40000000 on, as on QEMU's virt machine.
#pragma once

#include <cstddef>

#include "mmu/arch/bits.h"

namespace km::port {

struct Arena {
    arch::u8* base{nullptr};
    arch::u64 bytes{0};
    arch::u64 physical_base{0x40000000};
};
extern Arena arena;

// Fresh memory of `bytes` (a multiple of 2 MiB), every byte 0xA5: nobody may count on zeroes. Replaces the arena
// there was.
void make_arena(arch::u64 bytes);

}  // namespace km::port
