#include "kernel_model/mm/pte.h"
#include "tests/mm_regions/space.h"
#include "tests/support/catch.h"

using namespace km;
using namespace km_test;

TEST_CASE_METHOD(Fixture, "fork copies every region but those that are not to be copied") {
    Space space;
    space.map(0, 2);
    space.map(4, 2, kReadOnly);
    space.map(8, 2, kWritable, kAnonymous | MAP_LOCKED);
    space.touch(0, 2);
    space.advise(1, 1, MADV_DONTFORK);
    AddressSpace* const child = dup_mmap(space.mm);
    REQUIRE(child != nullptr);
    CHECK(child->vmas.size() == 3);
    CHECK(vma_lookup(*child, at(1)) == nullptr);
    CHECK((vma_lookup(*child, at(8))->vm_flags & VM_LOCKED) == 0);
    CHECK(child->mmap_base == space.mm.mmap_base);
    CHECK(child->rss_anon == 3);
    CHECK(broken_invariant().empty());
    mm_destroy(*child);
    CHECK(broken_invariant().empty());
}

TEST_CASE_METHOD(Fixture, "A region that is wiped on fork comes to the child empty, and again to the grandchild") {
    Space space;
    space.map(0, 4);
    space.touch(0, 4);
    space.advise(0, 4, MADV_WIPEONFORK);
    AddressSpace* const child = dup_mmap(space.mm);
    REQUIRE(child != nullptr);
    CHECK(child->rss_anon == 0);
    CHECK(child->vmas.first()->anon_vma == nullptr);
    CHECK((child->vmas.first()->vm_flags & VM_WIPEONFORK) != 0);
    CHECK(pte_write(Pte{raw_entry(space.mm, at(0))}));
    mm_destroy(*child);
}

TEST_CASE_METHOD(Fixture, "fork keeps blocks folded in parent and child, and flushes once, at its end") {
    Space space;
    space.map(0, 32);
    space.touch(0);
    space.touch(16);
    AddressSpace* child = nullptr;
    const Prices fork = price([&] { child = dup_mmap(space.mm); });
    REQUIRE(child != nullptr);
    CHECK(is_folded(space.mm, at(0)));
    CHECK(is_folded(*child, at(16)));
    CHECK(fork.tlbi() == 1);
    CHECK(fork.tlbi_asid == 1);
    CHECK(port::recorder.events.size() > 4);
    mm_destroy(*child);
}

TEST_CASE_METHOD(Fixture, "fork counts itself, and a file that is mapped gets one more reference") {
    File* const file = file_create(nullptr, kPage);
    {
        Space space;
        space.map(0, 1, kReadOnly, MAP_PRIVATE, file);
        AddressSpace* const child = dup_mmap(space.mm);
        CHECK(counters[GUEST_FORKS] == 1);
        CHECK(file->references == 3);
        mm_destroy(*child);
    }
    file_put(file);
    CHECK(machine.pages_in_use() == 0);
}

TEST_CASE_METHOD(Fixture, "A private file mapping is copied page by page once it has a page of its own, and not at all before") {
    File* const file = file_create(nullptr, 4 * kPage);
    {
        Space space;
        space.map(0, 4, kWritable, MAP_PRIVATE, file);
        REQUIRE(space.advise(0, 4, MADV_POPULATE_READ) == 0);
        REQUIRE(space.mm.rss_file == 4);
        const bool written = GENERATE(false, true);
        if (written) space.touch(1);
        AddressSpace* const child = dup_mmap(space.mm);
        CHECK(child->rss_file == (written ? 3 : 0));
        CHECK(child->rss_anon == (written ? 1 : 0));
        CHECK(broken_invariant().empty());
        mm_destroy(*child);
    }
    file_put(file);
}

TEST_CASE("A fork that runs out of memory leaves the parent whole and nothing behind") {
    Machine machine{"thp_anon=64K:always", kCortexA72, 4u << 20};
    Space space;
    for (u64 i = 0; i != 64; ++i) space.map(2 * i, 1, i % 2 == 0 ? kWritable : kReadOnly);
    space.touch(0);
    std::vector<Page*> hoard;
    while (Page* const page = alloc_pages(0, false)) hoard.push_back(page);
    unsigned refused = 0;
    AddressSpace* child = nullptr;
    // With a page more each time the fork comes further.
    while ((child = dup_mmap(space.mm)) == nullptr) {
        ++refused;
        REQUIRE(space.mm.vmas.size() == 64);
        free_pages(hoard.back(), 0);
        hoard.pop_back();
    }
    CHECK(refused >= 3);
    mm_destroy(*child);
    for (Page* const page : hoard) free_pages(page, 0);
    CHECK(broken_invariant().empty());
}
