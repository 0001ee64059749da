#include "kernel_model/mm/errno.h"
#include "tests/mm_regions/space.h"
#include "tests/support/catch.h"

using namespace km;
using namespace km_test;

namespace {
constexpr u64 kMoveTo = MREMAP_MAYMOVE | MREMAP_FIXED;
}

TEST_CASE_METHOD(Fixture, "mremap refuses what Linux refuses") {
    Space space;
    space.map(0, 4);
    CHECK(space.remap(0, 4, 4, 8) == -EINVAL);
    CHECK(space.remap(0, 4, 4, MREMAP_FIXED, 16) == -EINVAL);
    CHECK(space.remap(0, 4, 4, MREMAP_DONTUNMAP, 16) == -EINVAL);
    CHECK(space.remap(0, 4, 2, MREMAP_DONTUNMAP | MREMAP_MAYMOVE, 16) == -EINVAL);
    CHECK(do_mremap(space.mm, at(0) + 1, kPage, kPage, 0, 0) == -EINVAL);
    CHECK(space.remap(0, 4, 0) == -EINVAL);
    CHECK(space.remap(8, 1, 2) == -EFAULT);
    CHECK(space.remap(0, 5, 6) == -EFAULT);                   // reaches over the end of the region
    CHECK(space.remap(0, 0, 1, MREMAP_MAYMOVE) == -EINVAL);   // a private mapping cannot be doubled
    CHECK(space.remap(0, 4, 4, kMoveTo, 3) == -EINVAL);       // overlaps
    CHECK(do_mremap(space.mm, at(0), kPage, kPage, kMoveTo, at(9) + 1) == -EINVAL);
    CHECK(do_mremap(space.mm, at(0), kPage, kPage, kMoveTo, space.mm.task_size) == -EINVAL);
    CHECK(space.picture() == "Wwww");
}

TEST_CASE_METHOD(Fixture, "mremap shrinks in place") {
    Space space;
    space.map(0, 6);
    CHECK(space.remap(0, 6, 4) == result_at(0));
    CHECK(space.picture() == "Wwww");
    CHECK(space.remap(1, 1, 1) == result_at(1));
    CHECK(space.picture() == "Wwww");
}

TEST_CASE_METHOD(Fixture, "mremap grows in place where there is room, and joins the region it then touches") {
    Space space;
    space.map(0, 2);
    CHECK(space.remap(0, 2, 4) == result_at(0));
    CHECK(space.picture() == "Wwww");
    space.map(6, 2);
    CHECK(space.remap(2, 2, 4) == result_at(2));
    CHECK(space.picture() == "Wwwwwwww");
    CHECK(space.mm.vmas.size() == 1);
}

TEST_CASE_METHOD(Fixture, "mremap that cannot grow in place moves only if it may") {
    Space space;
    space.map(0, 2);
    space.touch(0, 2);
    space.map(2, 1, kReadOnly);
    CHECK(space.remap(0, 2, 4) == -ENOMEM);
    const i64 moved = space.remap(0, 2, 4, MREMAP_MAYMOVE);
    CHECK(moved == static_cast<i64>(space.mm.mmap_base - 4 * kPage));
    CHECK(raw_entry(space.mm, static_cast<u64>(moved)) != 0);
    CHECK(find_vma(space.mm, at(0))->vm_start == at(2));
    CHECK(broken_invariant().empty());
}

TEST_CASE_METHOD(Fixture, "The middle of a region cannot grow in place even if it has old_len pages after it") {
    Space space;
    space.map(0, 4);
    CHECK(space.remap(0, 2, 3) == -ENOMEM);
}

TEST_CASE_METHOD(Fixture,
                 "Touched memory keeps its page offset when it moves, untouched memory takes the new place's") {
    Space space;
    space.map(0, 2);
    space.touch(0);
    space.map(4, 2);
    REQUIRE(space.remap(0, 2, 2, kMoveTo, 100) == result_at(100));
    REQUIRE(space.remap(4, 2, 2, kMoveTo, 110) == result_at(110));
    CHECK(space.region(100).vm_pgoff == at(0) >> PAGE_SHIFT);
    CHECK(space.region(110).vm_pgoff == at(110) >> PAGE_SHIFT);
    CHECK(broken_invariant().empty());
}

TEST_CASE_METHOD(Fixture, "Memory that moves away in part and comes back merges again") {
    Space space;
    space.map(0, 6);
    space.touch(0, 6);
    REQUIRE(space.remap(2, 2, 2, kMoveTo, 20) == result_at(20));
    CHECK(space.picture() == "Ww..Ww..............Ww");
    REQUIRE(space.remap(20, 2, 2, kMoveTo, 2) == result_at(2));
    CHECK(space.picture() == "Wwwwww");
    CHECK(broken_invariant().empty());
}

TEST_CASE_METHOD(Fixture, "Untouched memory that moves next to its own rest merges with it") {
    Space space;
    space.map(0, 4);
    // Pages 0 and 1 go to 4 and 5: the copy joins pages 2 and 3 of the region it comes from.
    REQUIRE(space.remap(0, 2, 2, kMoveTo, 4) == result_at(4));
    CHECK(space.picture() == "..Wwww");
    CHECK(broken_invariant().empty());
}

TEST_CASE_METHOD(Fixture, "MREMAP_FIXED replaces what is at the new place, and shrinks and grows on the way") {
    Space space;
    space.map(0, 4);
    space.touch(0, 4);
    space.map(10, 6, kReadOnly);
    REQUIRE(space.remap(0, 4, 2, kMoveTo, 12) == result_at(12));
    CHECK(space.picture() == "..........RrWwRr");
    REQUIRE(space.remap(12, 2, 4, kMoveTo, 20) == result_at(20));
    CHECK(space.picture() == "..........Rr..Rr....Wwww");
    CHECK(broken_invariant().empty());
}

TEST_CASE_METHOD(Fixture, "MREMAP_FIXED unmaps its target before it finds that the old range is bad, as in Linux") {
    Space space;
    space.map(0, 2);
    space.map(10, 2);
    CHECK(space.remap(0, 4, 4, kMoveTo, 10) == -EFAULT);
    CHECK(space.picture() == "Ww");
}

TEST_CASE_METHOD(Fixture, "MREMAP_DONTUNMAP leaves the old region there, empty and without an AnonVma") {
    Space space;
    space.map(0, 2);
    space.touch(0, 2);
    REQUIRE(space.remap(0, 2, 2, MREMAP_MAYMOVE | MREMAP_DONTUNMAP, 8) == result_at(8));
    CHECK(space.picture() == "Ww......Ww");
    CHECK(raw_entry(space.mm, at(0)) == 0);
    CHECK(raw_entry(space.mm, at(8)) != 0);
    CHECK(space.region(0).anon_vma == nullptr);
    CHECK(broken_invariant().empty());
}

TEST_CASE_METHOD(Fixture, "An old length of 0 doubles a shared mapping") {
    Space space;
    space.map(0, 2, kWritable, MAP_SHARED | MAP_ANONYMOUS);
    space.touch(0, 2);
    REQUIRE(space.remap(0, 0, 2, kMoveTo, 8) == result_at(8));
    CHECK(space.picture() == "Ww......Ww");
    CHECK(space.region(8).vm_file == space.region(0).vm_file);
    CHECK(space.region(8).vm_pgoff == 0);
}

TEST_CASE_METHOD(Fixture, "Moved by a multiple of 64K a block is folded again, moved by a page it is not") {
    Space space;
    space.map(0, 16);
    space.touch(0);
    REQUIRE(is_folded(space.mm, at(0)));
    REQUIRE(space.remap(0, 16, 16, kMoveTo, 64) == result_at(64));
    CHECK(is_folded(space.mm, at(64)));
    REQUIRE(space.remap(64, 16, 16, kMoveTo, 33) == result_at(33));
    CHECK_FALSE(is_folded(space.mm, at(33)));
    CHECK(broken_invariant().empty());
}
