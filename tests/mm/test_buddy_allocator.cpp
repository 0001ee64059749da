#include "kernel_model/mm/buddy_allocator.h"

#include <set>

#include "kernel_model/mm/folio.h"
#include "tests/support/catch.h"
#include "tests/support/mm_machine.h"

using namespace km;
using namespace km_test;

TEST_CASE("Fresh memory is handed out in ascending, neighbouring frames") {
    Machine machine{""};
    const u64 first = page_to_pfn(alloc_pages(0, false));
    for (u64 i = 1; i != 100; ++i) CHECK(page_to_pfn(alloc_pages(0, false)) == first + i);
}

TEST_CASE("Blocks are naturally aligned and do not overlap") {
    Machine machine{""};
    std::set<u64> frames;
    for (const unsigned order : {0u, 3u, 4u, 1u, 9u, 10u, 2u, 4u}) {
        const u64 pfn = page_to_pfn(alloc_pages(order, false));
        CHECK(arch::is_aligned(pfn, u64{1} << order));
        for (u64 i = 0; i != u64{1} << order; ++i) CHECK(frames.insert(pfn + i).second);
    }
}

TEST_CASE("Freed blocks join their buddies until memory is as it was") {
    Machine machine{""};
    u64 before[BuddyAllocator::kMaxOrder + 1];
    for (unsigned order = 0; order <= BuddyAllocator::kMaxOrder; ++order) before[order] = buddy.free_blocks(order);
    std::vector<Page*> pages;
    for (unsigned i = 0; i != 3000; ++i) pages.push_back(alloc_pages(0, false));
    for (std::size_t i = 0; i < pages.size(); i += 2) free_pages(pages[i], 0);
    CHECK(buddy.free_blocks(0) >= 1499);
    for (std::size_t i = 1; i < pages.size(); i += 2) free_pages(pages[i], 0);
    for (unsigned order = 0; order <= BuddyAllocator::kMaxOrder; ++order) CHECK(buddy.free_blocks(order) == before[order]);
    CHECK(machine.pages_in_use() == 0);
}

TEST_CASE("The page freed last is used first") {
    Machine machine{""};
    Page* const low = alloc_pages(0, false);
    Page* const high = alloc_pages(0, false);
    Page* const wall = alloc_pages(1, false);
    free_pages(low, 0);
    CHECK(alloc_pages(0, false) == low);
    free_pages(high, 0);
    CHECK(alloc_pages(0, false) == high);
    free_pages(wall, 1);
}

TEST_CASE("Memory runs out with a null, order by order") {
    Machine machine{""};
    while (alloc_pages(10, false) != nullptr) {}
    CHECK(alloc_pages(9, false) != nullptr);
    while (alloc_pages(0, false) != nullptr) {}
    CHECK(buddy.free_pages() == 0);
}

TEST_CASE("Fragmentation breaks its share of the largest blocks into pages that are no neighbours in time") {
    Machine machine{"fragmentation=50 seed=1"};
    // 32 MiB have seven whole blocks of 4 MiB beside the page array: three of them are broken, and the zero page is one of
    // theirs.
    CHECK(buddy.free_blocks(0) >= 3 * 1024 - 1);
    u64 neighbours = 0;
    u64 last = page_to_pfn(alloc_pages(0, false));
    for (unsigned i = 0; i != 2000; ++i) {
        const u64 pfn = page_to_pfn(alloc_pages(0, false));
        if (pfn == last + 1) ++neighbours;
        last = pfn;
    }
    CHECK(neighbours < 20);
    CHECK(alloc_pages(10, false) != nullptr);
}

TEST_CASE("Everything broken leaves no block of 64K, and freeing joins them again") {
    Machine machine{"fragmentation=100 seed=3"};
    for (unsigned order = 10; order >= 4; --order)
        while (alloc_pages(order, false) != nullptr) {}
    std::vector<Page*> pages;
    while (Page* const page = alloc_pages(0, false)) pages.push_back(page);
    CHECK(pages.size() > 6000);
    for (Page* const page : pages) free_pages(page, 0);
    CHECK(buddy.free_blocks(10) >= 6);
}

TEST_CASE("The order of free memory depends on the seed and on nothing else") {
    const auto sequence = [](const char* bootargs) {
        Machine machine{bootargs};
        std::vector<u64> pfns;
        while (Page* const page = alloc_pages(4, false)) pfns.push_back(page_to_pfn(page));
        return pfns;
    };
    CHECK(sequence("seed=1") == sequence("seed=1"));
    CHECK(sequence("seed=1") != sequence("seed=2"));
    CHECK(sequence("seed=1") != sequence("seed=0"));
    CHECK(sequence("seed=1").size() == sequence("seed=0").size());
    CHECK(sequence("fragmentation=40 seed=5") == sequence("fragmentation=40 seed=5"));
}

TEST_CASE("A folio is one head and its tails, and dissolves when its last reference goes") {
    Machine machine{""};
    Folio* const folio = folio_alloc(4, true);
    CHECK(folio_test_large(folio));
    CHECK(folio_order(folio) == 4);
    for (u64 i = 0; i != 16; ++i) CHECK(page_folio(folio_page(folio, i)) == folio);
    CHECK(folio_mapcount(folio) == 0);
    folio_get(folio);
    folio_put(folio);
    CHECK(machine.pages_in_use() == 16);
    Page* const tail = folio_page(folio, 5);
    folio_put(folio);
    CHECK(machine.pages_in_use() == 0);
    CHECK(page_folio(tail) == reinterpret_cast<Folio*>(tail));
}

TEST_CASE("Zeroed memory is zero; init_on_alloc zeroes all of it") {
    const auto all_zero = [](const Page* page) {
        const u8* const bytes = static_cast<const u8*>(page_address(page));
        for (u64 i = 0; i != kPage; ++i)
            if (bytes[i] != 0) return false;
        return true;
    };
    {
        Machine machine{""};
        CHECK_FALSE(all_zero(alloc_pages(0, false)));
        CHECK(all_zero(alloc_pages(0, true)));
    }
    Machine machine{"init_on_alloc=1"};
    CHECK(all_zero(alloc_pages(0, false)));
}
