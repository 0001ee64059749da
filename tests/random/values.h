// Operand values: half of them from the boundaries where carries, signs, roundings and special cases are.
#pragma once

#include <array>
#include <vector>

#include "mmu/arch/bits.h"
#include "tests/random/sample.h"
#include "tests/support/random.h"

namespace random_test {

using arch::u32;
using arch::u64;
using test_support::Random;

// What the lanes of a V register hold.
enum class Lanes { Fp16, Fp32, Fp64, Integer8, Integer16, Integer32, Integer64, Count };

// For an X register.
[[nodiscard]] u64 integer_value(Random& random);
// 64 bits of lanes, each lane a boundary value or not by even chances.
[[nodiscard]] u64 vector_value(Lanes lanes, Random& random);

// Number of FPCR modes: rounding, FZ and DN in all combinations. `mode` below it selects one.
inline constexpr u32 kFpModes = 16;
// FPCR in this mode; AHP and FZ16 by chance.
[[nodiscard]] u64 fpcr_value(u32 mode, Random& random);
[[nodiscard]] u64 fpsr_value(Random& random);

// States of many values that were drawn once: picking is much faster than drawing.
class States {
public:
    explicit States(u64 seed);
    // Registers in FPCR mode `mode`. The lanes of most V registers are of one kind.
    [[nodiscard]] sample_state draw(u32 mode, Random& random) const;

private:
    static constexpr u32 kPool = 1 << 14;
    static constexpr u32 kKinds = static_cast<u32>(Lanes::Count);

    void fill_vectors(sample_state& state, Random& random) const;

    std::vector<u64> integers_;
    std::array<std::vector<u64>, kKinds> lanes_;
};

}  // namespace random_test
