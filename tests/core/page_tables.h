// Page tables for the test machine: 4K granule, 48-bit addresses, both halves.
#pragma once

#include "tests/core/test_machine.h"

namespace core_test {

// Leaf attributes, as raw descriptor bits (Arm: stage 1 block and page descriptors). Inner Shareable, access flag set.
inline constexpr u64 kValidPage = 0x3;
inline constexpr u64 kNormal = 0x4 | 0x300 | 0x400;   // AttrIndx 1
inline constexpr u64 kDeviceMemory = 0x0 | 0x400;     // AttrIndx 0
inline constexpr u64 kUser = 0x40;                    // AP[1]
inline constexpr u64 kReadOnly = 0x80;                // AP[2]
inline constexpr u64 kNotGlobal = 0x800;
inline constexpr u64 kPxn = u64{1} << 53;
inline constexpr u64 kUxn = u64{1} << 54;
inline constexpr u64 kAccessFlag = 0x400;

class PageTables {
public:
    explicit PageTables(TestMachine& m) : m_{m} {}

    // Maps the 4 KiB page at `va`; `attributes` are ORed into the descriptor.
    void map(u64 va, u64 pa, u64 attributes);
    void unmap(u64 va) { m_.poke<u64>(leaf(va), 0); }
    // Code, vectors and data at their physical addresses, for EL1 only.
    void map_kernel();
    // Physical address of the level 3 descriptor of `va`, with the tables above it made.
    [[nodiscard]] u64 leaf(u64 va);
    // TCR_EL1, MAIR_EL1, TTBRs, and SCTLR_EL1 with `sctlr` ORed in: the MMU is on.
    void enable(u64 sctlr = 0);

private:
    [[nodiscard]] u64 new_table();

    TestMachine& m_;
    u64 next_{kTables + 0x2000};  // TTBR0's and TTBR1's come first
};

}  // namespace core_test
