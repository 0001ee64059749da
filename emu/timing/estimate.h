// Figures of a core that no source gives.
#pragma once

#include <string>
#include <string_view>

#include "mmu/arch/bits.h"

namespace emu {

using arch::u64;

// A figure that nobody has published for this core: the value used, and the range in which it lies.
struct Estimate {
    u64 low{0};
    u64 mid{0};
    u64 high{0};
};
enum class EstimateEnd { Low, Mid, High };

namespace detail {

// Three keys, or one call for a visitor that knows estimates.
template <class V>
void estimate(V& v, std::string_view key, Estimate& e, const char* unit, u64 min, u64 max, const char* sentence) {
    const std::string name{key};
    if constexpr (requires { v.estimate(name, e); }) return v.estimate(name, e);
    v.param(name, e.mid, unit, min, max, sentence);
    v.param(name + ".low", e.low, unit, min, max, "low end of the estimate");
    v.param(name + ".high", e.high, unit, min, max, "high end of the estimate");
}

}  // namespace detail

}  // namespace emu
