#include "emu/timing/timing_config.h"

#include <cmath>
#include <initializer_list>
#include <type_traits>
#include <utility>

#include "emu/timing/cache.h"
#include "mmu/base/user_error.h"

namespace emu {

namespace {

// A visitor of describe() that sees estimates only.
struct EstimateVisitor {
    EstimateEnd end;

    void estimate(const std::string& key, Estimate& e) const {
        if (end == EstimateEnd::Low) e.mid = e.low;
        if (end == EstimateEnd::High) e.mid = e.high;
        if (e.low <= e.mid && e.mid <= e.high) return;
        throw UserError{key + " lies outside " + key + ".low to " + key + ".high; move an end of the range too"};
    }
    template <class... Ignored>
    void param(Ignored&&...) const {}
    template <class Value>
    void choice(std::string_view, Value&, std::initializer_list<std::pair<const char*, std::type_identity_t<Value>>>,
                const char*) const {}
};

void check_sets(const char* name, const CacheLevelConfig& c) {
    if (c.size % (c.ways * kLineBytes) == 0) return;
    throw UserError{std::string{name} + ".size is no multiple of " + name +
                    ".ways lines of 64 bytes; change one of them"};
}

}  // namespace

TimingConfig TimingConfig::with_estimates_at(EstimateEnd end) const {
    TimingConfig out = *this;
    const EstimateVisitor visitor{end};
    out.describe(visitor);
    return out;
}

u64 TimingConfig::cycles_of_ns(double ns) const {
    return static_cast<u64>(std::llround(ns * static_cast<double>(core.frequency_mhz) / 1000.0));
}

void TimingConfig::validate() const {
    (void)with_estimates_at(EstimateEnd::Mid);
    if (core.predictor.shortest_history > core.predictor.longest_history)
        throw UserError{"core.predictor.shortest_history is longer than core.predictor.longest_history; change one of them"};
    check_sets("cache.l1i", memory.l1i);
    check_sets("cache.l1d", memory.l1d);
    check_sets("cache.l2", memory.l2);
    check_sets("cache.llc", memory.llc);
}

}  // namespace emu
