// SM3 and SM4.
#include "emu/core/exec/crypto_functions.h"
#include "emu/core/exec/crypto_words.h"

namespace emu::crypto {
namespace {

constexpr u32 sm3_p0(u32 x) { return x ^ std::rotl(x, 9) ^ std::rotl(x, 17); }
constexpr u32 sm3_p1(u32 x) { return x ^ std::rotl(x, 15) ^ std::rotl(x, 23); }

constexpr u8 kPolynomial = 0xf5;  // x^7 + x^6 + x^5 + x^4 + x^2 + 1, of SM4

// Bit i of the result is the parity of the input and 0xa7 rotated by i, plus 0xd3.
constexpr u8 affine(u8 x) {
    u8 out = 0xd3;
    for (int i = 0; i < 8; ++i) {
        const auto row = std::rotl(u8{0xa7}, i);
        out = static_cast<u8>(out ^ ((std::popcount(static_cast<u8>(x & row)) & 1) << i));
    }
    return out;
}

// SM4's substitution is an inversion between two affine maps.
std::array<u8, 256> substitution_box() {
    std::array<u8, 256> box{};
    for (unsigned x = 0; x < 256; ++x) box[x] = affine(field_inverse(affine(static_cast<u8>(x)), kPolynomial));
    return box;
}
const std::array<u8, 256> kBox = substitution_box();

u32 substitute(u32 word) {
    u32 out = 0;
    for (unsigned shift = 0; shift < 32; shift += 8) out |= u32{kBox[(word >> shift) & 0xff]} << shift;
    return out;
}

template <class Diffuse>
Register sm4_rounds(const Register& state, const Register& keys, Diffuse diffuse) {
    Words x = words_of(state);
    for (const u32 key : words_of(keys)) {
        const u32 mixed = diffuse(substitute(x[1] ^ x[2] ^ x[3] ^ key));
        x = {x[1], x[2], x[3], x[0] ^ mixed};
    }
    return register_of(x);
}

}  // namespace

Register sm3_ss1(const Register& n, const Register& m, const Register& a) {
    const u32 sum = std::rotl(words_of(n)[3], 12) + words_of(m)[3] + words_of(a)[3];
    return register_of(Words{0, 0, 0, std::rotl(sum, 7)});
}

Register sm3_partw1(const Register& d, const Register& n, const Register& m) {
    const Words a = words_of(d);
    const Words b = words_of(n);
    const Words c = words_of(m);
    Words out{};
    for (unsigned i = 0; i < 3; ++i) out[i] = sm3_p1(a[i] ^ b[i] ^ std::rotl(c[i + 1], 15));
    out[3] = sm3_p1(a[3] ^ b[3] ^ std::rotl(out[0], 15));
    return register_of(out);
}

Register sm3_partw2(const Register& d, const Register& n, const Register& m) {
    const Words b = words_of(n);
    const Words c = words_of(m);
    Words out = words_of(d);
    for (unsigned i = 0; i < 4; ++i) out[i] ^= b[i] ^ std::rotl(c[i], 7);
    out[3] ^= sm3_p1(std::rotl(b[0] ^ std::rotl(c[0], 7), 15));
    return register_of(out);
}

Register sm3_tt1(const Register& d, const Register& n, u32 word, Sm3Rounds rounds) {
    const Words x = words_of(d);
    const u32 mixed = rounds == Sm3Rounds::Early ? parity(x[1], x[2], x[3]) : majority(x[1], x[2], x[3]);
    const u32 ss2 = words_of(n)[3] ^ std::rotl(x[3], 12);
    return register_of(Words{x[1], std::rotl(x[2], 9), x[3], mixed + x[0] + ss2 + word});
}

Register sm3_tt2(const Register& d, const Register& n, u32 word, Sm3Rounds rounds) {
    const Words x = words_of(d);
    const u32 mixed = rounds == Sm3Rounds::Early ? parity(x[1], x[2], x[3]) : choose(x[3], x[2], x[1]);
    return register_of(Words{x[1], std::rotl(x[2], 19), x[3], sm3_p0(mixed + x[0] + words_of(n)[3] + word)});
}

Register sm4_encrypt(const Register& state, const Register& keys) {
    return sm4_rounds(state, keys, [](u32 x) { return x ^ std::rotl(x, 2) ^ std::rotl(x, 10) ^ std::rotl(x, 18) ^ std::rotl(x, 24); });
}

Register sm4_expand_key(const Register& state, const Register& constants) {
    return sm4_rounds(state, constants, [](u32 x) { return x ^ std::rotl(x, 13) ^ std::rotl(x, 23); });
}

}  // namespace emu::crypto
