// What unmapping, moving and splitting leave behind: tables, batches, partially mapped folios, other processes' entries.
#include "kernel_model/mm/folio.h"
#include "kernel_model/mm/rmap.h"
#include "kernel_model/mm/split_folio.h"
#include "tests/support/catch.h"
#include "tests/support/mm_invariants.h"
#include "tests/support/mm_process.h"

using namespace km;
using namespace km_test;

namespace {
constexpr u64 kBase = 0x40000000;
constexpr bool kOn = KM_CONTPTE == 2;
}  // namespace

TEST_CASE("Tables go when nothing else is mapped near, and stay otherwise") {
    Machine machine{""};
    Process process;
    process.map(kBase, kBlock);
    process.map(kBase + PMD_SIZE - kBlock, kBlock);
    process.touch(kBase, kPage);
    process.touch(kBase + PMD_SIZE - kBlock, kPage);
    CHECK(process.mm().table_pages == 4);
    process.unmap(kBase, kBlock);
    CHECK(process.mm().table_pages == 4);
    process.unmap(kBase + PMD_SIZE - kBlock, kBlock);
    CHECK(process.mm().table_pages == 1);
    CHECK(counters[GUEST_NR_PAGE_TABLE_PAGES] == 1);
    CHECK(broken_invariant() == "");
}

TEST_CASE("Freed tables are flushed at all levels, in strides of what one entry mapped") {
    Machine machine{""};
    Process process;
    process.map(kBase, 3 * PMD_SIZE);
    process.map(kBase + 0x10000000, kPage);  // the tables above stay
    process.touch(kBase + 0x10000000, kPage);
    for (u64 i = 0; i != 3; ++i) process.touch(kBase + i * PMD_SIZE, kPage);
    const Prices unmap = price([&] { process.unmap(kBase, 3 * PMD_SIZE); });
    CHECK(unmap.tlbi_asid == 1);       // 1025 pages from first to last
    CHECK(unmap.tlbi_page_walk == 3);  // three page tables
    CHECK(unmap.dsb_ish == 2 + 1);     // Linux waits again after a flush of the address space
    CHECK(unmap.dsb_ishst == 2);
}

TEST_CASE("Exit frees everything with one flush, and only if there were tables") {
    Machine machine{"thp_anon=64K:always"};
    {
        Process process, idle;
        process.map(kBase, 4 * PMD_SIZE);
        process.touch(kBase, 4 * kBlock);
        const Prices exit = price([&] { process.exit(); });
        CHECK(exit.tlbi() == 1);
        CHECK(exit.tlbi_asid == 1);
        idle.map(kBase, kBlock);
        const Prices nothing = price([&] { idle.exit(); });
        CHECK(nothing.tlbi() == 0);
    }
    CHECK(machine.pages_in_use() == 0);
}

TEST_CASE("More pages than a gather holds are freed in between, each time after a flush") {
    Machine machine{"", kCortexA72, 96u << 20};
    Process process;
    constexpr u64 kPages = 15000;
    process.map(kBase, kPages * kPage);
    process.touch(kBase, kPages * kPage);
    const Prices unmap = price([&] { process.dontneed(kBase, kPages * kPage); });
    // 19 batches of 510 pages and the local 8; the batches stay, so the second part fits.
    CHECK(unmap.tlbi_asid == 2);
    CHECK(process.mm().rss_anon == 0);
    CHECK(broken_invariant() == "");
}

TEST_CASE("A folio is partially mapped from its first lost page until it is gone") {
    Machine machine{"thp_anon=64K:always"};
    Process process;
    process.map(kBase, kBlock);
    process.touch(kBase, kBlock);
    const auto partially = [] { return counters[static_cast<unsigned>(GUEST_NR_ANON_PARTIALLY_MAPPED) + 4]; };
    CHECK(partially() == 0);
    process.dontneed(kBase + 3 * kPage, kPage);
    CHECK(partially() == 1);
    process.dontneed(kBase + 4 * kPage, kPage);
    CHECK(partially() == 1);
    CHECK(counters[static_cast<unsigned>(GUEST_SPLIT_DEFERRED) + 4] == 1);
    process.dontneed(kBase, kBlock);
    CHECK(partially() == 0);
    CHECK(deferred_split_list.empty());
}

TEST_CASE("A whole folio that goes at once is never partially mapped") {
    Machine machine{"thp_anon=64K:always"};
    Process process;
    process.map(kBase, 2 * kBlock);
    process.touch(kBase, 2 * kBlock);
    process.dontneed(kBase, 2 * kBlock);
    CHECK(counters[static_cast<unsigned>(GUEST_SPLIT_DEFERRED) + 4] == 0);
}

TEST_CASE("Moving whole tables keeps blocks folded and costs one flush a table") {
    Machine machine{"thp_anon=64K:always"};
    Process process;
    process.map(kBase, 2 * PMD_SIZE);
    process.touch(kBase, 2 * PMD_SIZE);
    Vma& from = process.region(kBase);
    Vma& to = process.map_file(kBase + 0x10000000, 2 * PMD_SIZE, kReadWrite, nullptr, from.vm_pgoff);
    to.anon_vma = from.anon_vma;
    REQUIRE(anon_vma_clone(to, from) == 0);
    const Prices move = price([&] { move_page_tables(from, kBase, to, to.vm_start, 2 * PMD_SIZE); });
    CHECK(move.loads == 0);
    CHECK(move.stores == 0);
    CHECK(move.tlbi_asid == 2);
    CHECK(is_folded(process.mm(), to.vm_start + PMD_SIZE) == kOn);
    CHECK(broken_invariant() == "");
}

TEST_CASE("A move that is equally misaligned on both sides takes the first table too, if nothing lies before") {
    const bool neighbour = GENERATE(false, true);
    Machine machine{"thp_anon=64K:always"};
    Process process;
    const u64 source = kBase + kBlock;
    const u64 target = kBase + 0x10000000 + kBlock;
    if (neighbour) process.map(kBase, kPage);
    process.map(source, 2 * PMD_SIZE);
    process.touch(source, 2 * PMD_SIZE);
    const Prices move = price([&] { process.mremap(source, target); });
    CHECK((move.exchanges == 0) == false);  // the last 64K are no whole table
    CHECK(move.exchanges == (neighbour ? 31 + 1 : 1) * (kOn ? 48 : 16));
    CHECK(broken_invariant() == "");
}

TEST_CASE("A split folio leaves single pages that keep content, rights and owners") {
    Machine machine{"thp_anon=64K:always"};
    {
        Process process;
        process.map(kBase, kBlock);
        for (u64 i = 0; i != 16; ++i) process.write(kBase + i * kPage, static_cast<u8>(i + 1));
        process.dontneed(kBase + 2 * kPage, kPage);
        Folio* const folio = page_folio(pfn_to_page(pte_pfn(Pte{raw_entry(process.mm(), kBase)})));
        folio_get(folio);
        const Prices split = price([&] { CHECK(split_folio(folio)); });
        folio_put(folio);
        CHECK(split.tlbi_page == 15);
        CHECK(split.dsb_ishst == 15);
        CHECK(split.dsb_ish == 1);
        CHECK(machine.pages_in_use() >= 15);
        CHECK(broken_invariant() == "");
        for (u64 i = 0; i != 16; ++i)
            if (i != 2) CHECK(process.read(kBase + i * kPage) == i + 1);
        CHECK(process.touch(kBase, 2 * kPage) == 0);  // still writable without a fault
        CHECK(counters[static_cast<unsigned>(GUEST_NR_ANON)] == 15);
        CHECK(counters[static_cast<unsigned>(GUEST_NR_ANON) + 4] == 0);
    }
    CHECK(machine.pages_in_use() == 0);
}

TEST_CASE("A folio that two processes map is found in both when it is split") {
    Machine machine{"thp_anon=64K:always"};
    {
        Process parent, child;
        parent.map(kBase, kBlock);
        for (u64 i = 0; i != 16; ++i) parent.write(kBase + i * kPage, static_cast<u8>(i + 1));
        parent.fork_into(child);
        Folio* const folio = page_folio(pfn_to_page(pte_pfn(Pte{raw_entry(parent.mm(), kBase)})));
        folio_get(folio);
        CHECK(split_folio(folio));
        folio_put(folio);
        CHECK(broken_invariant() == "");
        for (u64 i = 0; i != 16; ++i) {
            CHECK(parent.read(kBase + i * kPage) == i + 1);
            CHECK(child.read(kBase + i * kPage) == i + 1);
        }
        child.write(kBase, 99);
        CHECK(parent.read(kBase) == 1);
    }
    CHECK(machine.pages_in_use() == 0);
}

TEST_CASE("A folio with a reference of somebody else is not split") {
    Machine machine{"thp_anon=64K:always"};
    Process process;
    process.map(kBase, kBlock);
    process.touch(kBase, kBlock);
    Folio* const folio = page_folio(pfn_to_page(pte_pfn(Pte{raw_entry(process.mm(), kBase)})));
    folio_ref_add(folio, 2);
    CHECK_FALSE(split_folio(folio));
    folio_put_refs(folio, 2);
    CHECK(broken_invariant() == "");
}

TEST_CASE("mprotect keeps dirty state, and writes need no fault after it went back and forth") {
    Machine machine{"thp_anon=64K:always"};
    Process process;
    process.map(kBase, kBlock);
    process.touch(kBase, kBlock);
    process.mprotect(kBase, kBlock, VM_READ);
    CHECK(pte_dirty(Pte{raw_entry(process.mm(), kBase)}));
    CHECK_FALSE(pte_write(Pte{raw_entry(process.mm(), kBase)}));
    process.mprotect(kBase, kBlock, VM_READ | VM_WRITE);
    CHECK(process.touch(kBase, kBlock) == 0);
    process.mprotect(kBase, kBlock, 0);
    CHECK_FALSE(pte_valid(Pte{raw_entry(process.mm(), kBase)}));
    CHECK(pte_present(Pte{raw_entry(process.mm(), kBase)}));
    CHECK(broken_invariant() == "");
    process.mprotect(kBase, kBlock, VM_READ | VM_WRITE);
    CHECK(process.touch(kBase, kBlock) == 0);
    CHECK(is_folded(process.mm(), kBase) == kOn);
}

TEST_CASE("mprotect makes no shared page writable") {
    Machine machine{""};
    Process parent, child;
    parent.map(kBase, 2 * kPage);
    parent.touch(kBase, 2 * kPage);
    parent.fork_into(child);
    parent.mprotect(kBase, 2 * kPage, VM_READ);
    parent.mprotect(kBase, 2 * kPage, VM_READ | VM_WRITE);
    CHECK(parent.touch(kBase, 2 * kPage) == 2);
    CHECK(broken_invariant() == "");
}

TEST_CASE("A block of which some pages are exclusive and some are not does not fold") {
    if (!kOn) return;
    Machine machine{"thp_anon=64K:always"};
    Process process;
    process.map(kBase, kBlock);
    process.touch(kBase, kBlock);
    process.mprotect(kBase, kBlock, VM_READ);
    pfn_to_page(pte_pfn(Pte{raw_entry(process.mm(), kBase + kPage)}))->clear(PG_anon_exclusive);
    process.mprotect(kBase, kBlock, VM_READ | VM_WRITE);
    for (u64 i = 0; i != 16; ++i) CHECK_FALSE(is_folded(process.mm(), kBase + i * kPage));
}

TEST_CASE("The hash of all tables ignores access flag and dirty state and sees everything else") {
    Machine machine{""};
    Process process;
    process.map(kBase, kBlock);
    process.touch(kBase, 2 * kPage);
    const u64 hash = table_hash();
    u64& entry = *raw_slot(process.mm(), kBase);
    const u64 good = entry;
    entry = pte_mkold(pte_mkclean(Pte{good})).raw;
    CHECK(table_hash() == hash);
    entry = good & ~PTE_UXN;
    CHECK(table_hash() != hash);
    entry = pte_wrprotect(Pte{good}).raw;
    CHECK(table_hash() != hash);
    entry = good;
    process.touch(kBase + 2 * kPage, kPage);
    CHECK(table_hash() != hash);
}
