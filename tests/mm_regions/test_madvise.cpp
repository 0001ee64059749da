#include "kernel_model/mm/errno.h"
#include "tests/mm_regions/space.h"
#include "tests/support/catch.h"

using namespace km;
using namespace km_test;

TEST_CASE_METHOD(Fixture, "madvise refuses what Linux refuses") {
    Space space;
    space.map(0, 2);
    CHECK(space.advise(0, 1, 99) == -EINVAL);
    CHECK(do_madvise(space.mm, at(0) + 1, kPage, MADV_DONTNEED) == -EINVAL);
    CHECK(do_madvise(space.mm, at(0), ~u64{0}, MADV_DONTNEED) == -EINVAL);
    CHECK(do_madvise(space.mm, at(0), ~u64{0} - kPage, MADV_DONTNEED) == -EINVAL);
    CHECK(space.advise(0, 0, MADV_DONTNEED) == 0);
    CHECK(space.advise(4, 1, MADV_DONTNEED) == -ENOMEM);
}

TEST_CASE_METHOD(Fixture, "madvise passes over holes and reports them at the end") {
    Space space;
    space.map(0, 2);
    space.map(3, 2);
    space.touch(0, 2);
    space.touch(3, 2);
    CHECK(space.advise(0, 5, MADV_DONTNEED) == -ENOMEM);
    CHECK(space.mm.rss_anon == 0);
}

TEST_CASE_METHOD(Fixture, "Advice that is a flag splits the region, and the opposite advice joins it") {
    Space space;
    space.map(0, 6);
    struct Pair {
        int on, off;
        u64 flag;
    };
    const auto pair = GENERATE(values<Pair>({{MADV_DONTFORK, MADV_DOFORK, VM_DONTCOPY},
                                             {MADV_WIPEONFORK, MADV_KEEPONFORK, VM_WIPEONFORK},
                                             {MADV_DONTDUMP, MADV_DODUMP, VM_DONTDUMP},
                                             {MADV_RANDOM, MADV_NORMAL, VM_RAND_READ},
                                             {MADV_SEQUENTIAL, MADV_NORMAL, VM_SEQ_READ}}));
    CHECK(space.advise(2, 2, pair.on) == 0);
    CHECK(space.picture() == "WwWwWw");
    CHECK((space.region(2).vm_flags & pair.flag) != 0);
    CHECK(space.advise(2, 2, pair.off) == 0);
    CHECK(space.picture() == "Wwwwww");
}

TEST_CASE_METHOD(Fixture, "MADV_HUGEPAGE and MADV_NOHUGEPAGE exclude each other") {
    Space space;
    space.map(0, 2);
    space.advise(0, 2, MADV_HUGEPAGE);
    CHECK((space.region(0).vm_flags & (VM_HUGEPAGE | VM_NOHUGEPAGE)) == VM_HUGEPAGE);
    space.advise(0, 2, MADV_NOHUGEPAGE);
    CHECK((space.region(0).vm_flags & (VM_HUGEPAGE | VM_NOHUGEPAGE)) == VM_NOHUGEPAGE);
}

TEST_CASE_METHOD(Fixture, "Advice for private anonymous memory is refused for files, after what came before was done") {
    File* const file = file_create(nullptr, 4 * kPage);
    {
        Space space;
        space.map(0, 2);
        space.map(2, 2, kWritable, MAP_PRIVATE, file);
        CHECK(space.advise(0, 4, MADV_WIPEONFORK) == -EINVAL);
        CHECK((space.region(0).vm_flags & VM_WIPEONFORK) != 0);
        CHECK(space.advise(2, 2, MADV_FREE) == -EINVAL);
        CHECK(space.advise(0, 2, MADV_REMOVE) == -EINVAL);
        CHECK(space.advise(2, 2, MADV_REMOVE) == -EACCES);
        CHECK(space.advise(0, 4, MADV_WILLNEED) == 0);
        CHECK(space.advise(0, 4, MADV_PAGEOUT) == 0);
    }
    file_put(file);
}

TEST_CASE_METHOD(Fixture, "Locked memory is neither dropped nor aged, unless asked for by name") {
    Space space;
    space.map(0, 4, kWritable, kAnonymous | MAP_LOCKED);
    REQUIRE(space.mm.rss_anon == 4);
    CHECK(space.advise(0, 4, MADV_DONTNEED) == -EINVAL);
    CHECK(space.advise(0, 4, MADV_FREE) == -EINVAL);
    CHECK(space.advise(0, 4, MADV_COLD) == -EINVAL);
    CHECK(space.advise(0, 4, MADV_DONTNEED_LOCKED) == 0);
    CHECK(space.mm.rss_anon == 0);
}

TEST_CASE_METHOD(Fixture, "MADV_DONTNEED of a part of a block unfolds it and keeps the rest") {
    Space space;
    space.map(0, 16);
    space.touch(0);
    REQUIRE(is_folded(space.mm, at(0)));
    space.advise(3, 2, MADV_DONTNEED);
    CHECK_FALSE(is_folded(space.mm, at(0)));
    CHECK(space.mm.rss_anon == 14);
    CHECK(broken_invariant().empty());
}

TEST_CASE_METHOD(Fixture, "MADV_POPULATE faults pages in, and names what stops it") {
    Space space;
    space.map(0, 4);
    space.map(4, 2, kReadOnly);
    space.map(6, 2, PROT_NONE);
    CHECK(space.advise(0, 4, MADV_POPULATE_WRITE) == 0);
    CHECK(space.mm.rss_anon == 4);
    CHECK(space.advise(0, 6, MADV_POPULATE_READ) == 0);
    CHECK(counters[GUEST_FAULT_ZERO_PAGE] == 2);
    CHECK(space.advise(0, 6, MADV_POPULATE_WRITE) == -EINVAL);
    CHECK(space.advise(4, 4, MADV_POPULATE_READ) == -EINVAL);
    CHECK(space.advise(20, 1, MADV_POPULATE_READ) == -ENOMEM);
}

TEST_CASE_METHOD(Fixture, "MADV_POPULATE beyond the end of a file is EFAULT") {
    File* const file = file_create(nullptr, 2 * kPage);
    {
        Space space;
        space.map(0, 4, kWritable, MAP_SHARED, file);
        CHECK(space.advise(0, 4, MADV_POPULATE_WRITE) == -EFAULT);
        CHECK(space.mm.rss_file == 2);
    }
    file_put(file);
}
