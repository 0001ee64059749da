// Reproducible chance.
#pragma once

#include "kernel_model/mm/geometry.h"

namespace km {

// Steele, Lea, Flood: SplitMix64 ("Fast splittable pseudorandom number generators", 2014).
class Random {
public:
    explicit Random(u64 seed) : state_{seed} {}

    u64 next() {
        state_ += 0x9e3779b97f4a7c15;
        u64 z = state_;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return z ^ (z >> 31);
    }
    // 0..bound-1; the bias is below bound / 2^64.
    u64 below(u64 bound) { return next() % bound; }

private:
    u64 state_;
};

// A permutation of 0..count-1 without memory for it: steps that each can be undone on the numbers of k bits, repeated
// while the result is not below `count`.
class Permutation {
public:
    Permutation(u64 count, Random& random) : count_{count} {
        while ((u64{1} << bits_) < count) ++bits_;
        for (u64& multiplier : multipliers_) multiplier = random.next() | 1;
    }

    u64 operator()(u64 index) const {
        do index = mix(index);
        while (index >= count_);
        return index;
    }

private:
    [[nodiscard]] u64 mix(u64 x) const {
        for (const u64 multiplier : multipliers_) {
            x = (x * multiplier) & arch::low_mask(bits_);
            x ^= x >> ((bits_ + 1) / 2);
        }
        return x;
    }

    u64 count_;
    unsigned bits_{1};
    u64 multipliers_[3];
};

}  // namespace km
