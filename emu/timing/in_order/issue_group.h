// What issues together in one cycle of an in-order core: at most so many instructions, and of each kind as many as there
// are units for it. Which kinds pair follows from the limits.
#pragma once

#include <algorithm>
#include <initializer_list>

#include "emu/timing/core_timing_config.h"

namespace emu {

class IssueGroup {
public:
    // `Slot` is the instruction itself; `Address` a unit that loads and stores share.
    enum class Lane : unsigned { Slot, Alu, Address, Load, Store, Branch, Multiply, Vector };

    // One use of each of these lanes.
    using Needs = u64;
    [[nodiscard]] static constexpr Needs needs(std::initializer_list<Lane> lanes) {
        Needs out = 0;
        for (const Lane lane : lanes) out += in_lane(1, lane);
        return out;
    }

    explicit IssueGroup(const CoreTimingConfig& c)
        : first_{kFull - in_lane(c.issue_width, Lane::Slot) - in_lane(c.integer_ports, Lane::Alu) -
                 in_lane(c.load_ports, Lane::Address) - in_lane(c.in_order.loads_per_cycle, Lane::Load) -
                 in_lane(c.in_order.stores_per_cycle, Lane::Store) - in_lane(c.branch_ports, Lane::Branch) -
                 in_lane(c.multiply_ports, Lane::Multiply) - in_lane(c.vector_ports, Lane::Vector)},
          used_{first_} {}

    // The cycle at which the next instruction issues, not before `earliest`, which is not before cycle().
    u64 issue(Needs needs, u64 earliest) {
        const u64 joined = used_ + needs;
        if (earliest == cycle_ && (joined & kOverdrawn) == 0) {
            used_ = joined;
            return earliest;
        }
        used_ = first_ + needs;
        return cycle_ = earliest + (earliest == cycle_ ? 1 : 0);
    }
    // The instruction that issued last goes on issuing for `cycles` more.
    void prolong(Needs needs, u64 cycles) {
        cycle_ += cycles;
        used_ = first_ + needs;
    }
    // Nothing issues before `cycle`.
    void hold_until(u64 cycle) {
        if (cycle <= cycle_) return;
        cycle_ = cycle;
        used_ = first_;
    }
    // That of the instruction that issued last, or until which it held the others.
    [[nodiscard]] u64 cycle() const { return cycle_; }

private:
    // Eight lanes of seven bits, which count up to full; the bit above each is set when its lane has been overdrawn.
    static constexpr u64 kFull = 0x7f7f7f7f7f7f7f7f;
    static constexpr u64 kOverdrawn = ~kFull;
    static constexpr u64 in_lane(u64 count, Lane lane) { return count << 8 * static_cast<unsigned>(lane); }

    u64 first_;  // of a cycle
    u64 used_;
    u64 cycle_{0};
};

}  // namespace emu
