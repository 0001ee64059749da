// The functions of the cryptographic instructions, on whole registers. Arm: C7.2, the operation section of each
// instruction; FIPS 180-4, FIPS 197, FIPS 202, GB/T 32905 (SM3), GB/T 32907 (SM4).
#pragma once

#include "emu/core/pe.h"

namespace emu::crypto {

using Register = VectorRegister;

[[nodiscard]] Register aes_encrypt(const Register& state, const Register& key);  // AddRoundKey, ShiftRows, SubBytes
[[nodiscard]] Register aes_decrypt(const Register& state, const Register& key);
[[nodiscard]] Register aes_mix_columns(const Register& state);
[[nodiscard]] Register aes_inverse_mix_columns(const Register& state);
[[nodiscard]] Register polynomial_product(u64 a, u64 b);

enum class Sha1Function { Choose, Parity, Majority };
[[nodiscard]] Register sha1_rounds(const Register& abcd, const Register& e, const Register& words, Sha1Function function);
[[nodiscard]] Register sha1_fixed_rotate(const Register& e);
[[nodiscard]] Register sha1_schedule0(const Register& d, const Register& n, const Register& m);
[[nodiscard]] Register sha1_schedule1(const Register& d, const Register& n);

enum class Sha256Part { First, Second };
[[nodiscard]] Register sha256_rounds(Register x, Register y, const Register& words, Sha256Part part);
[[nodiscard]] Register sha256_schedule0(const Register& d, const Register& n);
[[nodiscard]] Register sha256_schedule1(const Register& d, const Register& n, const Register& m);

[[nodiscard]] Register sha512_hash(const Register& d, const Register& n, const Register& m);
[[nodiscard]] Register sha512_hash2(const Register& d, const Register& n, const Register& m);
[[nodiscard]] Register sha512_schedule0(const Register& d, const Register& n);
[[nodiscard]] Register sha512_schedule1(const Register& d, const Register& n, const Register& m);

// The two halves of SM3's compression differ in their Boolean function (rounds 0-15 and 16-63) and in P0.
enum class Sm3Rounds { Early, Late };
[[nodiscard]] Register sm3_ss1(const Register& n, const Register& m, const Register& a);
[[nodiscard]] Register sm3_partw1(const Register& d, const Register& n, const Register& m);
[[nodiscard]] Register sm3_partw2(const Register& d, const Register& n, const Register& m);
[[nodiscard]] Register sm3_tt1(const Register& d, const Register& n, u32 word, Sm3Rounds rounds);
[[nodiscard]] Register sm3_tt2(const Register& d, const Register& n, u32 word, Sm3Rounds rounds);

[[nodiscard]] Register sm4_encrypt(const Register& state, const Register& keys);
[[nodiscard]] Register sm4_expand_key(const Register& state, const Register& constants);

}  // namespace emu::crypto
