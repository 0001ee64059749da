#include "tests/system/same_work.h"

#include <algorithm>

namespace system_tests {

namespace {

constexpr Event kTimingEvents[] = {
    Event::CPU_CYCLES,       Event::BR_MIS_PRED,      Event::BR_PRED,          Event::L1I_CACHE_REFILL,
    Event::L1I_CACHE,        Event::L1D_CACHE_REFILL, Event::L1D_CACHE,        Event::L2D_CACHE,
    Event::L2D_CACHE_REFILL, Event::LL_CACHE_RD,      Event::LL_CACHE_MISS_RD, Event::DTLB_WALK_PERCYC,
    Event::ITLB_WALK_PERCYC, Event::SIM_DSB_CYCLES,   Event::SIM_WALK_MERGED,  Event::SIM_LOAD_FORWARDED,
    Event::SIM_CYCLES_ESTIMATED, Event::SIM_PREFETCH_ISSUED, Event::SIM_PREFETCH_USEFUL, Event::SIM_PREFETCH_LATE,
    Event::SIM_PREFETCH_USELESS, Event::SIM_LINE_STREAMED,   Event::SIM_DRAM_READ,       Event::SIM_DRAM_WRITE,
};

class Comparer {
public:
    explicit Comparer(Events events) : events_{events} {}

    template <class T>
    void same(const std::string& what, const T& a, const T& b) {
        if (!(a == b)) lines_.push_back(what + " differs");
    }
    void same(const std::string& what, u64 a, u64 b) {
        if (a != b) lines_.push_back(what + ": " + std::to_string(a) + " and " + std::to_string(b));
    }
    void same(const std::string& what, const mmu::CounterBank& a, const mmu::CounterBank& b) {
        for (std::size_t i = 0; i < mmu::kEventCount; ++i) {
            const auto e = static_cast<Event>(i);
            if (events_ == Events::All || !is_of_timing(e)) same(what + " " + mmu::kEvents[i].name, a[e], b[e]);
        }
    }
    void same(const emu::PhaseResult& a, const emu::PhaseResult& b) {
        same("name of " + a.name, a.name, b.name);
        same(a.name + " EL0", a.el0, b.el0);
        same(a.name + " EL1", a.el1, b.el1);
        same("begin of " + a.name, a.begin_instruction, b.begin_instruction);
        same("end of " + a.name, a.end_instruction, b.end_instruction);
        same("guest counters of " + a.name, a.guest, b.guest);
    }
    [[nodiscard]] std::vector<std::string> take() { return std::move(lines_); }

private:
    Events events_;
    std::vector<std::string> lines_;
};

}  // namespace

bool is_of_timing(Event e) {
    return std::ranges::find(kTimingEvents, e) != std::ranges::end(kTimingEvents);
}

std::vector<std::string> differences(const emu::RunResult& a, const emu::RunResult& b, Events events) {
    Comparer c{events};
    c.same("number of phases", a.phases.size(), b.phases.size());
    for (std::size_t i = 0; i < std::min(a.phases.size(), b.phases.size()); ++i) c.same(a.phases[i], b.phases[i]);
    c.same("EL0", a.el0, b.el0);
    c.same("EL1", a.el1, b.el1);
    c.same("guest counters", a.guest, b.guest);
    c.same("console", a.console, b.console);
    c.same("checksum", a.checksum, b.checksum);
    c.same("memory hash", a.memory_hash, b.memory_hash);
    c.same("table hash", a.table_hash, b.table_hash);
    c.same("allocation hash", a.allocation_hash, b.allocation_hash);
    return c.take();
}

}  // namespace system_tests
