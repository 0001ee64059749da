#include "kernel_model/mm/errno.h"
#include "tests/mm_regions/space.h"
#include "tests/support/catch.h"

using namespace km;
using namespace km_test;

TEST_CASE_METHOD(Fixture, "mmap refuses what Linux refuses") {
    Space space;
    AddressSpace& mm = space.mm;
    CHECK(do_mmap(mm, 0, 0, kWritable, kAnonymous, nullptr, 0) == -EINVAL);
    CHECK(do_mmap(mm, 0, kPage, kWritable, MAP_ANONYMOUS, nullptr, 0) == -EINVAL);  // neither shared nor private
    CHECK(do_mmap(mm, 0, kPage, kWritable, MAP_SHARED_VALIDATE | MAP_ANONYMOUS, nullptr, 0) == -EINVAL);
    CHECK(do_mmap(mm, at(0) + 1, kPage, kWritable, kAnonymous | MAP_FIXED, nullptr, 0) == -EINVAL);
    CHECK(do_mmap(mm, mm.task_size, kPage, kWritable, kAnonymous | MAP_FIXED, nullptr, 0) == -ENOMEM);
    CHECK(do_mmap(mm, kPage, kPage, kWritable, kAnonymous | MAP_FIXED, nullptr, 0) == -EPERM);
    CHECK(do_mmap(mm, 0, kPage, kWritable, MAP_SHARED | MAP_ANONYMOUS | MAP_GROWSDOWN, nullptr, 0) == -EINVAL);
    CHECK(do_mmap(mm, 0, kPage, kWritable, kAnonymous, nullptr, ~u64{0}) == -EOVERFLOW);
    CHECK(mm.vmas.size() == 0);
}

TEST_CASE_METHOD(Fixture, "mmap of a file refuses stacks and offsets beyond the largest file") {
    File* const file = file_create(nullptr, kPage);
    {
        Space space;
        CHECK(do_mmap(space.mm, 0, kPage, kWritable, MAP_PRIVATE | MAP_GROWSDOWN, file, 0) == -EINVAL);
        CHECK(do_mmap(space.mm, 0, kPage, kWritable, 0, file, 0) == -EINVAL);
        CHECK(do_mmap(space.mm, 0, kPage, kWritable, MAP_SHARED, file, u64{1} << 51) == -EOVERFLOW);
        CHECK(do_mmap(space.mm, 0, kPage, kWritable, MAP_SHARED_VALIDATE, file, (u64{1} << 51) - 3) > 0);
        CHECK(file->references == 2);
    }
    CHECK(file->references == 1);
    file_put(file);
}

TEST_CASE_METHOD(Fixture, "MAP_FIXED replaces what was there, MAP_FIXED_NOREPLACE does not") {
    Space space;
    space.map(0, 6);
    space.touch(0, 6);
    CHECK(space.map(2, 2, kReadOnly) == result_at(2));
    CHECK(space.picture() == "WwRrWw");
    CHECK(raw_entry(space.mm, at(2)) == 0);
    CHECK(raw_entry(space.mm, at(4)) != 0);
    CHECK(space.map(5, 2, kReadOnly, kAnonymous | MAP_FIXED_NOREPLACE) == -EEXIST);
    CHECK(space.map(6, 2, kReadOnly, kAnonymous | MAP_FIXED_NOREPLACE) == result_at(6));
    CHECK(space.picture() == "WwRrWwRr");
    CHECK(broken_invariant().empty());
}

TEST_CASE_METHOD(Fixture, "Droppable memory is private, reserves nothing, and survives neither fork nor dump") {
    Space space;
    constexpr u64 kDroppable = MAP_DROPPABLE | MAP_ANONYMOUS;
    for (const u64 refused : {MAP_LOCKED, MAP_HUGETLB, MAP_GROWSDOWN})
        CHECK(do_mmap(space.mm, at(0), kPage, kWritable, kDroppable | refused, nullptr, 0) == -EINVAL);
    space.map(0, 2, kWritable, kDroppable);
    // The flags that a real Linux 6.12 shows for such a region, but for the bits that Linux keeps for itself.
    CHECK(space.region(0).vm_flags == 0x10006200073);
    CHECK(space.region(0).vm_pgoff == at(0) >> PAGE_SHIFT);
    for (const int advice : {MADV_KEEPONFORK, MADV_DODUMP})
        CHECK(do_madvise(space.mm, at(0), kPage, advice) == -EINVAL);
    space.touch(0, 1);
    CHECK(space.picture().starts_with("W"));
    CHECK(broken_invariant().empty());
}

TEST_CASE_METHOD(Fixture, "The flags of a mapping become the region's as in Linux") {
    Space space;
    constexpr u64 kMay = VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC;
    space.map(0, 1);
    CHECK(space.region(0).vm_flags == (VM_READ | VM_WRITE | VM_ACCOUNT | kMay));
    space.map(2, 1, kReadOnly);
    CHECK(space.region(2).vm_flags == (VM_READ | kMay));
    space.map(4, 1, kWritable, kAnonymous | MAP_STACK | MAP_NORESERVE);
    CHECK(space.region(4).vm_flags == (VM_READ | VM_WRITE | VM_NOHUGEPAGE | VM_NORESERVE | kMay));
    space.map(6, 1, kWritable, MAP_SHARED | MAP_ANONYMOUS);
    CHECK(space.region(6).vm_flags == (VM_READ | VM_WRITE | VM_SHARED | VM_MAYSHARE | kMay));
    CHECK(space.region(6).vm_pgoff == 0);
    space.map(8, 1, kWritable, kAnonymous | MAP_GROWSDOWN);
    CHECK(space.region(8).vm_flags == (VM_READ | VM_WRITE | VM_ACCOUNT | VM_GROWSDOWN | kMay));
}

TEST_CASE_METHOD(Fixture, "MAP_POPULATE faults in every page, MAP_NONBLOCK beside it none") {
    Space space;
    space.map(0, 20, kWritable, kAnonymous | MAP_POPULATE);
    CHECK(space.mm.rss_anon == 20);
    CHECK(counters[GUEST_PGFAULT] == 5);  // one folio of 64K, and four single pages whose window does not fit
    space.map(32, 4, kWritable, kAnonymous | MAP_POPULATE | MAP_NONBLOCK);
    CHECK(space.mm.rss_anon == 20);
    space.map(48, 4, PROT_NONE, kAnonymous | MAP_POPULATE);
    CHECK(space.mm.rss_anon == 20);
}

TEST_CASE_METHOD(Fixture, "munmap refuses what Linux refuses, and nothing mapped is no error") {
    Space space;
    AddressSpace& mm = space.mm;
    CHECK(do_munmap(mm, at(0) + 1, kPage) == -EINVAL);
    CHECK(do_munmap(mm, at(0), 0) == -EINVAL);
    CHECK(do_munmap(mm, mm.task_size, kPage) == -EINVAL);
    CHECK(do_munmap(mm, at(0), mm.task_size) == -EINVAL);
    CHECK(do_munmap(mm, at(0), kPage) == 0);
}

TEST_CASE_METHOD(Fixture, "The limit on regions holds for mmap and for the munmap that would cut one in three") {
    Machine large{"", kCortexA72, 64u << 20};
    Space space;
    for (u64 i = 0; space.mm.vmas.size() != kMaxMapCount - 1; ++i) REQUIRE(space.map(2 * i, 1) > 0);
    const u64 beyond = 3 * kMaxMapCount;
    CHECK(space.map(beyond, 3) == result_at(beyond));
    REQUIRE(space.mm.vmas.size() == kMaxMapCount);
    CHECK(space.unmap(beyond + 1, 1) == -ENOMEM);
    CHECK(space.protect(beyond, 1, kReadOnly) == -ENOMEM);
    CHECK(space.unmap(beyond, 1) == 0);
    // One more than the limit is had, as in Linux: the count is compared before the region is made.
    CHECK(space.map(beyond + 10, 1) > 0);
    CHECK(space.map(beyond + 20, 1) == -ENOMEM);
}
