#include "emu/timing/timing_config.h"

#include <cmath>
#include <initializer_list>
#include <type_traits>
#include <utility>

#include "emu/timing/memory/cache.h"
#include "mmu/base/user_error.h"

namespace emu {

namespace {

constexpr u64 kMaxSets = u64{1} << 20;  // Cache

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

void check_sets(const std::string& name, const CacheLevelConfig& c, u64 line) {
    if (c.size % (c.ways * line) == 0 && c.size / (c.ways * line) < kMaxSets) return;
    throw UserError{name + ".size is no multiple of " + name + ".ways lines of " + std::to_string(line) +
                    " bytes, or more than 2^20 of them; change one of them"};
}

// `above` is the line of the level above.
void check_lower(const std::string& name, const LowerCacheConfig& c, u64& above) {
    if (c.size == 0) return;
    if (c.line != 64 && c.line != 128) throw UserError{name + ".line is neither 64 nor 128 bytes"};
    check_sets(name, c, c.line);
    if (c.line < above) throw UserError{name + ".line is shorter than that of the level above; make it 128"};
    if (c.line != above && c.inclusion == Inclusion::Exclusive)
        throw UserError{name + ".inclusion=exclusive needs the line of the level above; change " + name +
                        ".line or take inclusive or neither"};
    above = c.line;
}

// `less` may not exceed `more`.
void check_order(const char* less, u64 a, const char* more, u64 b) {
    if (a <= b) return;
    throw UserError{std::string{less} + " = " + std::to_string(a) + " is more than " + more + " = " + std::to_string(b) +
                    "; change one of them"};
}

void check_window(const CoreTimingConfig& c) {
    check_order("core.multiply_ports", c.multiply_ports, "core.integer_ports", c.integer_ports);
    if (c.pipeline == PipelineKind::InOrder) return;
    check_order("core.dispatch_width", c.dispatch_width, "core.rob", c.rob);
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
    check_window(core);
    check_order("cache.l1d.latency", memory.l1d_latency, "cache.l2.latency", memory.l2_latency);
    if (core.predictor.shortest_history > core.predictor.longest_history)
        throw UserError{"core.predictor.shortest_history is longer than core.predictor.longest_history; change one of them"};
    u64 line = kLineBytes;
    check_sets("cache.l1i", memory.l1i, line);
    check_sets("cache.l1d", memory.l1d, line);
    check_lower("cache.l2", memory.l2, line);
    check_lower("cache.l3", memory.l3, line);
    check_lower("cache.llc", memory.llc, line);
}

}  // namespace emu
