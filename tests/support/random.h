// Reproducible random numbers.
#pragma once

#include <string_view>

#include "mmu/arch/bits.h"

namespace test_support {

using arch::u32;
using arch::u64;

// splitmix64
class Random {
public:
    explicit Random(u64 seed) : state_{seed} {}
    // A stream of its own for each name: what one row draws does not depend on the other rows.
    Random(u64 seed, std::string_view name) : state_{seed} {
        for (const char c : name) state_ = (state_ ^ static_cast<unsigned char>(c)) * 0x100'0000'01b3;
    }

    u64 next() {
        u64 z = (state_ += 0x9e37'79b9'7f4a'7c15);
        z = (z ^ (z >> 30)) * 0xbf58'476d'1ce4'e5b9;
        z = (z ^ (z >> 27)) * 0x94d0'49bb'1331'11eb;
        return z ^ (z >> 31);
    }
    u32 below(u32 limit) { return static_cast<u32>((next() >> 32) * limit >> 32); }
    bool one_in(u32 n) { return below(n) == 0; }

private:
    u64 state_;
};

}  // namespace test_support
