// Operand values: half of them from the boundaries where carries, signs, roundings and special cases are.
#pragma once

#include "mmu/arch/bits.h"
#include "tests/random/sample.h"
#include "tests/support/random.h"

namespace random_test {

using arch::u32;
using arch::u64;
using test_support::Random;

// For an X register.
[[nodiscard]] u64 integer_value(Random& random);

// What the lanes of a V register hold.
enum class Lanes { Fp16, Fp32, Fp64, Integer8, Integer16, Integer32, Integer64, Count };

// 64 bits of lanes, each lane a boundary value or not by even chances.
[[nodiscard]] u64 vector_value(Lanes lanes, Random& random);

// Number of FPCR modes: rounding, FZ and DN in all combinations. `mode` below it selects one.
inline constexpr u32 kFpModes = 16;
// FPCR in this mode; AHP and FZ16 by chance.
[[nodiscard]] u64 fpcr_value(u32 mode, Random& random);
[[nodiscard]] u64 fpsr_value(Random& random);

// Registers of one state in FPCR mode `mode`. The lanes of most V registers are of one kind.
[[nodiscard]] sample_state random_state(u32 mode, Random& random);

}  // namespace random_test
