// Operands at which floating point goes wrong, and random ones, reproducible by seed.
#pragma once

#include <vector>

#include "emu/fp/environment.h"

namespace fp_test {

using emu::fp::Bits;
using emu::fp::u32;
using emu::fp::u64;

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

private:
    u64 state_;
};

// Zeros, denormals, the smallest and largest normals, neighbours of one, infinities, NaNs of both kinds; both signs.
template <class F>
[[nodiscard]] std::vector<Bits<F>> boundary_values() {
    const u64 hidden = F::kFraction + 1;
    const u64 magnitudes[] = {0, 1, 2, F::kFraction >> 1, F::kFraction, hidden, hidden + 1, hidden * 2, F::kOne - 1,
                              F::kOne, F::kOne + 1, F::kOneAndHalf, F::kTwo, F::kMaxNormal - 1, F::kMaxNormal,
                              F::kInfinity, F::kInfinity + 1, F::kDefaultNaN - 1, F::kDefaultNaN, F::kSign - 1};
    std::vector<Bits<F>> values;
    for (const u64 m : magnitudes) {
        values.push_back(F::with_sign(false, m));
        values.push_back(F::with_sign(true, m));
    }
    return values;
}

// Near one, within 2^+-60, with few bits set: their products and sums lie on and beside the middle between two numbers.
template <class F>
[[nodiscard]] Bits<F> sparse_value(Random& random) {
    const u64 raw = random.next();
    const u64 reach = F::kBias < 60 ? 12 : 60;
    const u64 exponent = static_cast<u64>(F::kBias) + (raw >> 8) % (2 * reach) - reach;
    const u64 bits = u64{1} << (raw >> 20) % F::kFractionBits | u64{1} << (raw >> 32) % F::kFractionBits;
    const u64 fraction = (raw & 32) != 0 ? bits : F::kFraction - bits;
    return F::with_sign((raw & 64) != 0, (exponent << F::kFractionBits) | fraction);
}

// A mix: anything, boundary values, sparse ones, and numbers near one so that sums cancel.
template <class F>
[[nodiscard]] Bits<F> any_value(Random& random) {
    static const std::vector<Bits<F>> boundary = boundary_values<F>();
    const u64 raw = random.next();
    switch (raw % 5) {
        case 0: return boundary[(raw >> 8) % boundary.size()];
        case 1: {
            const u64 exponent = F::kOne / (F::kFraction + 1) + (raw >> 8) % 8 - 4;
            return F::with_sign((raw & 64) != 0, exponent * (F::kFraction + 1) + (random.next() & F::kFraction));
        }
        case 2: return sparse_value<F>(random);
        default: return static_cast<Bits<F>>(random.next());
    }
}

}  // namespace fp_test
