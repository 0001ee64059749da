// The price list: what Linux 6.12.107 pays per 64 KiB block (16 pages of 4 KiB), in descriptor reads (R), exchanges (X),
// compare-exchanges (C), writes (W) and TLB invalidations, with contpte and without. T = one flush of a block: 16
// single operations, or one range operation where the core has them.
//
// A loop that changes an entry by compare-exchange begins with a read of it. The reads of wrprotect loops are listed as
// C alone, so the raw loads are R + C there; ptep_set_access_flags compares what it read first, and that read is an R.
#include "tests/support/catch.h"
#include "tests/support/mm_process.h"

using namespace km;
using namespace km_test;

namespace {

constexpr u64 kBase = 0x10000000;  // block aligned
constexpr const char* k64K = "thp_anon=64K:always";

constexpr bool kOn = KM_CONTPTE == 2;
// Flushing one block.
struct BlockFlush {
    u64 pages;
    u64 ranges;
};
BlockFlush times(u64 flushes, const Core& core) {
    if (!kOn) return {0, 0};
    return core.tlb_range ? BlockFlush{0, flushes} : BlockFlush{flushes * CONT_PTES, 0};
}

// Both kinds of core, each test on both.
const Core kCores[] = {kCortexA72, kNeoverseV2};

u64 pick(u64 on, u64 off) { return kOn ? on : off; }
// Compiled in, but nothing is folded: what remains is the look at the raw entry before each change of one.
u64 pick(u64 on, u64 nofold, u64 off) { return kOn ? on : KM_CONTPTE == 1 ? nofold : off; }

}  // namespace

TEST_CASE("An anonymous fault of 64K reads 33 entries and writes 16, with contpte and without") {
    const Core core = GENERATE(from_range(std::begin(kCores), std::end(kCores)));
    Machine machine{k64K, core};
    Process process;
    process.map(kBase, 4 * kBlock);
    process.touch(kBase + kBlock, kPage);  // the page table exists from here on
    const Prices fault = price([&] { process.access(kBase, Access::Write); });
    CHECK(fault.loads == 33);
    CHECK(fault.exchanges == 0);
    CHECK(fault.compare_exchanges == 0);
    CHECK(fault.stores == 16);
    CHECK(fault.tlbi() == 0);
    CHECK(fault.dsb_ish + fault.dsb_ishst == 0);
    CHECK(is_folded(process.mm(), kBase) == kOn);
    CHECK(counters[GUEST_CONTPTE_BORN_FOLDED] == (kOn ? 2 : 0));
}

TEST_CASE("An anonymous fault in a new page table reads one entry less") {
    Machine machine{k64K};
    Process process;
    process.map(kBase, 4 * kBlock);
    const Prices fault = price([&] { process.access(kBase, Access::Write); });
    CHECK(fault.loads == 32);
    CHECK(fault.stores == 16);
}

TEST_CASE("Fork keeps a block folded in the parent and makes it folded in the child") {
    const Core core = GENERATE(from_range(std::begin(kCores), std::end(kCores)));
    Machine machine{k64K, core};
    Process parent, child;
    parent.map(kBase, kBlock);
    parent.touch(kBase, kBlock);
    const Prices fork = price([&] { parent.fork_into(child); });
    CHECK(fork.loads == pick(17, 16) + 16);
    CHECK(fork.exchanges == 0);
    CHECK(fork.compare_exchanges == 16);
    CHECK(fork.stores == 16);
    CHECK(fork.tlbi() == 1);
    CHECK(fork.tlbi_asid == 1);
    CHECK(is_folded(parent.mm(), kBase) == kOn);
    CHECK(is_folded(child.mm(), kBase) == kOn);
}

TEST_CASE("Unmapping a whole block clears it without unfolding") {
    const Core core = GENERATE(from_range(std::begin(kCores), std::end(kCores)));
    Machine machine{k64K, core};
    Process process;
    process.map(kBase, kBlock);
    process.touch(kBase, kBlock);
    const Prices unmap = price([&] { process.dontneed(kBase, kBlock); });
    CHECK(unmap.loads == pick(17, 16));
    CHECK(unmap.exchanges == 16);
    CHECK(unmap.stores == 0);
    // The gather's flush of 16 pages, as much with contpte as without.
    CHECK(unmap.tlbi_page == (core.tlb_range ? 0 : 16));
    CHECK(unmap.tlbi_range == (core.tlb_range ? 1 : 0));
    CHECK(unmap.dsb_ish == 1);
    CHECK(counters[GUEST_CONTPTE_CLEARED_FOLDED] == (kOn ? 1 : 0));
}

TEST_CASE("Unmapping 4 pages of a block unfolds it once") {
    const Core core = GENERATE(from_range(std::begin(kCores), std::end(kCores)));
    Machine machine{k64K, core};
    Process process;
    process.map(kBase, kBlock);
    process.touch(kBase, kBlock);
    const Prices unmap = price([&] { process.dontneed(kBase, 4 * kPage); });
    CHECK(unmap.loads == pick(19, 6, 4));
    CHECK(unmap.exchanges == pick(16 + 4, 4));
    CHECK(unmap.stores == pick(16, 0));
    const BlockFlush unfold = times(1, core);
    CHECK(unmap.tlbi_page == unfold.pages + (core.tlb_range ? 0 : 4));
    CHECK(unmap.tlbi_range == unfold.ranges + (core.tlb_range ? 1 : 0));
    CHECK_FALSE(is_folded(process.mm(), kBase + 4 * kPage));
    CHECK(counters[GUEST_CONTPTE_CLEARED_FOLDED] == 0);
}

TEST_CASE("mprotect of a block unfolds it at its first page and folds it at its last") {
    const Core core = GENERATE(from_range(std::begin(kCores), std::end(kCores)));
    const u64 first = GENERATE(values<u64>({VM_READ, VM_READ | VM_WRITE}));
    Machine machine{k64K, core};
    Process process;
    process.map(kBase, kBlock);
    process.touch(kBase, kBlock);
    if (first != VM_READ) process.mprotect(kBase, kBlock, VM_READ);
    const Prices change = price([&] { process.mprotect(kBase, kBlock, first); });
    CHECK(change.loads == pick(80, 48, 16));
    CHECK(change.exchanges == pick(48, 16));
    CHECK(change.stores == pick(48, 16));
    const BlockFlush converts = times(2, core);
    CHECK(change.tlbi_page == converts.pages + (core.tlb_range ? 0 : 16));
    CHECK(change.tlbi_range == converts.ranges + (core.tlb_range ? 1 : 0));
    CHECK(is_folded(process.mm(), kBase) == kOn);
}

TEST_CASE("mremap to a congruent address unfolds the source and folds the target") {
    const Core core = GENERATE(from_range(std::begin(kCores), std::end(kCores)));
    Machine machine{k64K, core};
    Process process;
    process.map(kBase, kBlock);
    process.touch(kBase, kBlock);
    Vma& from = process.region(kBase);
    Vma& to = process.map_file(kBase + 0x40000000, kBlock, kReadWrite, nullptr, from.vm_pgoff);
    to.anon_vma = from.anon_vma;
    REQUIRE(anon_vma_clone(to, from) == 0);
    const Prices move = price([&] { move_page_tables(from, from.vm_start, to, to.vm_start, kBlock); });
    CHECK(move.loads == pick(80, 48, 16));
    CHECK(move.exchanges == pick(48, 16));
    CHECK(move.stores == pick(48, 16));
    const BlockFlush converts = times(2, core);
    CHECK(move.tlbi_page == converts.pages);
    CHECK(move.tlbi_range == converts.ranges);
    // flush_tlb_range: all levels, no hint.
    CHECK(move.tlbi_page_walk == (core.tlb_range ? 0 : 16));
    CHECK(move.tlbi_range_walk == (core.tlb_range ? 1 : 0));
    CHECK(is_folded(process.mm(), to.vm_start) == kOn);
}

TEST_CASE("mremap to an address that is not congruent modulo 64K loses the folding") {
    Machine machine{k64K};
    Process process;
    process.map(kBase, kBlock);
    process.touch(kBase, kBlock);
    process.mremap(kBase, kBase + 0x40000000 + 4 * kPage);
    for (u64 offset = 0; offset < kBlock; offset += kPage)
        CHECK_FALSE(is_folded(process.mm(), kBase + 0x40000000 + 4 * kPage + offset));
}

TEST_CASE("The first write to a shared block unfolds it and copies one page, whether the child lives or not") {
    const Core core = GENERATE(from_range(std::begin(kCores), std::end(kCores)));
    const bool child_lives = GENERATE(true, false);
    Machine machine{k64K, core};
    Process parent, child;
    parent.map(kBase, kBlock);
    parent.touch(kBase, kBlock);
    parent.fork_into(child);
    if (!child_lives) child.exit();

    const Prices first = price([&] { parent.access(kBase, Access::Write); });
    CHECK(first.loads == pick(71, 6, 4));
    CHECK(first.exchanges == pick(17, 1));
    CHECK(first.compare_exchanges == 0);
    CHECK(first.stores == pick(17, 1));
    const BlockFlush unfold = times(1, core);
    CHECK(first.tlbi_page == unfold.pages + 1);
    CHECK(first.tlbi_range == unfold.ranges);

    const Prices later = price([&] { parent.access(kBase + kPage, Access::Write); });
    CHECK(later.loads == pick(6, 6, 4));
    CHECK(later.exchanges == 1);
    CHECK(later.stores == 1);
    CHECK(later.tlbi() == 1);
    CHECK(later.tlbi_page == 1);
    CHECK(counters[GUEST_FAULT_COW_COPY] == 2);
    CHECK(counters[GUEST_FAULT_COW_REUSE] == 0);
}

TEST_CASE("The first write to an exclusive read-only block unfolds it and reuses the page") {
    const Core core = GENERATE(from_range(std::begin(kCores), std::end(kCores)));
    Machine machine{k64K, core};
    Process process;
    process.map(kBase, kBlock);
    process.touch(kBase, kBlock);
    // Only a state made by hand has this in 6.12: read-only entries of pages that are still exclusive.
    wrprotect_ptes(process.mm(), kBase, raw_slot(process.mm(), kBase), CONT_PTES);
    flush_tlb_mm(process.mm());

    const Prices first = price([&] { process.access(kBase, Access::Write); });
    CHECK(first.loads == pick(56, 5, 4));
    CHECK(first.exchanges == pick(16, 0));
    CHECK(first.compare_exchanges == 1);
    CHECK(first.stores == pick(16, 0));
    const BlockFlush unfold = times(1, core);
    CHECK(first.tlbi_page == unfold.pages + 1);
    CHECK(first.tlbi_range == unfold.ranges);
    CHECK_FALSE(is_folded(process.mm(), kBase));

    const Prices later = price([&] { process.access(kBase + kPage, Access::Write); });
    CHECK(later.loads == pick(5, 5, 4));
    CHECK(later.compare_exchanges == 1);
    CHECK(later.stores == 0);
    CHECK(later.tlbi() == 1);

    // It never folds again on this path.
    process.touch(kBase, kBlock);
    for (u64 offset = 0; offset < kBlock; offset += kPage) CHECK_FALSE(is_folded(process.mm(), kBase + offset));
    CHECK(counters[GUEST_FAULT_COW_REUSE] == 16);
}
