#include "emu/machine/timing_schedule.h"

namespace emu {

TimingSchedule::TimingSchedule(const SamplingConfig& config)
    : to_phase_{config.fast_forward == "phase"},
      forward_by_{parse_instructions(config.fast_forward).value_or(0)},
      sample_{parse_sample(config.sample)} {}

void TimingSchedule::phase_begins(bool of_interest, std::uint64_t retired) {
    phase_ends(retired);
    if (!begun_) forward_until_ = to_phase_ ? kNever : retired + forward_by_;
    begun_ = true;
    if (to_phase_ && of_interest && forward_until_ == kNever) forward_until_ = retired;
    inside_ = of_interest;
    phase_began_ = retired;
}

void TimingSchedule::phase_ends(std::uint64_t retired) {
    earlier_ = of_interest(retired);
    inside_ = false;
}

// The unit stands in the middle of its period.
TimingSchedule::Borders TimingSchedule::borders() const {
    const std::uint64_t slack = sample_->period - sample_->unit - sample_->warm_up;
    const std::uint64_t timed = slack / 2;
    return {timed, timed + sample_->warm_up, timed + sample_->warm_up + sample_->unit};
}

TimingSchedule::Stage TimingSchedule::stage(std::uint64_t retired) const {
    if (!begun_) return Stage::Untimed;
    if (forwarding(retired)) return Stage::Warming;
    if (!sample_) return Stage::Timed;
    if (!inside_) return Stage::Warming;
    const std::uint64_t offset = of_interest(retired) % sample_->period;
    return offset >= borders().timed && offset < borders().end ? Stage::Timed : Stage::Warming;
}

bool TimingSchedule::in_unit(std::uint64_t retired) const {
    if (!sample_ || stage(retired) != Stage::Timed) return false;
    return of_interest(retired) % sample_->period >= borders().unit;
}

std::uint64_t TimingSchedule::next_change(std::uint64_t retired) const {
    if (!begun_) return kNever;
    if (forwarding(retired)) return forward_until_;
    if (!sample_ || !inside_) return kNever;
    const std::uint64_t offset = of_interest(retired) % sample_->period;
    for (const std::uint64_t border : {borders().timed, borders().unit, borders().end})
        if (offset < border) return retired + border - offset;
    return retired + sample_->period - offset + borders().timed;
}

}  // namespace emu
