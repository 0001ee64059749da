// Which instructions of a run are timed, which only keep caches and predictors warm, and which are measured as a unit of a
// sample. Boot is neither timed nor warms anything.
#pragma once

#include <cstdint>
#include <optional>

#include "emu/machine/sampling_config.h"

namespace emu {

class TimingSchedule {
public:
    enum class Stage : std::uint8_t { Untimed, Warming, Timed };
    static constexpr std::uint64_t kNever = ~std::uint64_t{0};

    // `config` as the configuration keys allow it.
    explicit TimingSchedule(const SamplingConfig& config);

    // The guest's markers, after `retired` instructions.
    void phase_begins(bool of_interest, std::uint64_t retired);
    void phase_ends(std::uint64_t retired);

    [[nodiscard]] Stage stage(std::uint64_t retired) const;
    // `retired` lies in a unit of the sample.
    [[nodiscard]] bool in_unit(std::uint64_t retired) const;
    // Where stage() or in_unit() may change next if no marker comes before; above `retired`.
    [[nodiscard]] std::uint64_t next_change(std::uint64_t retired) const;

    [[nodiscard]] const std::optional<SamplePlan>& sample() const { return sample_; }
    // Instructions in phases of interest so far.
    [[nodiscard]] std::uint64_t of_interest(std::uint64_t retired) const {
        return earlier_ + (inside_ ? retired - phase_began_ : 0);
    }

private:
    // Offsets within a period, ascending.
    struct Borders {
        std::uint64_t timed, unit, end;
    };
    [[nodiscard]] Borders borders() const;
    [[nodiscard]] bool forwarding(std::uint64_t retired) const { return retired < forward_until_; }

    bool to_phase_;              // fast-forward to the first phase of interest
    std::uint64_t forward_by_;   // or by so many instructions
    std::optional<SamplePlan> sample_;
    bool begun_{false};          // the first phase has been reached
    std::uint64_t forward_until_{0};
    bool inside_{false};         // a phase of interest
    std::uint64_t phase_began_{0};
    std::uint64_t earlier_{0};   // instructions in phases of interest that have ended
};

}  // namespace emu
