// The small parts: reservations, timelines, the function table.
#include "emu/timing/ledger/function_table.h"
#include "emu/timing/ledger/timeline.h"
#include "emu/timing/reservations.h"
#include "tests/support/catch.h"

using namespace emu;

TEST_CASE("a reservation in the future leaves the present free") {
    SlotRing<> ring{1};
    CHECK(ring.reserve(100) == 100);
    CHECK(ring.reserve(100) == 101);
    CHECK(ring.reserve(7) == 7);
    CHECK(ring.reserve(99) == 99);
    CHECK(ring.reserve(99) == 102);
}

TEST_CASE("a ring with buckets moves on to the start of the next bucket") {
    SlotRing<4> ring{2};
    CHECK(ring.reserve(33) == 33);
    CHECK(ring.reserve(35) == 35);
    CHECK(ring.reserve(34) == 48);
}

TEST_CASE("a queue longer than the ring leaves the present taken") {
    SlotRing<> ring{1};
    for (int i = 0; i < 20000; ++i) (void)ring.reserve(1000);
    CHECK(ring.reserve(1000) > 4000);
    CHECK((ring.full_in_group(1000) >> 1000 % 64 & 1) != 0);
}

TEST_CASE("a server pool starts a job when the first server is free") {
    ServerPool pool{2};
    const auto job = [&](u64 earliest, u64 duration, u64 floor = 0) {
        const u64 start = pool.free_from(earliest, floor);
        pool.occupy(start, start + duration);
        return start;
    };
    CHECK(job(10, 100) == 10);
    CHECK(job(20, 50) == 20);
    CHECK(job(30, 10) == 70);
    CHECK(job(0, 5) == 0);  // earlier in time, later in order
    CHECK(job(71, 10, 71) == 80);
}

TEST_CASE("a stamp ring gives the oldest stamp to the next user") {
    StampRing ring{3};
    for (u64 stamp = 1; stamp <= 4; ++stamp) ring.push(stamp);
    CHECK(ring.oldest() == 2);
}

TEMPLATE_TEST_CASE_SIG("a stamp ring that is full to its last place still knows the oldest", "", ((unsigned kPlaces), kPlaces), 256, 1024) {
    StampRingOf<kPlaces> ring{kPlaces};
    CHECK(ring.oldest() == 0);
    for (u64 stamp = 1; stamp <= kPlaces; ++stamp) ring.push(stamp);
    CHECK(ring.oldest() == 1);
    for (u64 stamp = kPlaces + 1; stamp <= 3 * kPlaces + 7; ++stamp) ring.push(stamp);
    CHECK(ring.oldest() == 2 * kPlaces + 8);
}

TEST_CASE("time that one cause fills is known from the first span") {
    Timeline timeline;
    timeline.restart(5);
    CHECK(timeline.is_one_cause(1000));
    CHECK(timeline.first_cause() == Cause::Base);
    timeline.add(Cause::L1d, 9);
    CHECK(timeline.is_one_cause(9));
    CHECK(timeline.first_cause() == Cause::L1d);
    CHECK_FALSE(timeline.is_one_cause(10));  // Base from there on
    timeline.restart(9);
    timeline.add(Cause::Branch, 12, Figure::Estimated);
    CHECK_FALSE(timeline.is_one_cause(12));
    timeline.restart(12);
    timeline.add(Cause::Base, 13);
    timeline.add(Cause::L2, 15);
    CHECK_FALSE(timeline.is_one_cause(15));
}

TEST_CASE("a timeline splits an interval among its spans and leaves nothing over") {
    Timeline timeline;
    timeline.add(Cause::FrontEnd, 10);
    timeline.add(Cause::Base, 8);  // hidden
    timeline.add(Cause::L1d, 14);
    timeline.add(Cause::Dram, 300);
    std::vector<std::pair<Cause, u64>> shares;
    (void)timeline.split(9, 20, [&](const Timeline::Span& span, u64 cycles) { shares.emplace_back(span.cause, cycles); });
    CHECK(shares == std::vector<std::pair<Cause, u64>>{{Cause::FrontEnd, 1}, {Cause::L1d, 4}, {Cause::Dram, 6}});
}

TEST_CASE("a timeline with more spans than it can hold still covers all of the time") {
    Timeline timeline;
    for (u64 t = 1; t <= 100; ++t) timeline.add(t % 2 == 0 ? Cause::L2 : Cause::Dram, t);
    u64 sum = 0;
    CHECK(timeline.split(0, 100, [&](const Timeline::Span&, u64 cycles) { sum += cycles; }) == 100);
    CHECK(sum == 100);
    CHECK(timeline.split(0, 101, [](const Timeline::Span&, u64) {}) == 100);
}

TEST_CASE("functions are found by address whatever the order and the aliases of their symbols") {
    const FunctionTable table{
        {{"later", 0x200, 0x220}, {"label", 0x100, 0x100}, {"first", 0x100, 0x180}, {"open", 0x300, 0x300}}};
    REQUIRE(table.size() == 3);
    CHECK(table[table.place_of(0x17c).index].name == "first");
    CHECK(table.place_of(0x180).index == FunctionTable::kNone);
    CHECK(table.place_of(0x180).end == 0x200);
    CHECK(table[table.place_of(0x200).index].name == "later");
    CHECK(table[table.place_of(0x123456).index].name == "open");
    CHECK(table.place_of(0).index == FunctionTable::kNone);
    CHECK(FunctionTable{}.place_of(5).index == FunctionTable::kNone);
}
