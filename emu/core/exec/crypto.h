// Cryptographic instructions. Arm: C7.2, the operation section of each instruction.
#pragma once

#include "emu/core/exec/crypto_functions.h"
#include "emu/core/exec/crypto_words.h"
#include "emu/core/exec/vector.h"

namespace emu::exec {

// Vd = function(sources); d, n, m and a are the registers' values.
#define EXEC_CRYPTO(name, value)                                \
    EXEC_FP(name) {                                             \
        [[maybe_unused]] const VectorRegister& d = pe.v[op->rd]; \
        [[maybe_unused]] const VectorRegister& n = pe.v[op->rn]; \
        [[maybe_unused]] const VectorRegister& m = pe.v[op->rm]; \
        [[maybe_unused]] const VectorRegister& a = pe.v[op->ra]; \
        pe.v[op->rd] = value;                                   \
        return Mode::next(pe, op);                              \
    }

template <class Lane>
[[nodiscard]] EXEC_INLINE VectorRegister by_doubleword(Lane lane) {
    return {{lane(0), lane(1)}};
}

EXEC_CRYPTO(AESE, crypto::aes_encrypt(d, n))
EXEC_CRYPTO(AESD, crypto::aes_decrypt(d, n))
EXEC_CRYPTO(AESMC, crypto::aes_mix_columns(n))
EXEC_CRYPTO(AESIMC, crypto::aes_inverse_mix_columns(n))
EXEC_CRYPTO(PMULL_64, crypto::polynomial_product(n.d[0], m.d[0]))
EXEC_CRYPTO(PMULL2_64, crypto::polynomial_product(n.d[1], m.d[1]))

EXEC_CRYPTO(SHA1C, crypto::sha1_rounds(d, n, m, crypto::Sha1Function::Choose))
EXEC_CRYPTO(SHA1P, crypto::sha1_rounds(d, n, m, crypto::Sha1Function::Parity))
EXEC_CRYPTO(SHA1M, crypto::sha1_rounds(d, n, m, crypto::Sha1Function::Majority))
EXEC_CRYPTO(SHA1SU0, crypto::sha1_schedule0(d, n, m))
EXEC_CRYPTO(SHA1H, crypto::sha1_fixed_rotate(n))
EXEC_CRYPTO(SHA1SU1, crypto::sha1_schedule1(d, n))
EXEC_CRYPTO(SHA256H, crypto::sha256_rounds(d, n, m, crypto::Sha256Part::First))
EXEC_CRYPTO(SHA256H2, crypto::sha256_rounds(n, d, m, crypto::Sha256Part::Second))
EXEC_CRYPTO(SHA256SU0, crypto::sha256_schedule0(d, n))
EXEC_CRYPTO(SHA256SU1, crypto::sha256_schedule1(d, n, m))
EXEC_CRYPTO(SHA512H, crypto::sha512_hash(d, n, m))
EXEC_CRYPTO(SHA512H2, crypto::sha512_hash2(d, n, m))
EXEC_CRYPTO(SHA512SU0, crypto::sha512_schedule0(d, n))
EXEC_CRYPTO(SHA512SU1, crypto::sha512_schedule1(d, n, m))

EXEC_CRYPTO(RAX1, by_doubleword([&](unsigned i) { return n.d[i] ^ std::rotl(m.d[i], 1); }))
EXEC_CRYPTO(XAR, by_doubleword([&](unsigned i) { return std::rotr(n.d[i] ^ m.d[i], static_cast<int>(op->imm)); }))
EXEC_CRYPTO(EOR3, by_doubleword([&](unsigned i) { return n.d[i] ^ m.d[i] ^ a.d[i]; }))
EXEC_CRYPTO(BCAX, by_doubleword([&](unsigned i) { return n.d[i] ^ (m.d[i] & ~a.d[i]); }))

EXEC_CRYPTO(SM3SS1, crypto::sm3_ss1(n, m, a))
EXEC_CRYPTO(SM3PARTW1, crypto::sm3_partw1(d, n, m))
EXEC_CRYPTO(SM3PARTW2, crypto::sm3_partw2(d, n, m))
EXEC_CRYPTO(SM3TT1A, crypto::sm3_tt1(d, n, crypto::words_of(m)[op->imm], crypto::Sm3Rounds::Early))
EXEC_CRYPTO(SM3TT1B, crypto::sm3_tt1(d, n, crypto::words_of(m)[op->imm], crypto::Sm3Rounds::Late))
EXEC_CRYPTO(SM3TT2A, crypto::sm3_tt2(d, n, crypto::words_of(m)[op->imm], crypto::Sm3Rounds::Early))
EXEC_CRYPTO(SM3TT2B, crypto::sm3_tt2(d, n, crypto::words_of(m)[op->imm], crypto::Sm3Rounds::Late))
EXEC_CRYPTO(SM4E, crypto::sm4_encrypt(d, n))
EXEC_CRYPTO(SM4EKEY, crypto::sm4_expand_key(n, m))

#undef EXEC_CRYPTO

}  // namespace emu::exec
