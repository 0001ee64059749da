// What branches did lately, the youngest bit last, and that history folded to 32 bits at several lengths. A fold is a
// polynomial in an odd number whose coefficients are the bits, modulo 2^64: unlike a rotated sum it tells a bit at one
// place from a bit 32 places on. The last n bits are the whole history less what is older than n, so that one polynomial
// and its values so far give every fold when it is asked for.
#pragma once

#include <array>

#include "mmu/arch/bits.h"

namespace emu {

using arch::i64;
using arch::u32;
using arch::u64;

class BranchHistory {
public:
    static constexpr unsigned kMaxLength = 1000;

    // The last `length` bits.
    struct Fold {
        i64 begin{0};  // where they begin, from now on: below 0
        u64 minus_older{0};  // multiplies the polynomial of all that is older, to be added
    };
    [[nodiscard]] static Fold fold_of(unsigned length) {
        Fold fold{-i64{length}, ~u64{0}};
        for (unsigned i = 0; i < length; ++i) fold.minus_older *= kBase;
        return fold;
    }

    void push(bool bit) {
        recent_ = recent_ << 1 | u64{bit};
        const u64 all = past_[newest_] * kBase + u64{bit};
        newest_ = (newest_ + 1) % kBits;
        past_[newest_] = past_[newest_ + kBits] = all;
    }
    // The history as it is, for as long as nothing is pushed.
    class View {
    public:
        [[nodiscard]] u32 value(const Fold& fold) const {
            return static_cast<u32>((all_ + now_[fold.begin] * fold.minus_older) >> 32);
        }

    private:
        friend BranchHistory;
        explicit View(const u64* now) : all_{*now}, now_{now} {}
        u64 all_;
        const u64* now_;
    };
    [[nodiscard]] View view() const { return View{&past_[newest_ + kBits]}; }
    // The last 64 bits.
    [[nodiscard]] u64 recent() const { return recent_; }

private:
    static constexpr u64 kBase = 0x9E3779B97F4A7C15;
    static constexpr u64 kBits = 1024;
    static_assert(kMaxLength < kBits);

    u64 newest_{0};
    u64 recent_{0};
    std::array<u64, 2 * kBits> past_{};  // the polynomial after each of the last bits; a ring twice in a row, to be read without wrapping
};

}  // namespace emu
