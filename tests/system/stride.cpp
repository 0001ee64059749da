#include "tests/system/stride.h"

#include "tests/support/catch.h"

namespace system_tests {

namespace {

constexpr u64 kFewRounds = 4;
constexpr u64 kMoreRounds = 8;

emu::PhaseResult steady(Stride stride, u64 rounds, const Settings& settings) {
    const Program program{"page_stride",
                          {"pages=" + std::to_string(stride.pages), "rounds=" + std::to_string(rounds),
                           "stride=" + std::to_string(stride.bytes)}};
    // A prefetched page is no refill to count.
    Settings all{{"mmu.prefetch", "off"}};
    all.insert(all.end(), settings.begin(), settings.end());
    return phase_of(run(program, all), "steady");
}

}  // namespace

Round one_round(Stride stride, const Settings& settings) {
    const emu::PhaseResult few = steady(stride, kFewRounds, settings);
    const emu::PhaseResult more = steady(stride, kMoreRounds, settings);
    const auto per_round = [&](Event e) {
        const u64 difference = count(more, e) - count(few, e);
        INFO(mmu::kEvents[static_cast<std::size_t>(e)].name);
        REQUIRE(difference % (kMoreRounds - kFewRounds) == 0);
        return difference / (kMoreRounds - kFewRounds);
    };
    return {.data_lookups = per_round(Event::L1D_TLB),
            .l1_refills = per_round(Event::L1D_TLB_REFILL),
            .fetch_refills = per_round(Event::L1I_TLB_REFILL),
            .l2_refills = per_round(Event::L2D_TLB_REFILL),
            .walks_from_cache = per_round(Event::SIM_WALK_CACHE_HIT),
            .descriptors_read = per_round(Event::DTLB_STEP),
            .exceptions = per_round(Event::EXC_TAKEN)};
}

}  // namespace system_tests
