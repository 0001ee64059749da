// Random instruction words of a row, reproducible by seed.
#pragma once

#include "emu/isa/a64_table.h"
#include "emu/isa/decoder.h"
#include "tests/support/random.h"

namespace isa_test {

using arch::u32;
using arch::u64;

using test_support::Random;

// A word that the row's pattern matches, whatever its fields hold. Should-be bits are as they should be.
inline u32 any_word(const emu::A64Row& row, Random& random) {
    return row.pattern.match | row.pattern.should_value | (static_cast<u32>(random.next()) & row.pattern.free_bits());
}

// A word of the row that holds no reserved value.
inline u32 legal_word(const emu::A64Row& row, Random& random) {
    for (;;) {
        const u32 word = any_word(row, random);
        emu::DecodedOp op{};
        if (row.fill(word, op)) return word;
    }
}

}  // namespace isa_test
