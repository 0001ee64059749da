// Sorts arrays of random numbers: quicksort down to short pieces, insertion sort there. Branches nobody can predict, and
// loads and stores next to each other.
#include "workloads/common/runtime.h"

namespace {

constexpr u64 kShort = 16;

void insertion_sort(u64* begin, u64* end) {
    for (u64* at = begin + 1; at < end; ++at) {
        const u64 value = *at;
        u64* to = at;
        for (; to > begin && to[-1] > value; --to) *to = to[-1];
        *to = value;
    }
}

u64 median(u64 a, u64 b, u64 c) {
    const u64 low = a < b ? a : b;
    const u64 high = a < b ? b : a;
    return c < low ? low : c > high ? high : c;
}

void quick_sort(u64* begin, u64* end) {
    while (static_cast<u64>(end - begin) > kShort) {
        const u64 pivot = median(*begin, begin[(end - begin) / 2], end[-1]);
        u64* left = begin;
        u64* right = end - 1;
        while (left <= right) {
            while (*left < pivot) ++left;
            while (*right > pivot) --right;
            if (left > right) break;
            const u64 kept = *left;
            *left++ = *right;
            *right-- = kept;
        }
        quick_sort(begin, right + 1);
        begin = left;
    }
    insertion_sort(begin, end);
}

}  // namespace

void workload(Arguments& arguments) {
    const u64 bytes = arguments.number("bytes", 64 << 10);
    const u64 rounds = arguments.number("rounds", 2);
    const u64 seed = arguments.number("seed", 1);
    arguments.finish();
    const u64 count = bytes / sizeof(u64);
    if (count == 0) fail("bytes= must be at least eight");

    u64* const numbers = reinterpret_cast<u64*>(map_anonymous(bytes));
    Random random{seed};
    u64 sum = 0;
    phase("steady", GUEST_PHASE_OF_INTEREST, [&] {
        for (u64 round = 0; round < rounds; ++round) {
            for (u64 i = 0; i < count; ++i) numbers[i] = random.next();
            quick_sort(numbers, numbers + count);
            for (u64 i = 0; i < count; i += 61) sum = mix(sum, numbers[i]);
        }
    });
    report(sum);
}
