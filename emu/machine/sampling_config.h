// What part of a run is timed: from where on, and whether all of it or a sample.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace emu {

// A count of instructions: digits, and k, M or G for powers of 1000. Nothing if `text` is something else, or 0.
[[nodiscard]] std::optional<std::uint64_t> parse_instructions(std::string_view text);

// One unit of `unit` measured instructions in every `period`, timed from `warm_up` instructions before it.
struct SamplePlan {
    std::uint64_t period{0};
    std::uint64_t unit{0};
    std::uint64_t warm_up{0};
};
// PERIOD:UNIT or PERIOD:UNIT:WARM-UP, where warm-up and unit fit the period; the warm-up is a tenth of the unit unless
// given. Nothing if `text` is something else.
[[nodiscard]] std::optional<SamplePlan> parse_sample(std::string_view text);

struct SamplingConfig {
    std::string fast_forward{"off"};
    std::string sample{"off"};

    [[nodiscard]] static bool is_fast_forward(std::string_view text) {
        return text == "off" || text == "phase" || parse_instructions(text);
    }
    [[nodiscard]] static bool is_sample(std::string_view text) { return text == "off" || parse_sample(text); }

    template <class V>
    void describe(V& v) {
        v.param("machine.fast_forward", fast_forward, "off, phase, or a number of instructions as 100M", is_fast_forward,
                "from the first phase on caches and predictors are only kept warm, up to the first phase of interest or for "
                "so many instructions; then timing begins");
        v.param("machine.sample", sample, "off, or PERIOD:UNIT[:WARM-UP] in instructions as 10M:200k, UNIT and WARM-UP (a tenth of UNIT) within PERIOD", is_sample,
                "in phases of interest, measure so many instructions out of each period; else keep caches and "
                "predictors warm");
    }
};

}  // namespace emu
