#include "kernel_model/mm/kernel_options.h"

#include <cstring>
#include <string>

#include "tests/support/catch.h"

using namespace km;

namespace {

bool parse(const char* text, FolioOrderMasks& out) { return parse_thp_anon(text, text + std::strlen(text), out); }

constexpr u64 order(unsigned n) { return u64{1} << n; }

}  // namespace

TEST_CASE("thp_anon= takes sizes, ranges and lists with a state each") {
    FolioOrderMasks masks;
    REQUIRE(parse("16K-64K:always;128K,512K:inherit;256K:madvise;1M-2M:never", masks));
    CHECK(masks.always == (order(2) | order(3) | order(4)));
    CHECK(masks.inherit == (order(5) | order(7)));
    CHECK(masks.madvise == order(6));
}

TEST_CASE("A later setting of a size wins, and 2M inherits only if it is named") {
    FolioOrderMasks masks;
    CHECK(masks.inherit == order(9));
    REQUIRE(parse("64K:always;64K:madvise", masks));
    CHECK(masks.always == 0);
    CHECK(masks.madvise == order(4));
    CHECK(masks.inherit == 0);
    REQUIRE(parse("2M:inherit", masks));
    CHECK(masks.inherit == order(9));
}

TEST_CASE("thp_anon= refuses what Linux refuses") {
    for (const char* text : {"", "64K", "64K:", "64K:sometimes", ":always", "4K:always", "8K:always", "48K:always", "4M:always",
                             "64K-16K:always", "64K:always;", "64K,:always", "64K:always,", "64K-:always", "K:always"}) {
        CAPTURE(text);
        FolioOrderMasks masks{1, 2, 3};
        CHECK_FALSE(parse(text, masks));
    }
}

TEST_CASE("The command line is read up to the double dash, and keys of others are skipped") {
    KernelOptions options;
    const char* bad = nullptr;
    REQUIRE(parse_kernel_options("quiet linear_map=cont  thp_anon=64K:always fault_around_bytes=16K init_on_alloc=1 "
                                 "fragmentation=30 seed=77 transparent_hugepage=madvise preset=linux-6.12 init=/x -- seed=5",
                                 options, bad));
    CHECK(options.thp_anon.always == order(4));
    CHECK(options.fault_around_bytes == 16384);
    CHECK(options.init_on_alloc);
    CHECK(options.fragmentation == 30);
    CHECK(options.seed == 77);
    CHECK(options.thp_enabled == ThpEnabled::Madvise);
}

TEST_CASE("A bad value names its word") {
    for (const char* word : {"fault_around_bytes=5000", "fault_around_bytes=2K", "init_on_alloc=2", "fragmentation=101",
                             "fragmentation=", "seed=x", "transparent_hugepage=yes", "preset=linux-5.4", "thp_anon=7K:always"}) {
        CAPTURE(word);
        KernelOptions options;
        const char* bad = nullptr;
        const std::string line = std::string{"quiet "} + word + " seed=1";
        CHECK_FALSE(parse_kernel_options(line.c_str(), options, bad));
        REQUIRE(bad != nullptr);
        CHECK(std::strncmp(bad, word, std::strlen(word)) == 0);
    }
}
