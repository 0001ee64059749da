// Where mmap puts what has no address, or only a hint.
#include "kernel_model/mm/errno.h"
#include "tests/mm_regions/space.h"
#include "tests/support/catch.h"

using namespace km;
using namespace km_test;

namespace {

i64 map_anywhere(AddressSpace& mm, u64 bytes, u64 flags = kAnonymous, u64 hint = 0) {
    return do_mmap(mm, hint, bytes, kWritable, flags, nullptr, 0);
}

}  // namespace

TEST_CASE_METHOD(Fixture, "Mappings go top-down below mmap_base, each directly below the last") {
    Space space;
    const i64 top = static_cast<i64>(space.mm.mmap_base);
    CHECK(map_anywhere(space.mm, 3 * kPage) == top - 3 * i64{kPage});
    CHECK(map_anywhere(space.mm, 1) == top - 4 * i64{kPage});
    CHECK(space.mm.vmas.size() == 1);
}

TEST_CASE_METHOD(Fixture, "The highest hole that is long enough is taken") {
    Space space;
    const u64 top = space.mm.mmap_base;
    map_anywhere(space.mm, 16 * kPage);
    do_munmap(space.mm, top - 4 * kPage, 2 * kPage);
    do_munmap(space.mm, top - 12 * kPage, 3 * kPage);
    CHECK(map_anywhere(space.mm, 3 * kPage) == static_cast<i64>(top - 12 * kPage));
    CHECK(map_anywhere(space.mm, 2 * kPage) == static_cast<i64>(top - 4 * kPage));
}

TEST_CASE_METHOD(Fixture, "Anonymous memory of a multiple of 2M is 2M aligned") {
    Space space;
    map_anywhere(space.mm, kPage);
    const i64 address = map_anywhere(space.mm, 2 * PMD_SIZE);
    CHECK(static_cast<u64>(address) == arch::align_down(space.mm.mmap_base - kPage - 2 * PMD_SIZE, PMD_SIZE));
    SECTION("2M and a page is not") {
        const i64 next = map_anywhere(space.mm, PMD_SIZE + kPage);
        CHECK(next % i64{PMD_SIZE} != 0);
        CHECK(next == address - i64{PMD_SIZE + kPage});
    }
    const u64 below = static_cast<u64>(address) - PMD_SIZE - 2 * kPage;
    REQUIRE(map_anywhere(space.mm, kPage, kAnonymous | MAP_FIXED, below + PMD_SIZE + kPage) > 0);
    SECTION("shared memory is not") {
        CHECK(map_anywhere(space.mm, PMD_SIZE, MAP_SHARED | MAP_ANONYMOUS) == static_cast<i64>(below + kPage));
    }
    SECTION("a hint, even a useless one, switches it off") {
        CHECK(map_anywhere(space.mm, PMD_SIZE, kAnonymous, static_cast<u64>(address)) ==
              static_cast<i64>(below + kPage));
    }
}

TEST_CASE_METHOD(Fixture, "Alignment needs a hole of 2M more than the length") {
    Space space;
    const u64 top = space.mm.mmap_base;
    // A hole of 4M less one page, below it one of 4M.
    REQUIRE(do_mmap(space.mm, top - 2 * PMD_SIZE, kPage, kWritable, kAnonymous | MAP_FIXED, nullptr, 0) > 0);
    REQUIRE(do_mmap(space.mm, top - 4 * PMD_SIZE - kPage, kPage, kWritable, kAnonymous | MAP_FIXED, nullptr, 0) > 0);
    CHECK(map_anywhere(space.mm, PMD_SIZE) == static_cast<i64>(top - 3 * PMD_SIZE));
}

TEST_CASE_METHOD(Fixture, "A free hint is taken, rounded up to a page") {
    Space space;
    CHECK(map_anywhere(space.mm, kPage, kAnonymous, at(5) - 1) == result_at(4));
    CHECK(map_anywhere(space.mm, kPage, kAnonymous, 1) == static_cast<i64>(space.mm.mmap_base - kPage));
    CHECK(map_anywhere(space.mm, kPage, kAnonymous, kPage) == static_cast<i64>(kMmapMinAddr));
}

TEST_CASE_METHOD(Fixture, "A hint that overlaps, or comes within a stack's guard, is not taken") {
    Space space;
    space.map(4, 2);
    const i64 top = static_cast<i64>(space.mm.mmap_base);
    CHECK(map_anywhere(space.mm, 2 * kPage, kAnonymous, at(3)) == top - 2 * i64{kPage});
    space.map(1000, 1, kWritable, kAnonymous | MAP_GROWSDOWN);
    CHECK(map_anywhere(space.mm, kPage, kAnonymous, at(1000 - 256)) == top - 3 * i64{kPage});
    CHECK(map_anywhere(space.mm, kPage, kAnonymous, at(1000 - 257)) == result_at(1000 - 257));
}

TEST_CASE_METHOD(Fixture, "When nothing is left below mmap_base the search goes bottom-up") {
    Space space;
    const u64 low = space.mm.task_size / 4;
    space.mm.mmap_base = kMmapMinAddr + 4 * kPage;
    CHECK(map_anywhere(space.mm, 4 * kPage) == static_cast<i64>(kMmapMinAddr));
    CHECK(map_anywhere(space.mm, kPage) == static_cast<i64>(low));
    CHECK(map_anywhere(space.mm, kPage) == static_cast<i64>(low + kPage));
}

TEST_CASE_METHOD(Fixture, "More than the address space is ENOMEM") {
    Space space;
    CHECK(map_anywhere(space.mm, space.mm.task_size + kPage) == -ENOMEM);
    CHECK(map_anywhere(space.mm, space.mm.task_size) == -ENOMEM);
    CHECK(map_anywhere(space.mm, ~u64{0}) == -ENOMEM);
}
