// AES and polynomial multiplication.
#include "emu/core/exec/crypto_functions.h"
#include "emu/core/exec/crypto_words.h"

namespace emu::crypto {
namespace {

constexpr u8 kPolynomial = 0x1b;  // x^4 + x^3 + x + 1. FIPS 197, section 4.2

// FIPS 197, section 5.1.1.
constexpr u8 substitute(u8 x) {
    const u8 i = field_inverse(x, kPolynomial);
    return static_cast<u8>(i ^ std::rotl(i, 1) ^ std::rotl(i, 2) ^ std::rotl(i, 3) ^ std::rotl(i, 4) ^ 0x63);
}

struct SubstitutionBoxes {
    std::array<u8, 256> forward{};
    std::array<u8, 256> backward{};

    SubstitutionBoxes() {
        for (unsigned x = 0; x < 256; ++x) {
            forward[x] = substitute(static_cast<u8>(x));
            backward[forward[x]] = static_cast<u8>(x);
        }
    }
};
const SubstitutionBoxes kBoxes;

// Bytes of the state are in columns; row r moves by r columns. `step` 5 shifts rows left, 13 right.
Register shift_rows_and_substitute(const Register& in, unsigned step, const std::array<u8, 256>& box) {
    const Bytes from = bytes_of(in);
    Bytes to{};
    for (unsigned i = 0; i < 16; ++i) {
        const unsigned row = i % 4;
        to[i] = box[from[(i + (step - 1) * row) % 16]];
    }
    return register_of(to);
}

Register exclusive_or(const Register& a, const Register& b) { return {{a.d[0] ^ b.d[0], a.d[1] ^ b.d[1]}}; }

// Each column times the circulant matrix of `row`.
Register multiply_columns(const Register& in, const std::array<u8, 4>& row) {
    const Bytes from = bytes_of(in);
    Bytes to{};
    for (unsigned i = 0; i < 16; ++i) {
        const unsigned column = i & ~3u;
        for (unsigned k = 0; k < 4; ++k) to[i] ^= field_product(from[column + (i + k) % 4], row[k], kPolynomial);
    }
    return register_of(to);
}

}  // namespace

Register aes_encrypt(const Register& state, const Register& key) {
    return shift_rows_and_substitute(exclusive_or(state, key), 5, kBoxes.forward);
}
Register aes_decrypt(const Register& state, const Register& key) {
    return shift_rows_and_substitute(exclusive_or(state, key), 13, kBoxes.backward);
}
Register aes_mix_columns(const Register& state) { return multiply_columns(state, {2, 3, 1, 1}); }
Register aes_inverse_mix_columns(const Register& state) { return multiply_columns(state, {14, 11, 13, 9}); }

Register polynomial_product(u64 a, u64 b) {
    Register sum{};
    for (unsigned i = 0; i < 64; ++i) {
        if (((b >> i) & 1) == 0) continue;
        sum.d[0] ^= a << i;
        sum.d[1] ^= i == 0 ? 0 : a >> (64 - i);
    }
    return sum;
}

}  // namespace emu::crypto
