// Fork and the writes after it: who copies, who reuses, and what both sides see.
#include "kernel_model/mm/folio.h"
#include "tests/support/catch.h"
#include "tests/support/mm_invariants.h"
#include "tests/support/mm_process.h"

using namespace km;
using namespace km_test;

namespace {
constexpr u64 kBase = 0x60000000;
constexpr bool kOn = KM_CONTPTE == 2;

bool exclusive(Process& process, u64 address) {
    return pfn_to_page(pte_pfn(Pte{raw_entry(process.mm(), address)}))->test(PG_anon_exclusive);
}
}  // namespace

TEST_CASE("Parent and child see their own writes") {
    const char* bootargs = GENERATE("", "thp_anon=64K:always");
    Machine machine{bootargs};
    {
        Process parent, child;
        parent.map(kBase, kBlock);
        for (u64 i = 0; i != 16; ++i) parent.write(kBase + i * kPage, static_cast<u8>(i));
        parent.fork_into(child);
        child.write(kBase + kPage, 101);
        parent.write(kBase + 2 * kPage, 102);
        CHECK(parent.read(kBase + kPage) == 1);
        CHECK(child.read(kBase + kPage) == 101);
        CHECK(child.read(kBase + 2 * kPage) == 2);
        CHECK(parent.read(kBase + 2 * kPage) == 102);
        CHECK(child.read(kBase + 15 * kPage) == 15);
        CHECK(broken_invariant() == "");
    }
    CHECK(machine.pages_in_use() == 0);
}

TEST_CASE("A single page is reused once the other process is gone") {
    Machine machine{""};
    Process parent, child;
    parent.map(kBase, kPage);
    parent.touch(kBase, kPage);
    parent.fork_into(child);
    CHECK_FALSE(exclusive(parent, kBase));
    child.exit();
    const u64 frame = pte_pfn(Pte{raw_entry(parent.mm(), kBase)});
    parent.touch(kBase, kPage);
    CHECK(pte_pfn(Pte{raw_entry(parent.mm(), kBase)}) == frame);
    CHECK(exclusive(parent, kBase));
    CHECK(counters[GUEST_FAULT_COW_REUSE] == 1);
    CHECK(counters[GUEST_FAULT_COW_COPY] == 0);
    CHECK(broken_invariant() == "");
}

TEST_CASE("A page of a large folio is copied even when nobody shares it any more") {
    Machine machine{"thp_anon=64K:always"};
    Process parent, child;
    parent.map(kBase, kBlock);
    parent.touch(kBase, kBlock);
    parent.fork_into(child);
    child.exit();
    const u64 frame = pte_pfn(Pte{raw_entry(parent.mm(), kBase)});
    parent.touch(kBase, kPage);
    CHECK(pte_pfn(Pte{raw_entry(parent.mm(), kBase)}) != frame);
    CHECK(counters[GUEST_FAULT_COW_COPY] == 1);
    CHECK(counters[static_cast<unsigned>(GUEST_SPLIT_DEFERRED) + 4] == 1);
    CHECK(counters[static_cast<unsigned>(GUEST_NR_ANON_PARTIALLY_MAPPED) + 4] == 1);
    CHECK_FALSE(is_folded(parent.mm(), kBase + kPage));
    parent.touch(kBase, kBlock);
    CHECK(counters[static_cast<unsigned>(GUEST_NR_ANON) + 4] == 0);
    CHECK(counters[static_cast<unsigned>(GUEST_NR_ANON_PARTIALLY_MAPPED) + 4] == 0);
    CHECK(counters[static_cast<unsigned>(GUEST_SPLIT_DEFERRED) + 4] == 1);
}

TEST_CASE("One write to a shared block costs the writer its block, and the other keeps it") {
    Machine machine{"thp_anon=64K:always"};
    Process parent, child;
    parent.map(kBase, kBlock);
    parent.touch(kBase, kBlock);
    parent.fork_into(child);
    child.touch(kBase + 7 * kPage, kPage);
    for (u64 i = 0; i != 16; ++i) {
        CHECK_FALSE(is_folded(child.mm(), kBase + i * kPage));
        CHECK(is_folded(parent.mm(), kBase + i * kPage) == kOn);
    }
}

TEST_CASE("The child's entries are old, the parent's stay young, and both stay dirty") {
    Machine machine{"thp_anon=64K:always"};
    Process parent, child;
    parent.map(kBase, kBlock);
    parent.touch(kBase, kBlock);
    parent.fork_into(child);
    const Pte of_parent{raw_entry(parent.mm(), kBase)};
    const Pte of_child{raw_entry(child.mm(), kBase)};
    CHECK(pte_young(of_parent));
    CHECK_FALSE(pte_young(of_child));
    CHECK(pte_dirty(of_parent));
    CHECK(pte_dirty(of_child));
    CHECK_FALSE(pte_write(of_parent));
    CHECK_FALSE(pte_write(of_child));
}

TEST_CASE("The zero page is copied by fork without being counted") {
    Machine machine{""};
    Process parent, child;
    parent.map(kBase, 2 * kPage);
    parent.read(kBase);
    parent.touch(kBase + kPage, kPage);
    parent.fork_into(child);
    CHECK(child.mm().rss_anon == 1);
    child.write(kBase, 3);
    CHECK(parent.read(kBase) == 0);
    CHECK(broken_invariant() == "");
}

TEST_CASE("A chain of forks keeps every generation's pages apart and frees all of them") {
    Machine machine{"thp_anon=16K:always"};
    {
        Process first, second, third;
        first.map(kBase, kBlock);
        for (u64 i = 0; i != 16; ++i) first.write(kBase + i * kPage, 1);
        first.fork_into(second);
        second.write(kBase, 2);
        second.fork_into(third);
        third.write(kBase, 3);
        third.write(kBase + kPage, 3);
        second.exit();
        CHECK(broken_invariant() == "");
        CHECK(first.read(kBase) == 1);
        CHECK(third.read(kBase) == 3);
        CHECK(third.read(kBase + 2 * kPage) == 1);
        first.write(kBase + 2 * kPage, 4);
        CHECK(third.read(kBase + 2 * kPage) == 1);
    }
    CHECK(broken_invariant() == "");
    CHECK(machine.pages_in_use() == 0);
}
