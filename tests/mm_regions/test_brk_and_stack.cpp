#include "kernel_model/mm/errno.h"
#include "tests/mm_regions/space.h"
#include "tests/support/catch.h"

using namespace km;
using namespace km_test;

namespace {

class Heap : public Fixture {
public:
    Heap() { space.mm.start_brk = space.mm.brk = at(0); }
    i64 brk(u64 bytes) { return do_brk(space.mm, at(0) + bytes); }
    Space space;
};

constexpr u64 kGuardPages = kStackGuardGap / kPage;

}  // namespace

TEST_CASE_METHOD(Heap, "brk grows and shrinks the heap by bytes, its region by pages") {
    CHECK(do_brk(space.mm, 0) == result_at(0));
    CHECK(brk(100) == result_at(0) + 100);
    CHECK(space.picture() == "W");
    CHECK(brk(3 * kPage) == result_at(3));
    CHECK(space.picture() == "Www");
    CHECK(brk(kPage + 1) == result_at(1) + 1);
    CHECK(space.picture() == "Ww");
    CHECK(brk(0) == result_at(0));
    CHECK(space.picture().empty());
}

TEST_CASE_METHOD(Heap, "brk keeps one page free above the heap, and a guard below a stack") {
    space.map(4, 1, kReadOnly);
    CHECK(brk(4 * kPage) == result_at(0));
    CHECK(brk(3 * kPage) == result_at(3));
    space.unmap(4, 1);
    space.map(4 + kGuardPages, 1, kWritable, kAnonymous | MAP_GROWSDOWN);
    CHECK(brk(4 * kPage) == result_at(3));
}

TEST_CASE_METHOD(Heap, "brk does not merge with memory mapped above it") {
    space.map(2, 1);
    CHECK(brk(kPage) == result_at(1));
    CHECK(space.picture() == "W.W");
}

TEST_CASE_METHOD(Heap, "brk of a heap that was split or partly unmapped still works") {
    brk(4 * kPage);
    space.protect(1, 1, kReadOnly);
    CHECK(brk(6 * kPage) == result_at(6));
    CHECK(space.picture() == "WRWwww");
    space.unmap(4, 2);
    CHECK(brk(8 * kPage) == result_at(8));
    CHECK(space.picture() == "WRWw..Ww");
    CHECK(brk(5 * kPage) == result_at(5));
    CHECK(space.picture() == "WRWw");
    CHECK(brk(4 * kPage) == result_at(5));  // nothing is there to shrink
}

TEST_CASE_METHOD(Fixture, "A stack grows down to the page that is touched") {
    Space space;
    space.map(100, 2, kWritable, kAnonymous | MAP_GROWSDOWN);
    Vma* const stack = lock_mm_and_find_vma(space.mm, at(90) + 123);
    REQUIRE(stack != nullptr);
    CHECK(stack->vm_start == at(90));
    CHECK(stack->vm_pgoff == at(90) >> PAGE_SHIFT);
    CHECK(stack->anon_vma != nullptr);
    CHECK(lock_mm_and_find_vma(space.mm, at(101)) == stack);
}

TEST_CASE_METHOD(Fixture, "Memory that is no stack does not grow") {
    Space space;
    space.map(100, 2);
    CHECK(lock_mm_and_find_vma(space.mm, at(99)) == nullptr);
    CHECK(expand_stack(space.region(100), at(99)) == -EFAULT);
    CHECK(lock_mm_and_find_vma(space.mm, at(102)) == nullptr);
}

TEST_CASE_METHOD(Fixture, "A stack stays a guard away from accessible memory below it, not from a stack or PROT_NONE") {
    Space space;
    space.map(1000, 1, kWritable, kAnonymous | MAP_GROWSDOWN);
    SECTION("accessible memory") {
        space.map(100, 1);
        CHECK(expand_stack(space.region(1000), at(100 + kGuardPages)) == -ENOMEM);
        CHECK(expand_stack(space.region(1000), at(101 + kGuardPages)) == 0);
    }
    SECTION("memory nobody can touch") {
        space.map(100, 1, PROT_NONE);
        CHECK(expand_stack(space.region(1000), at(101)) == 0);
    }
    SECTION("another stack") {
        space.map(100, 1, kWritable, kAnonymous | MAP_GROWSDOWN);
        CHECK(expand_stack(space.region(1000), at(101)) == 0);
    }
}

TEST_CASE_METHOD(Fixture, "A stack grows no further than its limit, nor below the lowest address") {
    Space space;
    const u64 top = 10000;
    space.map(top, 1, kWritable, kAnonymous | MAP_GROWSDOWN);
    const u64 limit = kStackLimit / kPage;
    CHECK(expand_stack(space.region(top), at(top - limit)) == -ENOMEM);
    CHECK(expand_stack(space.region(top), at(top + 1 - limit)) == 0);
    CHECK(expand_stack(space.region(top), kMmapMinAddr - 1) == -EPERM);
}
