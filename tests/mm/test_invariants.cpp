// The invariants hold after every kind of operation, and each rule is broken by a mutation made for it.
#include "kernel_model/mm/page_table.h"
#include "kernel_model/mm/rmap.h"
#include "tests/support/catch.h"
#include "tests/support/mm_invariants.h"
#include "tests/support/mm_process.h"

using namespace km;
using namespace km_test;

namespace {

constexpr u64 kBase = 0x20000000;
constexpr u64 kBytes = 4 * kBlock;

std::string rule_of(const std::string& broken) { return broken.substr(0, broken.find(':')); }

// A process with four blocks of 64K, all touched.
struct Fixture {
    Machine machine{"thp_anon=64K:always"};
    Process process;
    Fixture() {
        process.map(kBase, kBytes);
        process.touch(kBase, kBytes);
        REQUIRE(broken_invariant() == "");
    }
    AddressSpace& mm() { return process.mm(); }
    u64& slot(u64 offset) { return *raw_slot(mm(), kBase + offset); }
    Page* page(u64 offset) { return pfn_to_page(pte_pfn(Pte{slot(offset)})); }
    Folio* folio(u64 offset) { return page_folio(page(offset)); }
};

// Breaks one value, expects the rule to be named, and mends it.
template <class T, class U>
void expect_broken(const char* rule, T& place, U mutated) {
    const T good = place;
    place = static_cast<T>(mutated);
    CHECK(rule_of(broken_invariant()) == rule);
    place = good;
    REQUIRE(broken_invariant() == "");
}

}  // namespace

TEST_CASE("The invariants hold through faults, fork, copies, protection, moves and unmapping") {
    const char* settings = GENERATE("thp_anon=64K:always", "thp_anon=16K:always", "thp_anon=16K-2M:always", "");
    Machine machine{settings};
    {
        Process parent, child;
        const auto check = [] { REQUIRE(broken_invariant() == ""); };
        parent.map(kBase, kBytes);
        parent.touch(kBase + kPage, kPage, Access::Read);
        parent.touch(kBase, kBytes);
        check();
        parent.fork_into(child);
        check();
        child.touch(kBase + 3 * kPage, kPage);
        parent.touch(kBase + kBlock, kBlock);
        check();
        parent.mprotect(kBase + 2 * kPage, 2 * kBlock, VM_READ);
        check();
        parent.mremap(kBase + 2 * kPage, kBase + 0x40000000);
        check();
        child.exit();
        check();
        parent.dontneed(kBase + 0x40000000 + kPage, 3 * kPage);
        check();
        madvise_cold(parent.region(kBase + 0x40000000), kBase + 0x40000000, kBase + 0x40000000 + 2 * kBlock);
        check();
        parent.unmap(kBase, kPage);
        check();
    }
    CHECK(broken_invariant() == "");
    CHECK(machine.pages_in_use() == 0);
}

TEST_CASE("Each rule about contiguous blocks is broken by its mutation") {
    if (KM_CONTPTE != 2) return;
    Fixture f;
    expect_broken("contiguous", f.slot(3 * kPage), f.slot(3 * kPage) & ~PTE_CONT);
    expect_broken("block-valid", f.slot(3 * kPage), u64{0});
    expect_broken("block-frames", f.slot(3 * kPage), f.slot(4 * kPage));
    expect_broken("block-bits", f.slot(3 * kPage), f.slot(3 * kPage) & ~PTE_UXN);
    expect_broken("block-folio", f.page(3 * kPage)->compound_head, u64{0});
}

TEST_CASE("Access flag and dirty state may differ within a contiguous block") {
    Fixture f;
    f.slot(0) &= ~PTE_AF;
    f.slot(kPage) = pte_mkclean(Pte{f.slot(kPage)}).raw;
    CHECK(broken_invariant() == "");
}

TEST_CASE("Each rule about entries and regions is broken by its mutation") {
    Fixture f;
    expect_broken("region", f.process.region(kBase).vm_start, kBase + kBlock);
    expect_broken("index", f.folio(0)->page.own.index, f.folio(0)->page.own.index + 1);
    expect_broken("exclusive", f.page(0)->flags, f.page(0)->flags & ~u64{PG_anon_exclusive});
}

TEST_CASE("Each rule about counts is broken by its mutation") {
    Fixture f;
    expect_broken("mapcount", f.page(kPage)->mapcount, 1);
    expect_broken("large-mapcount", folio_large(f.folio(0)).large_mapcount, 14);
    expect_broken("mapped-pages", folio_large(f.folio(0)).nr_pages_mapped, 15);
    expect_broken("refcount", f.folio(0)->page.refcount, 17);
    expect_broken("rss", f.mm().rss_anon, 63);
    expect_broken("rss", f.mm().rss_file, 1);
    expect_broken("tables", f.mm().table_pages, 5);
}

TEST_CASE("An exclusive page that two processes map breaks the rule") {
    Fixture f;
    Process child;
    f.process.fork_into(child);
    REQUIRE(broken_invariant() == "");
    expect_broken("exclusive-once", f.page(0)->flags, f.page(0)->flags | PG_anon_exclusive);
}

TEST_CASE("The mark and the list of partially mapped folios must agree with the entries") {
    Fixture f;
    f.process.dontneed(kBase, kPage);
    Folio* const folio = f.folio(kPage);
    REQUIRE(broken_invariant() == "");
    expect_broken("partial", folio->page.flags, folio->page.flags & ~u64{PG_partially_mapped});
    folio_deferred_list(folio).remove();
    CHECK(rule_of(broken_invariant()) == "partial");
    folio_deferred_list(folio).insert_tail(deferred_split_list);
    Folio* const whole = f.folio(kBlock);
    expect_broken("partial", whole->page.flags, whole->page.flags | PG_partially_mapped);
}

TEST_CASE("A page that nobody has, or a free page in use, breaks the rule about memory") {
    Fixture f;
    Page* const page = alloc_pages(0, false);
    CHECK(rule_of(broken_invariant()) == "memory");
    CHECK(broken_invariant(1) == "");
    free_pages(page, 0);
    expect_broken("memory", page->refcount, 1);
}
