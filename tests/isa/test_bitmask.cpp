// Bitmask immediates against a generator that builds the values from their definition.
#include <map>
#include <set>

#include "emu/isa/bitmask.h"
#include "tests/support/catch.h"

namespace {

using arch::u32;
using arch::u64;

// A run of `ones` ones in an element of `size` bits, rotated right by `rotation`, copied to fill 64 bits:
// bit i of the value is bit (i + rotation) mod size of the run.
u64 build(unsigned size, unsigned ones, unsigned rotation) {
    u64 value = 0;
    for (unsigned i = 0; i < 64; ++i) {
        const unsigned bit_of_run = (i % size + rotation) % size;
        if (bit_of_run < ones) value |= u64{1} << i;
    }
    return value;
}

// imms says element size and run length: the ones before its first zero shorten the element.
u32 encode_imms(unsigned size, unsigned ones) { return (0x3fu & ~(2 * size - 1)) | (ones - 1); }

}  // namespace

TEST_CASE("all 5334 bitmask immediates of 64 bits decode to their value") {
    std::set<u64> values;
    for (unsigned size = 2; size <= 64; size *= 2) {
        for (unsigned ones = 1; ones < size; ++ones) {
            for (unsigned rotation = 0; rotation < size; ++rotation) {
                const u64 expected = build(size, ones, rotation);
                const u32 n = size == 64 ? 1 : 0;
                REQUIRE(emu::decode_bitmask(n, encode_imms(size, ones), rotation, 64) == expected);
                values.insert(expected);
            }
        }
    }
    CHECK(values.size() == 5334);
}

TEST_CASE("the decoder accepts no value beyond those, in 64 and in 32 bits") {
    std::set<u64> values64;
    std::set<u64> values32;
    for (u32 fields = 0; fields < (1u << 13); ++fields) {
        const u32 n = fields >> 12, imms = (fields >> 6) & 63, immr = fields & 63;
        if (const auto value = emu::decode_bitmask(n, imms, immr, 64)) values64.insert(*value);
        if (const auto value = emu::decode_bitmask(n, imms, immr, 32)) values32.insert(*value & 0xffff'ffff);
    }
    CHECK(values64.size() == 5334);
    CHECK(values32.size() == 1302);
}

TEST_CASE("reserved bitmask encodings are refused") {
    CHECK_FALSE(emu::decode_bitmask(1, 0x3f, 0, 64));  // all ones
    CHECK_FALSE(emu::decode_bitmask(0, 0x3f, 0, 64));  // no element size
    CHECK_FALSE(emu::decode_bitmask(0, 0x3d, 0, 64));  // element of two bits, both ones
    CHECK_FALSE(emu::decode_bitmask(1, 0x00, 0, 32));  // 64-bit element in a 32-bit operation
}

TEST_CASE("bitmask immediates of the manual's kind, as literal values") {
    CHECK(emu::decode_bitmask(1, 0, 0, 64) == u64{1});
    CHECK(emu::decode_bitmask(0, 0x3c, 0, 64) == 0x5555'5555'5555'5555u);
    CHECK(emu::decode_bitmask(0, 0x3c, 1, 64) == 0xaaaa'aaaa'aaaa'aaaau);
    CHECK(emu::decode_bitmask(1, 0x3e, 63, 64) == 0xffff'ffff'ffff'fffeu);
    CHECK(emu::decode_bitmask(0, 0x07, 0, 32) == 0xffu);
}
