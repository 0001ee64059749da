// QARMA-64 with five rounds, as FEAT_PACQARMA5 uses it: R. Avanzi, "The QARMA Block Cipher Family", 2017, with S-box
// sigma 2. The state is sixteen cells of four bits; cell 0 here is the least significant.
#include <array>

#include "emu/core/pauth.h"

namespace emu {
namespace {

constexpr unsigned kRounds = 5;
constexpr std::array<u64, kRounds> kRoundConstants{0, 0x13198a2e03707344, 0xa4093822299f31d0, 0x082efa98ec4e6c89,
                                                   0x452821e638d01377};
constexpr u64 kAlpha = 0xc0ac29b7c97c50dd;

using Cells = std::array<u8, 16>;

// Which cell of the input each cell of the output comes from.
constexpr Cells kShuffle{13, 6, 11, 0, 7, 12, 1, 10, 8, 3, 14, 5, 2, 9, 4, 15};
constexpr Cells kTweakShuffle{4, 5, 6, 7, 11, 2, 3, 8, 12, 13, 14, 15, 0, 1, 10, 9};
constexpr Cells kSubstitute{0xb, 0x6, 0x8, 0xf, 0xc, 0x0, 0x9, 0xe, 0x3, 0x7, 0x4, 0x5, 0xd, 0x2, 0x1, 0xa};
// Cells of the shuffled tweak that go through its shift register.
constexpr unsigned kTweakRotated = 1u << 2 | 1u << 4 | 1u << 7 | 1u << 11 | 1u << 12 | 1u << 14 | 1u << 15;

constexpr Cells inverse(const Cells& of) {
    Cells out{};
    for (u8 i = 0; i < 16; ++i) out[of[i]] = i;
    return out;
}
constexpr Cells kShuffleBack = inverse(kShuffle);
constexpr Cells kTweakShuffleBack = inverse(kTweakShuffle);
constexpr Cells kSubstituteBack = inverse(kSubstitute);

constexpr unsigned cell(u64 state, unsigned i) {
    return static_cast<unsigned>(state >> (4 * i) & 15);
}
constexpr u64 at(unsigned value, unsigned i) {
    return u64{value & 15} << (4 * i);
}
constexpr unsigned rotate(unsigned value, unsigned by) {
    return (value << by | value >> (4 - by)) & 15;
}

constexpr u64 permute(u64 state, const Cells& from) {
    u64 out = 0;
    for (unsigned i = 0; i < 16; ++i) out |= at(cell(state, from[i]), i);
    return out;
}
constexpr u64 substitute(u64 state, const Cells& box) {
    u64 out = 0;
    for (unsigned i = 0; i < 16; ++i) out |= at(box[cell(state, i)], i);
    return out;
}

// Multiplies each column by circ(0, r, r2, r), r a rotation of a cell by one: its own inverse.
constexpr u64 mix_columns(u64 state) {
    u64 out = 0;
    for (unsigned column = 0; column < 4; ++column) {
        for (unsigned row = 0; row < 4; ++row) {
            const auto in = [&](unsigned below) { return cell(state, column + 4 * ((row + below) & 3)); };
            out |= at(rotate(in(1), 1) ^ rotate(in(2), 2) ^ rotate(in(3), 1), column + 4 * row);
        }
    }
    return out;
}

constexpr unsigned shift_register(unsigned c) {
    return c >> 1 | ((c ^ c >> 1) & 1) << 3;
}
constexpr unsigned shift_register_back(unsigned c) {
    return (c << 1 & 15) | ((c >> 3 ^ c) & 1);
}

constexpr u64 next_tweak(u64 tweak) {
    const u64 shuffled = permute(tweak, kTweakShuffle);
    u64 out = 0;
    for (unsigned i = 0; i < 16; ++i) {
        const unsigned c = cell(shuffled, i);
        out |= at((kTweakRotated >> i & 1) != 0 ? shift_register(c) : c, i);
    }
    return out;
}
constexpr u64 previous_tweak(u64 tweak) {
    u64 turned = 0;
    for (unsigned i = 0; i < 16; ++i) {
        const unsigned c = cell(tweak, i);
        turned |= at((kTweakRotated >> i & 1) != 0 ? shift_register_back(c) : c, i);
    }
    return permute(turned, kTweakShuffleBack);
}
static_assert(previous_tweak(next_tweak(0x0123456789abcdef)) == 0x0123456789abcdef);
static_assert(mix_columns(mix_columns(0x0123456789abcdef)) == 0x0123456789abcdef);

}  // namespace

u64 qarma5(u64 data, u64 modifier, PointerKey key) {
    const u64 whitening = key.high << 63 | (key.high >> 1 ^ key.high >> 63);
    u64 tweak = modifier;
    u64 state = data ^ key.high;
    for (unsigned i = 0; i < kRounds; ++i) {
        state ^= key.low ^ tweak ^ kRoundConstants[i];
        if (i > 0) state = mix_columns(permute(state, kShuffle));
        state = substitute(state, kSubstitute);
        tweak = next_tweak(tweak);
    }
    // The reflector in the middle.
    state ^= whitening ^ tweak;
    state = substitute(mix_columns(permute(state, kShuffle)), kSubstitute);
    state = mix_columns(permute(state, kShuffle)) ^ key.low;
    state = mix_columns(substitute(permute(state, kShuffleBack), kSubstituteBack));
    state = permute(state, kShuffleBack) ^ key.high ^ tweak;
    for (unsigned i = 0; i < kRounds; ++i) {
        state = substitute(state, kSubstituteBack);
        if (i < kRounds - 1) state = permute(mix_columns(state), kShuffleBack);
        tweak = previous_tweak(tweak);
        state ^= kRoundConstants[kRounds - 1 - i] ^ key.low ^ tweak ^ kAlpha;
    }
    return state ^ whitening;
}

}  // namespace emu
