// Counter banks: one array per exception level, indexed by the rows of pmu_events.def.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace mmu {

inline constexpr std::uint32_t kNoPmuNumber = 0xffffffff;

enum class Event : std::uint16_t {
#define EVENT(id, name, number, unit, sentence) id,
#include "mmu/base/pmu_events.def"
#undef EVENT
};

struct EventInfo {
    const char* name;
    std::uint32_t number;
    const char* unit;
    const char* sentence;
};

inline constexpr EventInfo kEvents[] = {
#define EVENT(id, name, number, unit, sentence) {name, number, unit, sentence},
#include "mmu/base/pmu_events.def"
#undef EVENT
};
inline constexpr std::size_t kEventCount = sizeof(kEvents) / sizeof(kEvents[0]);

// The counts of one exception level. Snapshots are copies; a phase is end minus begin.
struct CounterBank {
    std::array<std::uint64_t, kEventCount> value{};

    [[nodiscard]] std::uint64_t& operator[](Event e) { return value[static_cast<std::size_t>(e)]; }
    [[nodiscard]] std::uint64_t operator[](Event e) const { return value[static_cast<std::size_t>(e)]; }
    CounterBank& operator+=(const CounterBank& other) {
        for (std::size_t i = 0; i < kEventCount; ++i) value[i] += other.value[i];
        return *this;
    }
    friend CounterBank operator-(CounterBank a, const CounterBank& b) {
        for (std::size_t i = 0; i < kEventCount; ++i) a.value[i] -= b.value[i];
        return a;
    }
};

// Counters of one PE: [0] is EL0, [1] is EL1. Whoever counts does so in `current`, which the core
// redirects when the exception level changes.
struct Counters {
    std::array<CounterBank, 2> by_el{};
    CounterBank* current{&by_el[1]};

    Counters() = default;
    Counters(const Counters&) = delete;
    Counters& operator=(const Counters&) = delete;
    void count(Event e, std::uint64_t n = 1) { (*current)[e] += n; }
    void set_el(unsigned el) { current = &by_el[el]; }
};

}  // namespace mmu
