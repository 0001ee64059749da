// Flushes: which operations cover a range, with and without FEAT_TLBIRANGE and FEAT_TTL, and where one flush of the
// address space takes over.
#include "kernel_model/mm/tlbflush.h"

#include "kernel_model/mm/asid_allocator.h"
#include "mmu/arch/tlbi.h"
#include "tests/support/catch.h"
#include "tests/support/mm_process.h"

using namespace km;
using namespace km_test;
using port::Event;
using port::TlbiOp;

namespace {

constexpr u64 kBase = 0x80000000;

std::vector<Event> tlbis() {
    std::vector<Event> found;
    for (const Event& event : port::recorder.events)
        if (event.kind == Event::Kind::Tlbi) found.push_back(event);
    return found;
}

arch::TlbInvalidation decode_range(u64 operand) { return *arch::decode_tlbi({0, 8, 2, 5}, operand, kGranule, true); }

}  // namespace

TEST_CASE("Without range operations a flush is one operation a page, up to 511 pages") {
    Machine machine{""};
    Process process;
    Prices flush = price([&] { __flush_tlb_range(process.mm(), kBase, kBase + 511 * kPage, kPage, true, 3); });
    CHECK(flush.tlbi_page == 511);
    CHECK(flush.dsb_ishst == 1);
    CHECK(flush.dsb_ish == 1);
    flush = price([&] { __flush_tlb_range(process.mm(), kBase, kBase + 512 * kPage, kPage, true, 3); });
    CHECK(flush.tlbi_page == 0);
    CHECK(flush.tlbi_asid == 1);
    flush = price([&] { flush_tlb_range(process.mm(), kBase, kBase + 16 * kPage); });
    CHECK(flush.tlbi_page_walk == 16);
    flush = price([&] { __flush_tlb_range(process.mm(), kBase, kBase + 8 * PMD_SIZE, PMD_SIZE, false, 0); });
    CHECK(flush.tlbi_page_walk == 8);
    CHECK(counters[GUEST_TLBI_VA] == 511);
    CHECK(counters[GUEST_TLBI_VA_NON_LEAF] == 24);
    CHECK(counters[GUEST_TLBI_ASID] == 1);
}

TEST_CASE("Range operations and at most one single one cover exactly the range") {
    Machine machine{"", kNeoverseV2};
    Process process;
    for (const u64 pages : {1u, 2u, 3u, 15u, 16u, 17u, 32u, 63u, 64u, 65u, 128u, 511u, 512u, 4096u, 4097u, 70000u, 2097152u}) {
        CAPTURE(pages);
        price([&] { __flush_tlb_range(process.mm(), kBase, kBase + pages * kPage, kPage, true, 3); });
        u64 next = kBase;
        for (const Event& event : tlbis()) {
            if (event.tlbi == TlbiOp::VALE1IS) {
                CHECK(arch::TlbiOperand::Va::get(event.operand) == next >> 12);
                next += kPage;
                continue;
            }
            REQUIRE(event.tlbi == TlbiOp::RVALE1IS);
            const arch::TlbInvalidation range = decode_range(event.operand);
            CHECK(range.va == next);
            CHECK(range.ttl_level == 3);
            next += range.bytes;
        }
        CHECK(next == kBase + pages * kPage);
    }
}

TEST_CASE("A contpte block is one range operation of every granule's size, and an odd count needs a single one") {
    Machine machine{"", kNeoverseV2};
    Process process;
    for (const u64 pages : {16u, 32u, 128u}) {
        const Prices flush = price([&] { __flush_tlb_range(process.mm(), kBase, kBase + pages * kPage, kPage, true, 3); });
        CHECK(flush.tlbi_range == 1);
        CHECK(flush.tlbi_page == 0);
    }
    const Prices odd = price([&] { __flush_tlb_range(process.mm(), kBase, kBase + 15 * kPage, kPage, true, 3); });
    CHECK(odd.tlbi_range == 1);
    CHECK(odd.tlbi_page == 1);
    const Prices huge = price([&] { __flush_tlb_range(process.mm(), 0, (2097152 + 1) * kPage, kPage, true, 3); });
    CHECK(huge.tlbi_asid == 1);
}

TEST_CASE("The level hint is given only with FEAT_TTL, and none with an unknown level") {
    const bool ttl = GENERATE(false, true);
    Machine machine{"", Core{false, ttl, false}};
    Process process;
    price([&] { __flush_tlb_range(process.mm(), kBase, kBase + kPage, kPage, true, 3); });
    CHECK(arch::TlbiOperand::Ttl::get(tlbis()[0].operand) == (ttl ? 0b0111 : 0));
    price([&] { flush_tlb_page(process.mm(), kBase); });
    CHECK(arch::TlbiOperand::Ttl::get(tlbis()[0].operand) == 0);
}

TEST_CASE("Operations name the ASID of the address space") {
    Machine machine{""};
    Process process;
    process.mm().context_id = 0x30042;
    price([&] { flush_tlb_page(process.mm(), kBase); });
    CHECK(tlbis()[0].operand == ((u64{0x42} << 48) | kBase >> 12));
    price([&] { flush_tlb_mm(process.mm()); });
    CHECK(tlbis()[0].operand == u64{0x42} << 48);
}

TEST_CASE("Address spaces get different ASIDs, never 0, and keep them") {
    Machine machine{""};
    Process one, two;
    AsidAllocator asids;
    asids.switch_to(one.mm(), 16);
    asids.switch_to(two.mm(), 16);
    const u16 first = asid_of(one.mm());
    CHECK(first != 0);
    CHECK(asid_of(two.mm()) != 0);
    CHECK(asid_of(two.mm()) != first);
    asids.switch_to(one.mm(), 16);
    CHECK(asid_of(one.mm()) == first);
}

TEST_CASE("When the ASIDs are used up everything is flushed, and the running one keeps its own") {
    Machine machine{""};
    AsidAllocator asids;
    AddressSpace mms[300];
    for (AddressSpace& mm : mms) mm.pgd = static_cast<u64*>(port::phys_to_virt(port::arena.physical_base));
    for (unsigned i = 0; i != 255; ++i) asids.switch_to(mms[i], 8);
    CHECK(counters[GUEST_TLBI_ALL] == 0);
    asids.switch_to(mms[255], 8);
    CHECK(counters[GUEST_TLBI_ALL] == 1);
    // Number 254 ran when the generation ended: no other may have its ASID, and it comes back to it.
    const u16 kept = asid_of(mms[254]);
    CHECK(asid_of(mms[255]) != kept);
    for (unsigned i = 256; i != 300; ++i) {
        asids.switch_to(mms[i], 8);
        CHECK(asid_of(mms[i]) != kept);
        CHECK(asid_of(mms[i]) != 0);
    }
    asids.switch_to(mms[254], 8);
    CHECK(asid_of(mms[254]) == kept);
    CHECK(counters[GUEST_TLBI_ALL] == 1);
    CHECK(mms[254].context_id >> 16 == mms[255].context_id >> 16);
}
