#pragma once

#include "workloads/common/types.h"

__extension__ typedef unsigned __int128 u128;

// xorshift64* (S. Vigna, "An experimental exploration of Marsaglia's xorshift generators, scrambled", 2016).
class Random {
public:
    explicit Random(u64 seed) : state_{seed * 2 + 1} {}

    u64 next() {
        state_ ^= state_ >> 12;
        state_ ^= state_ << 25;
        state_ ^= state_ >> 27;
        return state_ * 0x2545f4914f6cdd1d;
    }
    // 0..bound-1, by the high half of a product: no division.
    u64 below(u64 bound) { return static_cast<u64>(static_cast<u128>(next()) * bound >> 64); }

private:
    u64 state_;
};

// One step of a running checksum: order matters, no input is lost.
[[nodiscard]] constexpr u64 mix(u64 sum, u64 value) { return (sum ^ value) * 0x9e3779b97f4a7c15 + (sum >> 32); }
