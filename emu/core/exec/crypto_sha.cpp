// SHA-1, SHA-256 and SHA-512.
#include "emu/core/exec/crypto_functions.h"
#include "emu/core/exec/crypto_words.h"

namespace emu::crypto {
namespace {

u32 mixed(const Words& x, Sha1Function function) {
    switch (function) {
        case Sha1Function::Choose: return choose(x[1], x[2], x[3]);
        case Sha1Function::Parity: return parity(x[1], x[2], x[3]);
        case Sha1Function::Majority: return majority(x[1], x[2], x[3]);
    }
    return 0;
}

// Three rotations, of which the last may be a shift.
constexpr u32 rotations(u32 x, int a, int b, int c) { return std::rotr(x, a) ^ std::rotr(x, b) ^ std::rotr(x, c); }
constexpr u64 rotations(u64 x, int a, int b, int c) { return std::rotr(x, a) ^ std::rotr(x, b) ^ std::rotr(x, c); }
constexpr u32 small_sigma0(u32 x) { return std::rotr(x, 7) ^ std::rotr(x, 18) ^ (x >> 3); }
constexpr u32 small_sigma1(u32 x) { return std::rotr(x, 17) ^ std::rotr(x, 19) ^ (x >> 10); }
constexpr u64 small_sigma0(u64 x) { return std::rotr(x, 1) ^ std::rotr(x, 8) ^ (x >> 7); }
constexpr u64 small_sigma1(u64 x) { return std::rotr(x, 19) ^ std::rotr(x, 61) ^ (x >> 6); }
constexpr u64 big_sigma0(u64 x) { return rotations(x, 28, 34, 39); }
constexpr u64 big_sigma1(u64 x) { return rotations(x, 14, 18, 41); }

}  // namespace

Register sha1_rounds(const Register& abcd, const Register& e, const Register& words, Sha1Function function) {
    Words x = words_of(abcd);
    u32 y = words_of(e)[0];
    for (const u32 word : words_of(words)) {
        y += std::rotl(x[0], 5) + mixed(x, function) + word;
        const u32 next_y = x[3];
        x = {y, x[0], std::rotl(x[1], 30), x[2]};
        y = next_y;
    }
    return register_of(x);
}

Register sha1_fixed_rotate(const Register& e) { return {{std::rotl(words_of(e)[0], 30), 0}}; }

Register sha1_schedule0(const Register& d, const Register& n, const Register& m) {
    return {{d.d[1] ^ d.d[0] ^ m.d[0], n.d[0] ^ d.d[1] ^ m.d[1]}};
}

Register sha1_schedule1(const Register& d, const Register& n) {
    const Words a = words_of(d);
    const Words b = words_of(n);
    const Words t{a[0] ^ b[1], a[1] ^ b[2], a[2] ^ b[3], a[3]};
    return register_of(Words{std::rotl(t[0], 1), std::rotl(t[1], 1), std::rotl(t[2], 1), std::rotl(t[3], 1) ^ std::rotl(t[0], 2)});
}

Register sha256_rounds(Register x_register, Register y_register, const Register& words, Sha256Part part) {
    Words x = words_of(x_register);
    Words y = words_of(y_register);
    for (const u32 word : words_of(words)) {
        const u32 t = y[3] + rotations(y[0], 6, 11, 25) + choose(y[0], y[1], y[2]) + word;
        const u32 next_y = t + x[3];
        const u32 next_x = t + rotations(x[0], 2, 13, 22) + majority(x[0], x[1], x[2]);
        x = {next_x, x[0], x[1], x[2]};
        y = {next_y, y[0], y[1], y[2]};
    }
    return register_of(part == Sha256Part::First ? x : y);
}

Register sha256_schedule0(const Register& d, const Register& n) {
    const Words w = words_of(d);
    const u32 next = words_of(n)[0];
    return register_of(Words{w[0] + small_sigma0(w[1]), w[1] + small_sigma0(w[2]), w[2] + small_sigma0(w[3]), w[3] + small_sigma0(next)});
}

Register sha256_schedule1(const Register& d, const Register& n, const Register& m) {
    const Words w = words_of(d);
    const Words b = words_of(n);
    const Words c = words_of(m);
    Words out{w[0] + b[1] + small_sigma1(c[2]), w[1] + b[2] + small_sigma1(c[3]), 0, 0};
    out[2] = w[2] + b[3] + small_sigma1(out[0]);
    out[3] = w[3] + c[0] + small_sigma1(out[1]);
    return register_of(out);
}

Register sha512_hash(const Register& w, const Register& x, const Register& y) {
    const u64 high = ((y.d[1] & x.d[0]) ^ (~y.d[1] & x.d[1])) + big_sigma1(y.d[1]) + w.d[1];
    const u64 sum = high + y.d[0];
    return {{((sum & y.d[1]) ^ (~sum & x.d[0])) + big_sigma1(sum) + w.d[0], high}};
}

Register sha512_hash2(const Register& w, const Register& x, const Register& y) {
    const u64 both = y.d[1] & y.d[0];
    const u64 high = ((x.d[0] & y.d[1]) ^ (x.d[0] & y.d[0]) ^ both) + big_sigma0(y.d[0]) + w.d[1];
    return {{((high & y.d[0]) ^ (high & y.d[1]) ^ both) + big_sigma0(high) + w.d[0], high}};
}

Register sha512_schedule0(const Register& w, const Register& x) {
    return {{w.d[0] + small_sigma0(w.d[1]), w.d[1] + small_sigma0(x.d[0])}};
}

Register sha512_schedule1(const Register& w, const Register& x, const Register& y) {
    return {{w.d[0] + small_sigma1(x.d[0]) + y.d[0], w.d[1] + small_sigma1(x.d[1]) + y.d[1]}};
}

}  // namespace emu::crypto
