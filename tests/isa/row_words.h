// Random instruction words of a row, reproducible by seed.
#pragma once

#include "emu/isa/a64_table.h"
#include "emu/isa/decoder.h"

namespace isa_test {

using arch::u32;
using arch::u64;

// splitmix64
class Random {
public:
    explicit Random(u64 seed) : state_{seed} {}
    u64 next() {
        u64 z = (state_ += 0x9e37'79b9'7f4a'7c15);
        z = (z ^ (z >> 30)) * 0xbf58'476d'1ce4'e5b9;
        z = (z ^ (z >> 27)) * 0x94d0'49bb'1331'11eb;
        return z ^ (z >> 31);
    }
    u32 below(u32 limit) { return static_cast<u32>(next() % limit); }

private:
    u64 state_;
};

// Register values that carries, signs and shifts notice.
inline u64 interesting_value(Random& random) {
    const u64 raw = random.next();
    switch (random.below(8)) {
        case 0: return 0;
        case 1: return ~u64{0};
        case 2: return u64{1} << (raw % 64);
        case 3: return (u64{1} << (raw % 64)) - 1;
        case 4: return raw & 0xffff'ffff;
        case 5: return ~u64{0} << (raw % 64);
        default: return raw;
    }
}

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
