// SHA-256 of a buffer, rounds times, each with the digest before in its first bytes (FIPS 180-4, section 6.2), without instructions for it.
#include "workloads/common/runtime.h"

namespace {

using u32 = unsigned int;

constexpr u32 kStart[8]{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
constexpr u32 kRound[64]{
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01,
    0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc,
    0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147,
    0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08,
    0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208,
    0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

u32 rotate(u32 x, unsigned n) { return x >> n | x << (32 - n); }
u32 big_endian(const u8* at) { return u32{at[0]} << 24 | u32{at[1]} << 16 | u32{at[2]} << 8 | u32{at[3]}; }

void compress(u32 (&hash)[8], const u8* block) {
    u32 w[64];
    for (unsigned i = 0; i < 16; ++i) w[i] = big_endian(block + 4 * i);
    for (unsigned i = 16; i < 64; ++i) {
        const u32 s0 = rotate(w[i - 15], 7) ^ rotate(w[i - 15], 18) ^ w[i - 15] >> 3;
        const u32 s1 = rotate(w[i - 2], 17) ^ rotate(w[i - 2], 19) ^ w[i - 2] >> 10;
        w[i] = w[i - 16] + s0 + w[i - 7] + s1;
    }
    u32 a = hash[0], b = hash[1], c = hash[2], d = hash[3], e = hash[4], f = hash[5], g = hash[6], h = hash[7];
    for (unsigned i = 0; i < 64; ++i) {
        const u32 s1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
        const u32 t1 = h + s1 + ((e & f) ^ (~e & g)) + kRound[i] + w[i];
        const u32 s0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
        const u32 t2 = s0 + ((a & b) ^ (a & c) ^ (b & c));
        h = g, g = f, f = e, e = d + t1, d = c, c = b, b = a, a = t1 + t2;
    }
    const u32 out[8]{a, b, c, d, e, f, g, h};
    for (unsigned i = 0; i < 8; ++i) hash[i] += out[i];
}

}  // namespace

void workload(Arguments& arguments) {
    const u64 bytes = arguments.number("bytes", 16 << 10);
    const u64 rounds = arguments.number("rounds", 2);
    arguments.finish();
    if (bytes % 64 != 0 || bytes == 0) fail("bytes= must be a multiple of 64");

    u8* const buffer = map_anonymous(bytes);
    Random random{1};
    for (u64 i = 0; i < bytes; ++i) buffer[i] = static_cast<u8>(random.next() >> 56);
    u32 hash[8]{};
    // The padding block of FIPS 180-4 ends each message.
    u8 padding[64]{0x80};
    for (unsigned i = 0; i < 8; ++i) padding[63 - i] = static_cast<u8>(bytes * 8 >> 8 * i);
    phase("steady", GUEST_PHASE_OF_INTEREST, [&] {
        for (u64 round = 0; round < rounds; ++round) {
            for (unsigned i = 0; i < 8; ++i) hash[i] = kStart[i];
            for (u64 at = 0; at < bytes; at += 64) compress(hash, buffer + at);
            compress(hash, padding);
            for (unsigned i = 0; i < 32; ++i) buffer[i] = static_cast<u8>(hash[i / 4] >> (24 - 8 * (i % 4)));
        }
    });
    report(u64{hash[0]} << 32 | hash[1]);
}
