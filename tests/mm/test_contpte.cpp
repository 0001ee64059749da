// Each public operation on entries, on single entries and on contiguous blocks. Without contpte the raw functions
// stand in; what differs is said where it does.
#include "kernel_model/mm/contpte.h"

#include "kernel_model/mm/folio.h"
#include "kernel_model/mm/page_table.h"
#include "tests/support/catch.h"
#include "tests/support/mm_process.h"

using namespace km;
using namespace km_test;

namespace {

constexpr u64 kBase = 0x40000000;
constexpr bool kOn = KM_CONTPTE == 2;
constexpr bool kCompiledIn = KM_CONTPTE != 0;

// A process with blocks of 64K, touched.
struct Fixture {
    Machine machine;
    Process process;
    explicit Fixture(u64 blocks = 1, Core core = kCortexA72) : machine{"thp_anon=64K:always", core} {
        process.map(kBase, blocks * kBlock);
        process.touch(kBase, blocks * kBlock);
    }
    AddressSpace& mm() { return process.mm(); }
    u64* slot(u64 page) { return raw_slot(mm(), kBase + page * kPage); }
    [[nodiscard]] u64 address(u64 page) const { return kBase + page * kPage; }
    unsigned folded_entries(u64 block = 0) {
        unsigned folded = 0;
        for (u64 i = 0; i != CONT_PTES; ++i) folded += pte_cont(Pte{*slot(block * CONT_PTES + i)});
        return folded;
    }
    void unfold() {
        if (kOn) __contpte_try_unfold(mm(), kBase, slot(0), Pte{*slot(0)});
        REQUIRE(folded_entries() == 0);
    }
};

u64 pick(u64 on, u64 off) { return kOn ? on : off; }

}  // namespace

TEST_CASE("ptep_get of a block gathers access flag and dirty state of all entries") {
    Fixture f;
    for (u64 i = 0; i != CONT_PTES; ++i) *f.slot(i) = pte_mkold(pte_mkclean(Pte{*f.slot(i)})).raw;
    *f.slot(5) |= PTE_AF;
    *f.slot(9) &= ~PTE_RDONLY;
    Pte seen;
    const Prices get = price([&] { seen = ptep_get(f.slot(2)); });
    CHECK(get.loads == pick(17, 1));
    CHECK(pte_young(seen) == kOn);
    CHECK(pte_dirty(seen) == kOn);
    CHECK(pte_cont(seen) == kOn);
    CHECK(pte_pfn(seen) == pte_pfn(Pte{*f.slot(2)}));
}

TEST_CASE("ptep_get_lockless of a block reads 18 entries and sees the same") {
    Fixture f;
    *f.slot(3) &= ~PTE_AF;
    Pte seen;
    const Prices get = price([&] { seen = ptep_get_lockless(f.slot(3)); });
    CHECK(get.loads == pick(18, 1));
    CHECK(pte_young(seen) == kOn);
    CHECK(pte_pfn(seen) == pte_pfn(Pte{*f.slot(3)}));
}

TEST_CASE("set_ptes folds whole aligned blocks at birth and leaves the rest single") {
    Machine machine{""};
    Process process;
    process.map(kBase, 4 * kBlock);
    u64* const pmd = alloc_entry(process.mm(), kPteLevel - 1, kBase);
    REQUIRE(pte_alloc(process.mm(), pmd));
    u64* const slot = raw_slot(process.mm(), kBase);
    const u64 pfn = 0x50000;
    const auto entry = [](u64 frame) { return pfn_pte(frame, PAGE_READONLY); };

    const Prices middle = price([&] { set_ptes(process.mm(), kBase + 8 * kPage, slot + 8, entry(pfn + 8), 32); });
    CHECK(middle.loads == 0);
    CHECK(middle.stores == 32);
    CHECK(middle.tlbi() == 0);
    for (u64 i = 0; i != 4 * CONT_PTES; ++i) CHECK(pte_cont(Pte{slot[i]}) == (kOn && i >= 16 && i < 32));

    // Frames that are not congruent to the addresses.
    set_ptes(process.mm(), kBase + 3 * kBlock, slot + 48, entry(pfn + 1), CONT_PTES);
    for (u64 i = 48; i != 64; ++i) CHECK_FALSE(pte_cont(Pte{slot[i]}));
    for (u64 i = 0; i != 64; ++i) slot[i] = 0;
}

TEST_CASE("set_ptes never folds kernel tables") {
    Machine machine{""};
    Process process;
    process.map(kBase, kBlock);
    REQUIRE(pte_alloc(process.mm(), alloc_entry(process.mm(), kPteLevel - 1, kBase)));
    process.mm().is_user = false;
    u64* const slot = raw_slot(process.mm(), kBase);
    set_ptes(process.mm(), kBase, slot, pfn_pte(0x50000, PAGE_READONLY), CONT_PTES);
    for (u64 i = 0; i != CONT_PTES; ++i) {
        CHECK_FALSE(pte_cont(Pte{slot[i]}));
        slot[i] = 0;
    }
}

TEST_CASE("A fold smears access flag and dirty state over the block") {
    if (!kOn) return;
    Fixture f;
    f.unfold();
    for (u64 i = 0; i != CONT_PTES; ++i) *f.slot(i) = pte_mkold(pte_mkclean(Pte{*f.slot(i)})).raw;
    *f.slot(4) = pte_mkdirty(Pte{*f.slot(4)}).raw;
    *f.slot(7) |= PTE_AF;
    CHECK(__contpte_try_fold(f.mm(), f.address(15), f.slot(15), Pte{*f.slot(15)}) == FoldOutcome::Folded);
    for (u64 i = 0; i != CONT_PTES; ++i) {
        CHECK(pte_cont(Pte{*f.slot(i)}));
        CHECK(pte_dirty(Pte{*f.slot(i)}));
        CHECK(pte_young(Pte{*f.slot(i)}));
    }
}

TEST_CASE("A fold is refused for a reason") {
    if (!kOn) return;
    Fixture f;
    f.unfold();
    const auto fold = [&f] { return __contpte_try_fold(f.mm(), f.address(15), f.slot(15), Pte{*f.slot(15)}); };
    const auto refused_if = [&](u64 page, u64 mutated) {
        const u64 good = *f.slot(page);
        *f.slot(page) = mutated;
        FoldOutcome outcome{};
        const Prices attempt = price([&] { outcome = fold(); });
        *f.slot(page) = good;
        CHECK(attempt.loads == page + 1);  // the first mismatch ends it
        CHECK(attempt.exchanges == 0);
        return outcome == FoldOutcome::Mismatch;
    };
    CHECK(refused_if(6, *f.slot(6) & ~PTE_WRITE));
    CHECK(refused_if(0, *f.slot(0) & ~PTE_UXN));
    CHECK(refused_if(3, *f.slot(3) & ~PTE_NG));
    CHECK(refused_if(9, *f.slot(9) | PTE_GP));
    CHECK(refused_if(10, *f.slot(10) | PTE_SPECIAL));
    CHECK(refused_if(11, 0));
    CHECK(refused_if(12, *f.slot(13)));
    f.mm().is_user = false;
    CHECK(fold() == FoldOutcome::NotUser);
    f.mm().is_user = true;
    CHECK(fold() == FoldOutcome::Folded);
}

TEST_CASE("Pages of small folios are never folded, however they lie") {
    if (!kOn) return;
    Machine machine{""};
    Process process;
    process.map(kBase, 4 * kBlock);
    process.touch(kBase, 4 * kBlock);
    u64* const last = raw_slot(process.mm(), kBase + 15 * kPage);
    CHECK(__contpte_try_fold(process.mm(), kBase + 15 * kPage, last, Pte{*last}) == FoldOutcome::FolioTooSmall);
}

TEST_CASE("A fold is tried only at the last page of a block") {
    if (!kOn) return;
    Fixture f;
    f.unfold();
    for (u64 i = 0; i != CONT_PTES - 1; ++i) {
        const Prices set = price([&] { set_pte_at(f.mm(), f.address(i), f.slot(i), Pte{*f.slot(i)}); });
        CHECK(set.loads == 1);
        CHECK(set.stores == 1);
    }
    const Prices last = price([&] { set_pte_at(f.mm(), f.address(15), f.slot(15), Pte{*f.slot(15)}); });
    CHECK(last.loads == 1 + 16);
    CHECK(last.exchanges == 16);
    CHECK(last.stores == 1 + 16);
    CHECK(f.folded_entries() == 16);
}

TEST_CASE("Setting one entry of a block unfolds it first") {
    Fixture f;
    const Pte pte{*f.slot(4)};
    const Prices set = price([&] { set_pte_at(f.mm(), f.address(4), f.slot(4), pte); });
    CHECK(set.loads == (kCompiledIn ? 1 : 0));
    CHECK(set.exchanges == pick(16, 0));
    CHECK(set.stores == pick(17, 1));
    CHECK(f.folded_entries() == 0);
}

TEST_CASE("Clearing one entry of a block unfolds it; clear_flush also drops the page from the TLB") {
    Fixture f{2};
    const Prices clear = price([&] { ptep_get_and_clear(f.mm(), f.address(3), f.slot(3)); });
    CHECK(clear.loads == (kCompiledIn ? 1 : 0));
    CHECK(clear.exchanges == pick(17, 1));
    CHECK(clear.tlbi_page == pick(16, 0));
    const Pte saved{*f.slot(20)};
    const Prices flush = price([&] { ptep_clear_flush(f.mm(), f.address(20), f.slot(20)); });
    CHECK(flush.exchanges == pick(17, 1));
    CHECK(flush.tlbi_page == pick(17, 1));
    CHECK(flush.dsb_ish == pick(2, 1));
    // Put back what the process still counts.
    *f.slot(20) = pte_mknoncont(saved).raw;
    *f.slot(3) = pte_advance_pfn(Pte{*f.slot(4)}, ~u64{0}).raw;
}

TEST_CASE("wrprotect_ptes leaves whole blocks folded and unfolds the ragged ends") {
    Fixture f{3};
    const Prices whole = price([&] { wrprotect_ptes(f.mm(), f.address(0), f.slot(0), 16); });
    CHECK(whole.loads == 16);  // each the beginning of a compare-exchange
    CHECK(whole.compare_exchanges == 16);
    CHECK(whole.exchanges == 0);
    CHECK(f.folded_entries(0) == pick(16, 0));

    const Prices ragged = price([&] { wrprotect_ptes(f.mm(), f.address(24), f.slot(24), 16); });
    CHECK(ragged.loads == 16 + (kCompiledIn ? 2 : 0));
    CHECK(ragged.exchanges == pick(32, 0));
    CHECK(ragged.compare_exchanges == 16);
    CHECK(ragged.tlbi_page == pick(32, 0));
    CHECK(f.folded_entries(1) == 0);
    CHECK(f.folded_entries(2) == 0);
    for (u64 i = 0; i != 3 * CONT_PTES; ++i) CHECK(pte_write(Pte{*f.slot(i)}) == (i >= 40 || (i >= 16 && i < 24)));
    for (u64 i = 0; i != 3 * CONT_PTES; ++i) CHECK(pte_dirty(Pte{*f.slot(i)}));
}

TEST_CASE("wrprotect of one entry reads it once") {
    Fixture f;
    const Prices one = price([&] { wrprotect_ptes(f.mm(), f.address(3), f.slot(3), 1); });
    CHECK(one.loads == 1);
    CHECK(one.compare_exchanges == 1);
    CHECK(one.exchanges == pick(16, 0));
    CHECK(f.folded_entries() == 0);
}

TEST_CASE("clear_full_ptes counts the blocks that were cleared while folded") {
    Fixture f{4};
    const Prices clear = price([&] { clear_full_ptes(f.mm(), f.address(8), f.slot(8), 48); });
    CHECK(clear.exchanges == 48 + pick(32, 0));
    CHECK(clear.tlbi_page == pick(32, 0));
    CHECK(counters[GUEST_CONTPTE_CLEARED_FOLDED] == (kOn ? 2 : 0));
    for (u64 i = 8; i != 56; ++i) CHECK(*f.slot(i) == 0);
    // The pages are not mapped any more, but the process counts them.
    for (u64 i = 8; i != 56; ++i) *f.slot(i) = pfn_pte(pte_pfn(Pte{*f.slot(i < 16 ? 0 : 56)}) + i % 16, PAGE_READONLY).raw;
    for (u64 i = 16; i != 48; ++i) *f.slot(i) = 0;
    f.mm().rss_anon -= 32;
}

TEST_CASE("get_and_clear_full_ptes returns the flags of all entries") {
    Fixture f;
    for (u64 i = 0; i != CONT_PTES; ++i) *f.slot(i) = pte_mkold(pte_mkclean(Pte{*f.slot(i)})).raw;
    *f.slot(11) |= PTE_AF;
    const Pte first{*f.slot(0)};
    Pte cleared;
    const Prices clear = price([&] { cleared = get_and_clear_full_ptes(f.mm(), f.address(0), f.slot(0), 16); });
    CHECK(clear.exchanges == 16);
    CHECK(clear.tlbi() == 0);
    CHECK(pte_young(cleared));
    CHECK_FALSE(pte_dirty(cleared));
    CHECK(pte_pfn(cleared) == pte_pfn(first));
    for (u64 i = 0; i != CONT_PTES; ++i) *f.slot(i) = pte_advance_pfn(pte_mknoncont(first), i).raw;
}

TEST_CASE("Clearing young clears the whole block, with one flush that is not waited for") {
    Fixture f;
    CHECK(ptep_test_and_clear_young(f.slot(3)));
    for (u64 i = 0; i != CONT_PTES; ++i) CHECK(pte_young(Pte{*f.slot(i)}) == (!kOn && i != 3));
    *f.slot(6) |= PTE_AF;
    const Prices flush = price([&] { CHECK(ptep_clear_flush_young(f.mm(), f.address(6), f.slot(6))); });
    CHECK(flush.compare_exchanges == pick(16, 1));
    CHECK(flush.tlbi_page == pick(16, 1));
    CHECK(flush.dsb_ishst == 1);
    CHECK(flush.dsb_ish == 0);
    CHECK(f.folded_entries() == pick(16, 0));
    const Prices old = price([&] { CHECK_FALSE(ptep_clear_flush_young(f.mm(), f.address(6), f.slot(6))); });
    CHECK(old.tlbi() == 0);
}

TEST_CASE("clear_young_dirty_ptes expands a partial range to whole blocks") {
    Fixture f{2};
    const Prices young = price([&] { clear_young_dirty_ptes(f.slot(4), 20, CYDP_CLEAR_YOUNG); });
    CHECK(young.compare_exchanges == pick(32, 20));
    for (u64 i = 0; i != 32; ++i) CHECK(pte_young(Pte{*f.slot(i)}) == (!kOn && (i < 4 || i >= 24)));
    const Prices both = price([&] { clear_young_dirty_ptes(f.slot(4), 1, CYDP_CLEAR_YOUNG | CYDP_CLEAR_DIRTY); });
    CHECK(both.stores == pick(16, 1));
    CHECK(both.compare_exchanges == 0);
    for (u64 i = 0; i != 16; ++i) CHECK(pte_dirty(Pte{*f.slot(i)}) == (!kOn && i != 4));
    CHECK(f.folded_entries() == pick(16, 0));
}

TEST_CASE("Access flags change in place for the whole block, and in one flush if dirty") {
    Fixture f;
    for (u64 i = 0; i != CONT_PTES; ++i) *f.slot(i) = pte_mkold(pte_mkclean(Pte{*f.slot(i)})).raw;
    const Pte young = pte_mkyoung(Pte{*f.slot(5)});
    const Prices read = price([&] { CHECK(ptep_set_access_flags(f.mm(), f.address(5), f.slot(5), young, false)); });
    CHECK(read.compare_exchanges == pick(16, 1));
    CHECK(read.exchanges == 0);
    CHECK(read.tlbi() == 0);
    const Pte dirty = pte_mkdirty(young);
    const Prices write = price([&] { CHECK(ptep_set_access_flags(f.mm(), f.address(5), f.slot(5), dirty, true)); });
    CHECK(write.compare_exchanges == pick(16, 1));
    CHECK(write.tlbi_page == pick(16, 1));
    CHECK(f.folded_entries() == pick(16, 0));
    const Prices again = price([&] { CHECK_FALSE(ptep_set_access_flags(f.mm(), f.address(5), f.slot(5), dirty, true)); });
    CHECK(again.compare_exchanges == 0);
    CHECK(again.tlbi() == 0);
    for (u64 i = 0; i != CONT_PTES; ++i) CHECK(pte_young(Pte{*f.slot(i)}) == (kOn || i == 5));
}

TEST_CASE("A sibling's flag is no reason to do nothing: the entry itself must have it") {
    // Linux 97c5550b7631: a walker without hardware flags faults on the one entry that it reads.
    Fixture f;
    for (u64 i = 0; i != CONT_PTES; ++i) *f.slot(i) &= ~PTE_AF;
    *f.slot(1) |= PTE_AF;
    CHECK(ptep_set_access_flags(f.mm(), f.address(0), f.slot(0), pte_mkyoung(Pte{*f.slot(0)}), false));
    CHECK(pte_young(Pte{*f.slot(0)}));
}

TEST_CASE("New write permission unfolds the block") {
    Fixture f;
    wrprotect_ptes(f.mm(), f.address(0), f.slot(0), 16);
    const Pte writable = pte_mkwrite(pte_mkdirty(Pte{*f.slot(2)}));
    const Prices change = price([&] { CHECK(ptep_set_access_flags(f.mm(), f.address(2), f.slot(2), writable, true)); });
    CHECK(change.exchanges == pick(16, 0));
    CHECK(change.compare_exchanges == 1);
    CHECK(change.tlbi_page == pick(17, 1));
    CHECK(f.folded_entries() == 0);
    for (u64 i = 0; i != CONT_PTES; ++i) CHECK(pte_write(Pte{*f.slot(i)}) == (i == 2));
}

TEST_CASE("pte_batch_hint is the rest of a contiguous block") {
    Fixture f;
    CHECK(pte_batch_hint(f.slot(0), Pte{*f.slot(0)}) == pick(16, 1));
    CHECK(pte_batch_hint(f.slot(5), Pte{*f.slot(5)}) == pick(11, 1));
    CHECK(pte_batch_hint(f.slot(5), pte_mknoncont(Pte{*f.slot(5)})) == 1);
}
