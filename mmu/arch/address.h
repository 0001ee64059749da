// Address types that do not mix. The only way from virtual to physical is a translation.
#pragma once

#include <compare>

#include "mmu/arch/bits.h"

namespace arch {

template <class Tag>
struct Address {
    u64 value{0};

    constexpr Address() = default;
    constexpr explicit Address(u64 v) : value{v} {}
    friend constexpr auto operator<=>(Address, Address) = default;
    friend constexpr Address operator+(Address a, u64 bytes) { return Address{a.value + bytes}; }
    friend constexpr Address operator-(Address a, u64 bytes) { return Address{a.value - bytes}; }
    friend constexpr u64 operator-(Address a, Address b) { return a.value - b.value; }
    [[nodiscard]] constexpr Address align_down_to(u64 alignment) const { return Address{align_down(value, alignment)}; }
};

using VirtualAddress = Address<struct VirtualAddressTag>;
using PhysicalAddress = Address<struct PhysicalAddressTag>;

}  // namespace arch
