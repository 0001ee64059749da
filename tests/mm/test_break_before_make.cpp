// Every path that replaces a live entry breaks it before it makes the new one; and the judge sees when one does not.
#include "tests/support/mm_break_before_make.h"

#include "mmu/arch/tlbi.h"
#include "tests/support/catch.h"
#include "tests/support/mm_process.h"

using namespace km;
using namespace km_test;
using port::Barrier;
using port::Event;
using port::TlbiOp;

namespace {

constexpr u64 kBase = 0x30000000;
constexpr bool kOn = KM_CONTPTE == 2;

template <class Operation>
void expect_ordered(Operation operation) {
    port::recorder.start();
    operation();
    port::recorder.stop();
    CHECK(break_before_make_breach(port::recorder.events, addresses_of_live_slots()) == "");
    CHECK(unordered_tlbi(port::recorder.events) == "");
}

// ---- Sequences made by hand ----

u64 a_slot;
constexpr u64 kPageVa = 0x5000;
constexpr u64 kOld = 0x40001000 | PAGE_READONLY.bits;
constexpr u64 kNew = 0x40002000 | PAGE_READONLY.bits;

Event change(u64 from, u64 to) {
    Event event;
    event.kind = Event::Kind::Exchange;
    event.level = kPteLevel;
    event.slot = &a_slot;
    event.old_value = from;
    event.new_value = to;
    return event;
}
Event tlbi(TlbiOp op, u64 operand) {
    Event event;
    event.kind = Event::Kind::Tlbi;
    event.tlbi = op;
    event.operand = operand;
    return event;
}
Event tlbi_page(u64 va) { return tlbi(TlbiOp::VALE1IS, arch::tlbi_va_operand(va, 1, kGranule, 0)); }
Event dsb(Barrier barrier) {
    Event event;
    event.kind = Event::Kind::Barrier;
    event.barrier = barrier;
    return event;
}
std::string judge(const std::vector<Event>& events) {
    return break_before_make_breach(events, [](const u64*) { return kPageVa; });
}
std::vector<Event> good() {
    return {change(kOld, 0), dsb(Barrier::DsbIshst), tlbi_page(kPageVa), dsb(Barrier::DsbIsh), change(0, kNew)};
}
std::vector<Event> without(std::size_t index) {
    std::vector<Event> events = good();
    events.erase(events.begin() + static_cast<std::ptrdiff_t>(index));
    return events;
}

}  // namespace

TEST_CASE("The judge accepts break before make and refuses it with any step missing") {
    CHECK(judge(good()) == "");
    for (const std::size_t step : {1u, 2u, 3u}) CHECK(judge(without(step)) != "");
    CHECK(judge({change(kOld, kNew)}) != "");
    CHECK(judge({change(kOld, kOld | PTE_CONT)}) != "");
    CHECK(judge({change(kOld, pte_mkold(Pte{kOld}).raw)}) == "");
    CHECK(judge({change(kOld, kOld & ~PTE_RDONLY)}) == "");
    std::vector<Event> other_page = good();
    other_page[2] = tlbi_page(kPageVa + kPage);
    CHECK(judge(other_page) != "");
    std::vector<Event> only_stores = good();
    only_stores[3] = dsb(Barrier::DsbIshst);
    CHECK(judge(only_stores) != "");
    std::vector<Event> range = good();
    range[2] = tlbi(TlbiOp::RVALE1IS, arch::tlbi_range_operand(kPageVa - kPage, 1, kGranule, 0, 0, 3));
    CHECK(judge(range) == "");
    range[2] = tlbi(TlbiOp::RVALE1IS, arch::tlbi_range_operand(kPageVa + kPage, 1, kGranule, 0, 0, 3));
    CHECK(judge(range) != "");
}

TEST_CASE("The judge of TLBI order sees a TLBI too early and one without an end") {
    CHECK(unordered_tlbi(good()) == "");
    CHECK(unordered_tlbi(without(1)) != "");
    CHECK(unordered_tlbi(without(3)) != "");
}

TEST_CASE("contpte_convert is 16 exchanges, DSB ISHST, the flush of the block, DSB ISH, 16 stores") {
    const bool range = GENERATE(false, true);
    Machine machine{"thp_anon=64K:always", range ? kNeoverseV2 : kCortexA72};
    Process process;
    process.map(kBase, kBlock);
    process.touch(kBase, kBlock);
    u64* const slot = raw_slot(process.mm(), kBase);
    port::recorder.start();
    contpte_convert(process.mm(), kBase, slot, Pte{*slot});
    port::recorder.stop();

    const std::vector<Event>& events = port::recorder.events;
    const std::size_t operations = range ? 1 : CONT_PTES;
    REQUIRE(events.size() == CONT_PTES + 1 + operations + 1 + CONT_PTES);
    std::size_t at = 0;
    for (std::size_t i = 0; i != CONT_PTES; ++i, ++at) {
        CHECK(events[at].kind == Event::Kind::Exchange);
        CHECK(events[at].slot == slot + i);
        CHECK(events[at].new_value == 0);
    }
    CHECK(events[at++].barrier == Barrier::DsbIshst);
    for (std::size_t i = 0; i != operations; ++i, ++at) {
        CHECK(events[at].tlbi == (range ? TlbiOp::RVALE1IS : TlbiOp::VALE1IS));
        const u64 expected = range ? arch::tlbi_range_operand(kBase, 0, kGranule, 0, 7, 3)
                                   : arch::tlbi_va_operand(kBase + i * kPage, 0, kGranule, 0);
        CHECK(events[at].operand == expected);
    }
    CHECK(events[at++].barrier == Barrier::DsbIsh);
    for (std::size_t i = 0; i != CONT_PTES; ++i, ++at) {
        CHECK(events[at].kind == Event::Kind::Store);
        CHECK(events[at].slot == slot + i);
    }
}

TEST_CASE("Faults, copies, partial unmapping, protection and moves break before they make") {
    const bool range = GENERATE(false, true);
    Machine machine{"thp_anon=64K:always", range ? kNeoverseV2 : kCortexA72};
    Process parent, child;
    parent.map(kBase, 8 * kBlock);
    expect_ordered([&] { parent.touch(kBase, 8 * kBlock); });
    expect_ordered([&] { parent.dontneed(kBase + kPage, 4 * kPage); });
    expect_ordered([&] { parent.touch(kBase, kBlock); });
    expect_ordered([&] { parent.fork_into(child); });
    expect_ordered([&] { parent.touch(kBase, 2 * kBlock); });
    expect_ordered([&] { child.touch(kBase + 3 * kBlock + 5 * kPage, 2 * kBlock); });
    expect_ordered([&] { parent.mprotect(kBase + kBlock + kPage, 3 * kBlock, VM_READ); });
    expect_ordered([&] { parent.mprotect(kBase + kBlock + kPage, 3 * kBlock, VM_READ | VM_WRITE); });
    expect_ordered([&] { parent.mremap(kBase + kBlock + kPage, kBase + 0x10000000); });
    expect_ordered([&] { madvise_cold(parent.region(kBase), kBase, kBase + kPage); });
    expect_ordered([&] { parent.unmap(kBase + 5 * kBlock, kBlock); });
}

TEST_CASE("A contpte_convert without its flush would be seen") {
    if (!kOn) return;
    Machine machine{"thp_anon=64K:always"};
    Process process;
    process.map(kBase, kBlock);
    process.touch(kBase, kBlock);
    port::recorder.start();
    process.mprotect(kBase, kPage, VM_READ);
    port::recorder.stop();
    std::vector<Event> events = port::recorder.events;
    REQUIRE(break_before_make_breach(events, addresses_of_live_slots()) == "");
    std::erase_if(events, [](const Event& event) { return event.kind == Event::Kind::Tlbi; });
    CHECK(break_before_make_breach(events, addresses_of_live_slots()) != "");
}
