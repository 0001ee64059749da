// Builds translation tables of any granule in FakeMemory.
#pragma once

#include <algorithm>
#include <utility>

#include "mmu/arch/descriptor.h"
#include "tests/mmu/support/fake_memory.h"

namespace test {

// Page of user data as Linux maps it: nG, AF, Inner Shareable, AP=01 (read and write at EL0), UXN, PXN; attribute 0.
inline constexpr u64 kUserPage = 0x0060'0000'0000'0f43;
inline constexpr u64 kUserReadOnly = kUserPage | 0x80;
// Writable but clean: DBM and read only.
inline constexpr u64 kUserClean = kUserReadOnly | u64{1} << 51;
inline constexpr u64 kUserCode = 0x0020'0000'0000'0fc3;
// Global kernel data and kernel code.
inline constexpr u64 kKernelPage = 0x0060'0000'0000'0703;
inline constexpr u64 kKernelCode = 0x0040'0000'0000'0783;
inline constexpr u64 kContiguous = u64{1} << 52;
inline constexpr u64 kAccessFlag = u64{1} << 10;
inline constexpr u64 kReadOnly = u64{1} << 7;

class TableBuilder {
public:
    // Tables are taken from `pool` on. `input_bits` is 64 - TxSZ.
    TableBuilder(FakeMemory& memory, u64 pool, arch::Granule granule = arch::Granule::k4K, unsigned input_bits = 48)
        : memory_{memory},
          granule_{granule},
          input_bits_{input_bits},
          start_level_{arch::start_level(granule, input_bits)},
          next_{pool},
          root_{take_table()} {}

    [[nodiscard]] u64 root() const { return root_; }
    [[nodiscard]] arch::Granule granule() const { return granule_; }

    // Physical address of the descriptor of `va` at `level`; makes the tables above it.
    [[nodiscard]] u64 slot(u64 va, int level = 3) {
        const u64 input = va & arch::low_mask(input_bits_);
        u64 table = root_;
        for (int at = start_level_; at < level; ++at) {
            const u64 entry = table + 8 * arch::table_index(granule_, at, input);
            if (memory_.get(entry) == 0) memory_.put(entry, take_table() | 3);
            table = memory_.get(entry) & 0x0000'ffff'ffff'f000;
        }
        return table + 8 * arch::table_index(granule_, level, input);
    }
    // `attributes` is a page descriptor without address; a block is made of it below level 3.
    void map(u64 va, u64 pa, u64 attributes, int level = 3) {
        memory_.put(slot(va, level), (level == 3 ? attributes : attributes & ~u64{2}) | pa);
    }
    void map_pages(u64 va, u64 pa, u64 count, u64 attributes) {
        const u64 size = arch::page_size(granule_);
        for (u64 i = 0; i < count; ++i) map(va + i * size, pa + i * size, attributes);
    }
    void unmap(u64 va, int level = 3) { memory_.put(slot(va, level), 0); }

private:
    u64 take_table() {
        const u64 size = std::max<u64>(arch::page_size(granule_), 4096);
        next_ = arch::align_up(next_, size);
        return std::exchange(next_, next_ + size);
    }

    FakeMemory& memory_;
    arch::Granule granule_;
    unsigned input_bits_;
    int start_level_;
    u64 next_;
    u64 root_;
};

}  // namespace test
