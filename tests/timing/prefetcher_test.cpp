// What each kind of prefetcher asks for, and where it stops.
#include "emu/timing/memory/prefetcher.h"

#include <vector>

#include "tests/support/catch.h"

using namespace emu;

namespace {

constexpr u64 kPage = 64;  // lines of 4 KiB

std::vector<u64> ask(Prefetcher& p, u64 line, u64 pc = 0x1000, u64 page = kPage) {
    const Prefetcher::Burst burst = p.next({line, pc, line / page * page, line / page * page + page - 1});
    std::vector<u64> lines;
    for (unsigned i = 0; i < burst.count; ++i) lines.push_back(burst.first + i * static_cast<u64>(burst.step));
    return lines;
}
using Lines = std::vector<u64>;

}  // namespace

TEST_CASE("a next-line prefetcher asks for the lines behind each miss") {
    Prefetcher p{{PrefetchKind::NextLine, 2, 4}};
    CHECK(ask(p, 100) == Lines{101, 102});
    CHECK(ask(p, 126) == Lines{127});
    CHECK(ask(p, 127).empty());
}

TEST_CASE("a stride prefetcher needs two equal strides of one instruction") {
    Prefetcher p{{PrefetchKind::Stride, 2, 4}};
    CHECK(ask(p, 64).empty());
    CHECK(ask(p, 67).empty());
    CHECK(ask(p, 70) == Lines{73, 76});
    CHECK(ask(p, 73) == Lines{79, 82});
    CHECK(ask(p, 76) == Lines{85, 88});
    CHECK(ask(p, 79) == Lines{91});  // four strides ahead, no further
    CHECK(ask(p, 90).empty());       // another stride: begins anew
}

TEST_CASE("a stride prefetcher tells instructions apart") {
    Prefetcher p{{PrefetchKind::Stride, 1, 4}};
    for (u64 i = 0; i < 2; ++i) {
        CHECK(ask(p, 64 + i, 0x1000).empty());
        CHECK(ask(p, 1064 + 2 * i, 0x1004).empty());
    }
    CHECK(ask(p, 66, 0x1000) == Lines{67});
    CHECK(ask(p, 1068, 0x1004) == Lines{1070});
}

TEST_CASE("strides go down as well as up, and stop at both ends of the page") {
    Prefetcher p{{PrefetchKind::Stride, 8, 8}};
    (void)ask(p, 120);
    (void)ask(p, 100);
    CHECK(ask(p, 80) == Lines{});  // 60 lies in the page below
    Prefetcher q{{PrefetchKind::Stride, 8, 8}};
    (void)ask(q, 70);
    (void)ask(q, 69);
    CHECK(ask(q, 68) == Lines{67, 66, 65, 64});
}

TEST_CASE("a stream prefetcher follows neighbouring misses of any instruction, several at once") {
    Prefetcher p{{PrefetchKind::Stream, 2, 4}};
    CHECK(ask(p, 64, 1).empty());
    CHECK(ask(p, 1000, 2).empty());
    CHECK(ask(p, 65, 3).empty());
    CHECK(ask(p, 999, 4).empty());
    CHECK(ask(p, 66, 5) == Lines{67, 68});
    CHECK(ask(p, 998, 6) == Lines{997, 996});
}

TEST_CASE("no prefetcher leaves the page, and a larger mapping lets it go on") {
    for (const PrefetchKind kind : {PrefetchKind::NextLine, PrefetchKind::Stride, PrefetchKind::Stream}) {
        Prefetcher small{{kind, 4, 8}};
        Prefetcher large{{kind, 4, 8}};
        u64 furthest = 0;
        for (u64 line = 0; line < kPage; ++line) {
            for (const u64 asked : ask(small, line)) CHECK(asked < kPage);
            for (const u64 asked : ask(large, line, 0x1000, 16 * kPage)) furthest = std::max(furthest, asked);
        }
        CHECK(furthest > kPage);
    }
}

TEST_CASE("a prefetcher that is off asks for nothing") {
    Prefetcher p{{PrefetchKind::Off, 4, 8}};
    CHECK(!p.is_on());
    for (u64 line = 0; line < 20; ++line) CHECK(ask(p, line).empty());
}
