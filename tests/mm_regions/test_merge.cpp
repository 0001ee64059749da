// When regions merge and split. Pictures: one character per page, a region begins with a capital; N none, R read,
// W read and write, X read and execute.
#include "kernel_model/mm/errno.h"
#include "kernel_model/mm/vma_merge.h"
#include "tests/mm_regions/space.h"
#include "tests/support/catch.h"

using namespace km;
using namespace km_test;

TEST_CASE_METHOD(Fixture, "A mapping above a like one extends it") {
    Space space;
    space.map(0, 2);  //  Ww
    space.map(2, 3);  //    Www
    CHECK(space.picture() == "Wwwww");
}

TEST_CASE_METHOD(Fixture, "A mapping below a like one extends it downwards") {
    Space space;
    space.map(2, 3);  //    Www
    space.map(0, 2);  //  Ww
    CHECK(space.picture() == "Wwwww");
    CHECK(space.region(0).vm_pgoff == at(0) >> PAGE_SHIFT);
}

TEST_CASE_METHOD(Fixture, "A mapping that fills the hole between two like ones joins all three") {
    Space space;
    space.map(0, 2);  //  Ww
    space.map(4, 2);  //      Ww
    space.map(2, 2);  //    Ww
    CHECK(space.picture() == "Wwwwww");
    CHECK(space.mm.vmas.size() == 1);
}

TEST_CASE_METHOD(Fixture, "Mappings with other rights or flags do not merge") {
    Space space;
    space.map(0, 2);
    space.map(2, 2, kReadOnly);
    space.map(4, 2, kWritable, kAnonymous | MAP_NORESERVE);
    CHECK(space.picture() == "WwRrWw");
    CHECK(space.mm.vmas.size() == 3);
}

TEST_CASE_METHOD(Fixture, "Two shared anonymous mappings are two files and do not merge") {
    Space space;
    space.map(0, 2, kWritable, MAP_SHARED | MAP_ANONYMOUS);
    space.map(2, 2, kWritable, MAP_SHARED | MAP_ANONYMOUS);
    CHECK(space.picture() == "WwWw");
    CHECK(space.region(0).vm_file != space.region(2).vm_file);
}

TEST_CASE_METHOD(Fixture, "Mappings of one file merge where the offset goes on, and only there") {
    File* const file = file_create(nullptr, 16 * kPage);
    {
        Space space;
        space.map(0, 2, kReadOnly, MAP_PRIVATE, file, 4);
        space.map(2, 2, kReadOnly, MAP_PRIVATE, file, 6);
        space.map(4, 2, kReadOnly, MAP_PRIVATE, file, 9);
        CHECK(space.picture() == "RrrrRr");
        CHECK(file->references == 3);
    }
    CHECK(file->references == 1);
    file_put(file);
    CHECK(machine.pages_in_use() == 0);
}

TEST_CASE_METHOD(Fixture, "A write protected middle splits in three, and restoring it joins all three") {
    Space space;
    space.map(0, 6);
    space.protect(2, 2, kReadOnly);  //  WwwwwW -> WwRrWw
    CHECK(space.picture() == "WwRrWw");
    space.protect(2, 2, kWritable);  //  prev, vma and next become one
    CHECK(space.picture() == "Wwwwww");
    CHECK(space.mm.vmas.size() == 1);
}

TEST_CASE_METHOD(Fixture, "The head of a region goes over to the region before it") {
    Space space;
    space.map(0, 2, kReadOnly);
    space.map(2, 4);
    space.protect(2, 2, kReadOnly);  //  RrWwww -> RrrrWw
    CHECK(space.picture() == "RrrrWw");
    CHECK(space.region(4).vm_pgoff == at(4) >> PAGE_SHIFT);
}

TEST_CASE_METHOD(Fixture, "The tail of a region goes over to the region after it") {
    Space space;
    space.map(0, 4);
    space.map(4, 2, kReadOnly);
    space.protect(2, 2, kReadOnly);  //  WwwwRr -> WwRrrr
    CHECK(space.picture() == "WwRrrr");
    CHECK(space.region(2).vm_pgoff == at(2) >> PAGE_SHIFT);
}

TEST_CASE_METHOD(Fixture, "A whole region goes over to the one before, or to the one after") {
    Space space;
    space.map(0, 2, kReadOnly);
    space.map(2, 2);
    space.map(5, 2);
    space.map(7, 2, kReadOnly);
    space.protect(2, 2, kReadOnly);  //  RrWw. -> Rrrr.
    space.protect(5, 2, kReadOnly);  //  .WwRr -> .Rrrr
    CHECK(space.picture() == "Rrrr.Rrrr");
    CHECK(space.region(5).vm_pgoff == at(5) >> PAGE_SHIFT);
}

TEST_CASE_METHOD(Fixture, "Head and tail of a region with unlike neighbours are split off") {
    Space space;
    space.map(0, 4);
    space.protect(0, 1, kReadOnly);  //  Wwww -> RWww
    CHECK(space.picture() == "RWww");
    space.protect(3, 1, PROT_NONE);  //  RWww -> RWwN
    CHECK(space.picture() == "RWwN");
}

TEST_CASE_METHOD(Fixture, "A written neighbour takes in an unwritten range and keeps its AnonVma") {
    Space space;
    space.map(0, 2);
    space.touch(0);
    const AnonVma* const anon_vma = space.region(0).anon_vma;
    REQUIRE(anon_vma != nullptr);
    space.map(2, 2);
    CHECK(space.picture() == "Wwww");
    CHECK(space.region(0).anon_vma == anon_vma);
    CHECK(broken_invariant().empty());
}

TEST_CASE_METHOD(Fixture, "Two neighbours written apart share no AnonVma: a range between them joins only the lower") {
    Space space;
    space.map(0, 2);
    space.map(4, 2);
    space.touch(0);
    space.touch(4);
    space.map(2, 2);  //  Ww..Ww -> WwwwWw
    CHECK(space.picture() == "WwwwWw");
    CHECK(broken_invariant().empty());
}

TEST_CASE_METHOD(Fixture, "An unwritten lower neighbour takes over the AnonVma of the written upper one when all three join") {
    Space space;
    space.map(0, 2);
    space.map(4, 2);
    space.touch(4);
    const AnonVma* const anon_vma = space.region(4).anon_vma;
    space.map(2, 2);
    CHECK(space.picture() == "Wwwwww");
    CHECK(space.region(0).anon_vma == anon_vma);
    CHECK(broken_invariant().empty());
}

TEST_CASE_METHOD(Fixture, "As in Linux 6.12 a written range does not go over to an unwritten neighbour") {
    Space space;
    space.map(0, 2, kReadOnly);
    space.map(2, 2);
    space.touch(2);
    space.protect(2, 2, kReadOnly);  //  RrWw -> RrRr
    CHECK(space.picture() == "RrRr");
}

TEST_CASE_METHOD(Fixture, "An unwritten range goes over to a written neighbour") {
    Space space;
    space.map(0, 4);
    space.touch(0);
    space.protect(0, 2, kReadOnly);
    REQUIRE(space.picture() == "RrWw");
    space.map(4, 2, kReadOnly);
    space.protect(4, 2, kWritable);
    CHECK(space.picture() == "RrWwww");
    CHECK(broken_invariant().empty());
}

TEST_CASE_METHOD(Fixture, "After a fork the child's regions take in no fresh neighbour, since their pages may be the parent's") {
    Space space;
    space.map(0, 2);
    space.touch(0);
    AddressSpace* const child = dup_mmap(space.mm);
    REQUIRE(child != nullptr);
    REQUIRE(do_mmap(*child, at(2), 2 * kPage, kWritable, kAnonymous | MAP_FIXED, nullptr, 0) == result_at(2));
    CHECK(child->vmas.size() == 2);
    space.map(2, 2);  // the parent's has one AnonVma still, its own
    CHECK(space.picture() == "Wwww");
    mm_destroy(*child);
}

TEST_CASE_METHOD(Fixture, "Splitting in the middle gives the upper part its offset and both the AnonVma") {
    Space space;
    space.map(0, 8);
    space.touch(0);
    REQUIRE(split_vma(space.region(0), at(3), false) == 0);  //  Wwwwwwww -> WwwWwwww
    CHECK(space.picture() == "WwwWwwww");
    REQUIRE(split_vma(space.region(3), at(6), true) == 0);
    CHECK(space.picture() == "WwwWwwWw");
    CHECK(space.region(3).vm_pgoff == at(3) >> PAGE_SHIFT);
    CHECK(space.region(6).vm_pgoff == at(6) >> PAGE_SHIFT);
    CHECK(space.region(6).anon_vma == space.region(0).anon_vma);
    CHECK(broken_invariant().empty());
}

TEST_CASE_METHOD(Fixture, "munmap cuts head, tail and middle") {
    Space space;
    space.map(0, 10);
    space.touch(0, 10);
    CHECK(space.unmap(0, 1) == 0);
    CHECK(space.unmap(9, 1) == 0);
    CHECK(space.unmap(4, 2) == 0);
    CHECK(space.picture() == ".Www..Www");
    CHECK(broken_invariant().empty());
}

TEST_CASE_METHOD(Fixture, "munmap over several regions and holes takes what is there") {
    Space space;
    space.map(0, 3);
    space.map(4, 2, kReadOnly);
    space.map(7, 3);
    CHECK(space.unmap(2, 6) == 0);  //  Www.Rr.Www -> Ww......Ww
    CHECK(space.picture() == "Ww......Ww");
}

TEST_CASE_METHOD(Fixture, "Nothing is left when an address space with split and merged regions goes") {
    {
        Space space;
        space.map(0, 64);
        space.touch(0, 64);
        space.protect(3, 20, kReadOnly);
        space.unmap(30, 5);
        space.map(31, 2);
    }
    CHECK(machine.pages_in_use() == 0);
}
