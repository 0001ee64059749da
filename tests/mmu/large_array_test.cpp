// Arrays in huge pages are vectors like any other.
#include <cstdint>
#include <numeric>

#include "mmu/base/large_array.h"
#include "tests/support/catch.h"

namespace {

using Words = mmu::LargeArray<std::uint64_t>;
constexpr std::size_t kMiB = (std::size_t{1} << 20) / sizeof(std::uint64_t);

std::uintptr_t address_of(const Words& words) { return reinterpret_cast<std::uintptr_t>(words.data()); }

}  // namespace

TEST_CASE("an array of a MiB or more begins at a huge page of the host, a smaller one at a line") {
    CHECK(address_of(Words(kMiB)) % (std::uintptr_t{2} << 20) == 0);
    CHECK(address_of(Words(kMiB - 1)) % 64 == 0);
}

TEST_CASE("a large array holds zeros in memory that held something else before") {
    for (int i = 0; i < 3; ++i) {
        Words words(3 * kMiB + 1);
        CHECK(std::accumulate(words.begin(), words.end(), std::uint64_t{0}) == 0);
        for (std::uint64_t& word : words) word = ~std::uint64_t{0};
    }
}

TEST_CASE("an array keeps its words when it grows into huge pages, and a copy is an array of its own") {
    Words words;
    for (std::uint64_t i = 0; i < 2 * kMiB; ++i) words.push_back(i);
    Words copy = words;
    copy[5] = 0;
    CHECK(words[5] == 5);
    CHECK(words.back() == 2 * kMiB - 1);
}
