#include "kernel_model/mm/errno.h"
#include "kernel_model/mm/pte.h"
#include "tests/mm_regions/space.h"
#include "tests/support/catch.h"

using namespace km;
using namespace km_test;

TEST_CASE_METHOD(Fixture, "mprotect refuses what Linux refuses") {
    Space space;
    space.map(0, 2);
    CHECK(do_mprotect(space.mm, at(0) + 1, kPage, kReadOnly) == -EINVAL);
    CHECK(do_mprotect(space.mm, at(0), kPage, 0x40) == -EINVAL);
    CHECK(do_mprotect(space.mm, at(0), kPage, kReadOnly | PROT_GROWSDOWN | PROT_GROWSUP) == -EINVAL);
    CHECK(do_mprotect(space.mm, at(0), ~u64{0}, kReadOnly) == -ENOMEM);  // rounds up to nothing
    CHECK(do_mprotect(space.mm, at(0), ~u64{0} - kPage, kReadOnly) == -ENOMEM);
    CHECK(do_mprotect(space.mm, at(0), 0, kReadOnly) == 0);
    CHECK(space.protect(5, 1, kReadOnly) == -ENOMEM);
    CHECK(space.picture() == "Ww");
}

TEST_CASE_METHOD(Fixture, "mprotect stops at a hole, and what came before it is changed") {
    Space space;
    space.map(0, 2);
    space.map(3, 2);
    CHECK(space.protect(0, 5, kReadOnly) == -ENOMEM);
    CHECK(space.picture() == "Rr.Ww");
    CHECK(space.protect(0, 4, PROT_NONE) == -ENOMEM);
    CHECK(space.protect(2, 3, PROT_NONE) == -ENOMEM);
    CHECK(space.picture() == "Nn.Ww");
}

TEST_CASE_METHOD(Fixture, "mprotect gives no right that the mapping may not have") {
    Space space;
    space.map(0, 2, kReadOnly);
    space.map(2, 2, kReadOnly, MAP_SHARED | MAP_ANONYMOUS);
    space.region(2).vm_flags &= ~VM_MAYWRITE;
    CHECK(space.protect(0, 4, kWritable) == -EACCES);
    CHECK(space.picture() == "WwRr");
}

TEST_CASE_METHOD(Fixture, "mprotect over regions that merge on the way goes on after the merged one") {
    Space space;
    space.map(0, 2);
    space.map(2, 2, kReadOnly);
    space.map(4, 2, PROT_NONE);
    space.map(6, 2, kReadOnly);
    CHECK(space.protect(0, 8, kReadOnly) == 0);
    CHECK(space.picture() == "Rrrrrrrr");
}

TEST_CASE_METHOD(Fixture, "PROT_GROWSDOWN reaches to the start of a stack") {
    Space space;
    space.map(0, 4, kWritable, kAnonymous | MAP_GROWSDOWN);
    CHECK(do_mprotect(space.mm, at(2), kPage, PROT_READ | PROT_WRITE | PROT_EXEC | PROT_GROWSDOWN) == 0);
    CHECK(space.picture() == "AaaW");
    space.map(8, 1);
    CHECK(do_mprotect(space.mm, at(8), kPage, kReadOnly | PROT_GROWSDOWN) == -EINVAL);
    CHECK(do_mprotect(space.mm, at(8), kPage, kReadOnly | PROT_GROWSUP) == -EINVAL);
}

TEST_CASE_METHOD(Fixture, "Untouched memory that is made read-only is charged no more, touched memory is") {
    Space space;
    space.map(0, 2);
    space.protect(0, 2, kReadOnly);
    CHECK((space.region(0).vm_flags & VM_ACCOUNT) == 0);
    space.protect(0, 2, kWritable);
    CHECK((space.region(0).vm_flags & VM_ACCOUNT) != 0);
    space.touch(0);
    space.protect(0, 2, kReadOnly);
    CHECK((space.region(0).vm_flags & VM_ACCOUNT) != 0);
}

TEST_CASE_METHOD(Fixture,
                 "Taking the write right away and giving it back leaves exclusive pages writable without a fault") {
    Space space;
    space.map(0, 16);
    space.touch(0);
    REQUIRE(is_folded(space.mm, at(0)));
    space.protect(0, 16, kReadOnly);
    CHECK_FALSE(pte_write(Pte{raw_entry(space.mm, at(3))}));
    space.protect(0, 16, kWritable);
    CHECK(pte_write(Pte{raw_entry(space.mm, at(3))}));
    CHECK(is_folded(space.mm, at(0)));
    CHECK(broken_invariant().empty());
}

TEST_CASE_METHOD(Fixture, "Locked private pages that become writable are copied at once") {
    File* const file = file_create(nullptr, 4 * kPage);
    {
        Space space;
        space.map(0, 4, kReadOnly, MAP_PRIVATE | MAP_LOCKED, file);
        REQUIRE(space.mm.rss_file == 4);
        space.protect(0, 4, kWritable);
        CHECK(space.mm.rss_file == 0);
        CHECK(space.mm.rss_anon == 4);
    }
    file_put(file);
}
