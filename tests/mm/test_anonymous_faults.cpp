// Anonymous faults: which order is chosen, what is counted, and what the entries look like.
#include "tests/support/catch.h"
#include "tests/support/mm_invariants.h"
#include "tests/support/mm_process.h"

#include "kernel_model/mm/folio.h"

using namespace km;
using namespace km_test;

namespace {

constexpr u64 kBase = 0x50000000;
constexpr bool kOn = KM_CONTPTE == 2;

unsigned order_at(Process& process, u64 address) {
    const Pte pte{raw_entry(process.mm(), address)};
    REQUIRE(pte_valid(pte));
    return folio_order(page_folio(pfn_to_page(pte_pfn(pte))));
}

u64 by_order(guest_counter first, unsigned order) { return counters[static_cast<unsigned>(first) + order]; }

}  // namespace

TEST_CASE("Without a setting every fault maps one page") {
    Machine machine{""};
    Process process;
    process.map(kBase, kBlock);
    CHECK(process.touch(kBase, kBlock) == 16);
    CHECK(by_order(GUEST_ANON_FAULT_ALLOC, 0) == 16);
    CHECK(counters[GUEST_FAULT_ANON] == 16);
    CHECK(process.mm().rss_anon == 16);
}

TEST_CASE("A folio is mapped whole, young, dirty and writable, and folded if it fills blocks") {
    Machine machine{"thp_anon=128K:always"};
    Process process;
    process.map(kBase, 2 * kBlock);
    CHECK(process.touch(kBase + 5 * kPage, kPage) == 1);
    const u64 first = raw_entry(process.mm(), kBase);
    for (u64 i = 0; i != 32; ++i) {
        const u64 raw = raw_entry(process.mm(), kBase + i * kPage);
        CHECK(raw == first + i * kPage);
        // The bits of a real Linux 6.12.107 entry (software dirty, UXN, PXN, DBM, nG, AF, SH = 3, AP = 01, page).
        CHECK((raw & ~PTE_PFN_MASK) == (kOn ? 0x00f8000000000f43 : 0x00e8000000000f43));
    }
    CHECK(counters[GUEST_CONTPTE_BORN_FOLDED] == (kOn ? 2 : 0));
}

TEST_CASE("The highest enabled order whose window lies inside the region is taken") {
    Machine machine{"thp_anon=16K,64K,128K:always"};
    Process process;
    process.map(kBase + 4 * kPage, 3 * kBlock);
    process.touch(kBase + 4 * kPage, kPage);   // 64K would begin before the region
    process.touch(kBase + kBlock, kPage);      // 128K would too
    process.touch(kBase + 2 * kBlock, kPage);  // 128K would end behind it
    process.touch(kBase + 3 * kBlock, kPage);
    CHECK(order_at(process, kBase + 4 * kPage) == 2);
    CHECK(order_at(process, kBase + kBlock) == 4);
    CHECK(order_at(process, kBase + 2 * kBlock) == 4);
    CHECK(order_at(process, kBase + 3 * kBlock) == 2);
    CHECK(by_order(GUEST_ANON_FAULT_FALLBACK, 4) == 0);
}

TEST_CASE("A window with an entry in it is too large, and that is no fallback") {
    Machine machine{"thp_anon=16K,64K:always"};
    Process process;
    process.map(kBase, 2 * kBlock);
    process.touch(kBase + 9 * kPage, kPage, Access::Read);  // the zero page
    process.touch(kBase, kPage);
    process.touch(kBase + 8 * kPage, kPage);
    CHECK(order_at(process, kBase) == 2);
    CHECK(order_at(process, kBase + 8 * kPage) == 0);
    CHECK(counters[GUEST_FAULT_ZERO_PAGE] == 1);
    CHECK(by_order(GUEST_ANON_FAULT_FALLBACK, 4) == 0);
    CHECK(by_order(GUEST_ANON_FAULT_FALLBACK, 2) == 0);
}

TEST_CASE("A failed allocation falls back order by order and is counted") {
    Machine machine{"thp_anon=16K,64K:always fragmentation=100"};
    Process process;
    process.map(kBase, 2 * kBlock);
    // What remains in larger blocks at the end of memory goes first.
    std::vector<Page*> held;
    for (unsigned order = BuddyAllocator::kMaxOrder; order >= 2; --order)
        while (buddy.free_blocks(order) != 0) held.push_back(alloc_pages(order, false));
    process.touch(kBase, kPage);
    CHECK(order_at(process, kBase) == 0);
    CHECK(by_order(GUEST_ANON_FAULT_FALLBACK, 4) == 1);
    CHECK(by_order(GUEST_ANON_FAULT_FALLBACK, 2) == 1);
    CHECK(by_order(GUEST_ANON_FAULT_ALLOC, 0) == 1);
}

TEST_CASE("Advice on the region and the global switch decide as in Linux") {
    struct Case {
        const char* bootargs;
        u64 flags;
        unsigned order;
    };
    const Case cases[] = {
        {"thp_anon=64K:madvise", 0, 0},
        {"thp_anon=64K:madvise", VM_HUGEPAGE, 4},
        {"thp_anon=64K:always", VM_NOHUGEPAGE, 0},
        {"thp_anon=64K:inherit transparent_hugepage=always", 0, 4},
        {"thp_anon=64K:inherit transparent_hugepage=madvise", 0, 0},
        {"thp_anon=64K:inherit transparent_hugepage=madvise", VM_HUGEPAGE, 4},
        {"thp_anon=64K:inherit transparent_hugepage=never", VM_HUGEPAGE, 0},
        {"thp_anon=64K:always transparent_hugepage=never", 0, 4},
        {"thp_anon=64K:never", VM_HUGEPAGE, 0},
        {"", VM_HUGEPAGE, 0},  // only 2M inherits, and that is not of these orders
    };
    for (const Case& c : cases) {
        CAPTURE(c.bootargs, c.flags);
        Machine machine{c.bootargs};
        Process process;
        process.map(kBase, kBlock, kReadWrite | c.flags);
        process.touch(kBase, kPage);
        CHECK(order_at(process, kBase) == c.order);
    }
}

TEST_CASE("A read maps the zero page, a later write copies it, and neither leaks") {
    Machine machine{"thp_anon=64K:always"};
    {
        Process process;
        process.map(kBase, kBlock);
        CHECK(process.read(kBase) == 0);
        const Pte zero{raw_entry(process.mm(), kBase)};
        CHECK(pte_special(zero));
        CHECK(is_zero_pfn(pte_pfn(zero)));
        CHECK(process.mm().rss_anon == 0);
        const Prices copy = price([&] { process.write(kBase, 7); });
        CHECK(copy.tlbi_page == 1);
        CHECK(process.read(kBase) == 7);
        CHECK(process.read(kBase + 1) == 0);
        CHECK(process.mm().rss_anon == 1);
        CHECK(counters[GUEST_FAULT_COW_COPY] == 1);
        CHECK(broken_invariant() == "");
    }
    CHECK(machine.pages_in_use() == 0);
}

TEST_CASE("New memory is zero whatever was there, with init_on_alloc and without") {
    const char* bootargs = GENERATE("thp_anon=64K:always", "thp_anon=64K:always init_on_alloc=1", "");
    Machine machine{bootargs};
    Process process;
    process.map(kBase, kBlock);
    process.touch(kBase, kBlock);
    for (u64 offset = 0; offset != kBlock; offset += 512) CHECK(process.read(kBase + offset) == 0);
}

TEST_CASE("Without hardware flags an old page costs a fault, and a contiguous block only one") {
    Machine machine{"thp_anon=64K:always"};
    Process process;
    process.map(kBase, kBlock);
    process.touch(kBase, kBlock);
    madvise_cold(process.region(kBase), kBase, kBase + kBlock);
    CHECK(process.touch(kBase, kBlock, Access::Read) == (kOn ? 1 : 16));
    CHECK(counters[GUEST_FAULT_ACCESS_FLAG] == (kOn ? 1 : 16));
    madvise_free(process.region(kBase), kBase, kBase + kBlock);
    CHECK(process.touch(kBase, kBlock) == (kOn ? 1 : 16));
    CHECK(counters[GUEST_FAULT_DIRTY] == (kOn ? 1 : 16));
    CHECK(counters[GUEST_FAULT_SPURIOUS] == 0);
}

TEST_CASE("With hardware flags neither young nor dirty costs a fault") {
    Machine machine{"thp_anon=64K:always", kNeoverseV2};
    Process process;
    process.map(kBase, kBlock);
    process.touch(kBase, kBlock);
    madvise_free(process.region(kBase), kBase, kBase + kBlock);
    CHECK(process.touch(kBase, kBlock) == 0);
}

TEST_CASE("A fault on an entry that is good already is counted as spurious") {
    Machine machine{""};
    Process process;
    process.map(kBase, kPage);
    process.touch(kBase, kPage);
    CHECK(handle_mm_fault(process.region(kBase), kBase, {true, false, true}) == FaultOutcome::Handled);
    CHECK(counters[GUEST_FAULT_SPURIOUS] == 1);
}

TEST_CASE("A region that forbids the access refuses it") {
    Machine machine{""};
    Process process;
    Vma& vma = process.map(kBase, kPage, VM_READ | VM_MAYREAD);
    CHECK(handle_mm_fault(vma, kBase, {true, false, true}) == FaultOutcome::BadAccess);
    CHECK(handle_mm_fault(vma, kBase, {false, true, true}) == FaultOutcome::BadAccess);
    CHECK(handle_mm_fault(vma, kBase, {false, false, true}) == FaultOutcome::Handled);
    vma.vm_flags = 0;
    CHECK(handle_mm_fault(vma, kBase, {false, false, true}) == FaultOutcome::BadAccess);
    CHECK(counters[GUEST_FAULT_SIGSEGV] == 3);
}

TEST_CASE("Memory that runs out is reported, and nothing is lost") {
    Machine machine{"", kCortexA72, 2u << 20};
    {
        Process process;
        process.map(kBase, 8u << 20);
        FaultOutcome outcome = FaultOutcome::Handled;
        for (u64 offset = 0; outcome == FaultOutcome::Handled; offset += kPage)
            outcome = handle_mm_fault(process.region(kBase), kBase + offset, {true, false, true});
        CHECK(outcome == FaultOutcome::OutOfMemory);
        CHECK(broken_invariant() == "");
    }
    CHECK(machine.pages_in_use() == 0);
}
