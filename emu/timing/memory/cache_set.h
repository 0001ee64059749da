// One set of a cache in a few words of the host: order of use, state bits, 32-bit tags. The shape is the same for every
// policy, and a set of up to 12 ways fits one cache line of the host.
#pragma once

#include <bit>

#include "mmu/arch/bits.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace emu {

using arch::u32;
using arch::u64;

namespace cache_set {

inline constexpr unsigned kMaxWays = 16;

// Words of a set: [0] order of use, [1] state, then the tags, two a word.
inline constexpr unsigned kOrder = 0;
inline constexpr unsigned kState = 1;
inline constexpr unsigned kTags = 2;
[[nodiscard]] constexpr unsigned words(unsigned ways) {
    return kTags + (ways + 3) / 4 * 2;
}

// State: one bit per way in each field.
inline constexpr unsigned kValidShift = 0;
inline constexpr unsigned kDirtyShift = 16;
inline constexpr unsigned kUnusedShift = 32;  // prefetched, and not asked for since

[[nodiscard]] inline u32 tag_of(const u64* set, unsigned way) {
    return static_cast<u32>(set[kTags + way / 2] >> way % 2 * 32);
}
inline void set_tag(u64* set, unsigned way, u32 tag) {
    u64& word = set[kTags + way / 2];
    const unsigned shift = way % 2 * 32;
    word = (word & ~(u64{0xffffffff} << shift)) | u64{tag} << shift;
}

// Ways whose tag is this one, valid or not, one bit each.
[[nodiscard]] inline u64 matches(const u64* set, unsigned ways, u32 tag) {
    u64 found = 0;
#if defined(__SSE2__)
    const __m128i wanted = _mm_set1_epi32(static_cast<int>(tag));
    for (unsigned way = 0; way < ways; way += 4) {
        const auto* tags = reinterpret_cast<const __m128i*>(set + kTags + way / 2);
        const __m128i equal = _mm_cmpeq_epi32(_mm_loadu_si128(tags), wanted);
        found |= static_cast<u64>(_mm_movemask_ps(_mm_castsi128_ps(equal))) << way;
    }
#else
    for (unsigned way = 0; way < ways; ++way) found |= u64{tag_of(set, way) == tag} << way;
#endif
    return found;
}

// Exact LRU: sixteen way numbers of four bits, the youngest lowest.
inline constexpr u64 kFirstOrder = 0xfedcba9876543210;
[[nodiscard]] inline unsigned position(u64 order, unsigned way) {
    const u64 differ = order ^ way * 0x1111111111111111;
    const u64 zero = (differ - 0x1111111111111111) & ~differ & 0x8888888888888888;  // the lowest one is exact
    return static_cast<unsigned>(std::countr_zero(zero)) / 4;
}
[[nodiscard]] inline u64 with_youngest(u64 order, unsigned way) {
    const unsigned shift = position(order, way) * 4;
    const u64 younger = order & ((u64{1} << shift) - 1);
    const u64 older = order & ~u64{0xf} << shift;
    return older | younger << 4 | way;
}

}  // namespace cache_set

}  // namespace emu
