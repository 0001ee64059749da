// What branches did lately, the youngest bit last, and that history folded to 32 bits at several lengths. A fold is a
// polynomial in an odd number whose coefficients are the bits, modulo 2^64: the bit that comes in and the one that grows
// too old are all that it takes to bring it up to date, and unlike a rotated sum it tells a bit at one place from a bit 32
// places on.
#pragma once

#include <array>

#include "mmu/arch/bits.h"

namespace emu {

using arch::u32;
using arch::u64;
using arch::u8;

class BranchHistory {
public:
    static constexpr unsigned kMaxFolds = 8;
    static constexpr unsigned kMaxLength = 1000;

    // A fold of the last `length` bits from now on.
    void add_fold(unsigned length) {
        u64 oldest = 1;
        for (unsigned i = 0; i < length; ++i) oldest *= kBase;
        folds_[fold_count_++] = {0, length, oldest};
    }

    void push(bool bit) {
        bits_[++newest_ % kBits] = bit ? 1 : 0;
        recent_ = recent_ << 1 | u64{bit};
        for (unsigned i = 0; i < fold_count_; ++i) {
            Fold& f = folds_[i];
            const bool leaving = bits_[(newest_ - f.length) % kBits] != 0;
            f.value = f.value * kBase + u64{bit} - (leaving ? f.oldest : 0);
        }
    }
    [[nodiscard]] u32 fold(unsigned index) const { return static_cast<u32>(folds_[index].value >> 32); }
    // The last 64 bits.
    [[nodiscard]] u64 recent() const { return recent_; }

private:
    struct Fold {
        u64 value{0};
        u64 length{0};
        u64 oldest{0};  // kBase to the power of `length`
    };
    static constexpr u64 kBase = 0x9E3779B97F4A7C15;
    static constexpr u64 kBits = 1024;
    static_assert(kMaxLength < kBits);

    std::array<Fold, kMaxFolds> folds_{};
    unsigned fold_count_{0};
    u64 newest_{0};
    u64 recent_{0};
    std::array<u8, kBits> bits_{};
};

}  // namespace emu
