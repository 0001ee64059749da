// V registers as arrays of words, for the cryptographic functions.
#pragma once

#include <array>
#include <bit>

#include "emu/core/pe.h"

namespace emu::crypto {

using Words = std::array<u32, 4>;
using Bytes = std::array<u8, 16>;
static_assert(std::endian::native == std::endian::little, "element 0 is in the lowest bits");

[[nodiscard]] inline Words words_of(const VectorRegister& v) { return std::bit_cast<Words>(v); }
[[nodiscard]] inline Bytes bytes_of(const VectorRegister& v) { return std::bit_cast<Bytes>(v); }
[[nodiscard]] inline VectorRegister register_of(const Words& words) { return std::bit_cast<VectorRegister>(words); }
[[nodiscard]] inline VectorRegister register_of(const Bytes& bytes) { return std::bit_cast<VectorRegister>(bytes); }

[[nodiscard]] constexpr u32 choose(u32 x, u32 y, u32 z) { return (x & y) ^ (~x & z); }
[[nodiscard]] constexpr u32 majority(u32 x, u32 y, u32 z) { return (x & y) ^ (x & z) ^ (y & z); }
[[nodiscard]] constexpr u32 parity(u32 x, u32 y, u32 z) { return x ^ y ^ z; }

// Product in GF(2^8) modulo x^8 + `polynomial`.
[[nodiscard]] constexpr u8 field_product(u8 a, u8 b, u8 polynomial) {
    u8 sum = 0;
    for (; b != 0; b = static_cast<u8>(b >> 1)) {
        if ((b & 1) != 0) sum ^= a;
        a = static_cast<u8>((a << 1) ^ ((a & 0x80) != 0 ? polynomial : 0));
    }
    return sum;
}
// x^254, which is 1/x, and 0 for 0.
[[nodiscard]] constexpr u8 field_inverse(u8 x, u8 polynomial) {
    u8 power = 1;
    for (unsigned i = 0; i < 254; ++i) power = field_product(power, x, polynomial);
    return power;
}

}  // namespace emu::crypto
