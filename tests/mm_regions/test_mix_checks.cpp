// The checks of the random mix can fail: each is shown the damage that it is there to find.
#include "kernel_model/mm/page_table.h"
#include "kernel_model/mm/pte.h"
#include "tests/mm_regions/random_mix.h"
#include "tests/support/catch.h"
#include "tests/support/mm_machine.h"

using namespace km;
using namespace km_test;
using Catch::Matchers::Contains;

namespace {

constexpr u64 kAddress = 0x40000000;
constexpr u64 kPages = 32;

// One process with written memory of the model's knowledge.
class Written {
public:
    Written() {
        map(PROT_READ | PROT_WRITE);
        REQUIRE(mix.access_now(kAddress, AccessKind::Write) == "");
        REQUIRE(mix.check() == "");
    }
    void map(u64 prot, u64 flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED) {
        REQUIRE(do_mmap(mix.first_mm(), kAddress, kPages * kPage, prot, flags, nullptr, 0) ==
                mix.first_model().mmap(kAddress, kPages * kPage, prot, flags, nullptr, 0));
    }
    [[nodiscard]] u8* frame(u64 address) {
        return static_cast<u8*>(port::phys_to_virt(pte_pfn(Pte{raw_entry(mix.first_mm(), address)}) << PAGE_SHIFT));
    }

    Machine machine{"thp_anon=64K:always"};
    RandomMix mix{1};
};

}  // namespace

TEST_CASE_METHOD(Written, "A byte that changed by itself is found, watched at once and any other at the end") {
    SECTION("watched") {
        ++frame(kAddress)[kWatched[1]];
        CHECK_THAT(mix.check(), Contains("the content differs"));
        --frame(kAddress)[kWatched[1]];
    }
    SECTION("any other") {
        ++frame(kAddress)[5];
        CHECK(mix.check().empty());
        CHECK_THAT(mix.finish(), Contains("a byte that nobody wrote differs"));
    }
}

TEST_CASE_METHOD(Written, "An invalidation that is lost shows as a stale access") {
    REQUIRE(do_munmap(mix.first_mm(), kAddress, kPage) == mix.first_model().munmap(kAddress, kPage));
    SECTION("carried out") { CHECK(mix.access_now(kAddress, AccessKind::Read) == ""); }
    SECTION("lost") {
        SimulatedCore::lose_invalidations();
        CHECK_THAT(mix.access_now(kAddress, AccessKind::Read), Contains("outcome 0 instead of 1"));
    }
}

TEST_CASE_METHOD(Written, "A write right that outlives its mprotect in the TLB is found") {
    REQUIRE(do_mprotect(mix.first_mm(), kAddress, kPages * kPage, PROT_READ) ==
            mix.first_model().mprotect(kAddress, kPages * kPage, PROT_READ));
    SimulatedCore::lose_invalidations();
    CHECK(mix.check() == "");
    CHECK_THAT(mix.access_now(kAddress, AccessKind::Write), Contains("outcome 0 instead of 1"));
}

TEST_CASE_METHOD(Written, "An entry with a right too many is found") {
    u64* const slot = raw_slot(mix.first_mm(), kAddress);
    const u64 good = *slot;
    SECTION("executable") {
        *slot &= ~PTE_UXN;
        CHECK_THAT(mix.check(), Contains("a page is executable"));
    }
    SECTION("writable") {
        const auto rights = [this](u64 prot) {
            REQUIRE(do_mprotect(mix.first_mm(), kAddress, kPages * kPage, prot) ==
                    mix.first_model().mprotect(kAddress, kPages * kPage, prot));
        };
        rights(PROT_READ);
        *slot |= PTE_WRITE;
        CHECK_THAT(mix.check(), Contains("a page is writable"));
        rights(PROT_READ | PROT_WRITE);
    }
    *slot = good;
}

TEST_CASE_METHOD(Written, "A page that is lost, and one that is mapped without a region, are found") {
    u64* const slot = raw_slot(mix.first_mm(), kAddress);
    const u64 good = *slot;
    SECTION("lost") {
        *slot = 0;
        CHECK_THAT(mix.check(), Contains("a written page is lost"));
        *slot = good;
    }
    SECTION("without a region") {
        slot[kPages] = good;
        CHECK_THAT(mix.check(), Contains("a page is mapped where no region is"));
        slot[kPages] = 0;
    }
}

TEST_CASE_METHOD(Written, "A region that is not as it should be is found") {
    Vma& vma = *find_vma(mix.first_mm(), kAddress);
    SECTION("flags") {
        vma.vm_flags ^= VM_HUGEPAGE;
        CHECK_THAT(mix.check(), Contains("flags differ"));
    }
    SECTION("missing") {
        REQUIRE(do_munmap(mix.first_mm(), kAddress + kPages * kPage / 2, kPage) == 0);
        CHECK_THAT(mix.check(), Contains("a region is missing"));
    }
    SECTION("too many") {
        mix.first_model().munmap(kAddress, kPage);
        CHECK_THAT(mix.check(), Contains("a region where nothing should be"));
    }
    SECTION("heap") {
        ++mix.first_mm().brk;
        CHECK_THAT(mix.check(), Contains("the end of the heap differs"));
    }
}

TEST_CASE_METHOD(Written, "A page that is freed too few times, and an access that ends otherwise, are found") {
    SECTION("a leak") {
        Page* const page = alloc_pages(0, false);
        CHECK_THAT(mix.check(), Contains("memory"));
        free_pages(page, 0);
    }
    SECTION("an outcome") {
        mix.first_model().pages.at(kAddress >> PAGE_SHIFT).flags = 0;
        CHECK_THAT(mix.access_now(kAddress, AccessKind::Read), Contains("outcome 0 instead of 1"));
    }
}
