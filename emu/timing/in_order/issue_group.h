// What issues together in one cycle of an in-order core: at most so many instructions, and of each kind as many as there
// are units for it. Which kinds pair follows from the limits.
#pragma once

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
        : limits_{kGuards + in_lane(c.issue_width, Lane::Slot) + in_lane(c.integer_ports, Lane::Alu) +
                  in_lane(c.load_ports, Lane::Address) + in_lane(c.in_order.loads_per_cycle, Lane::Load) +
                  in_lane(c.in_order.stores_per_cycle, Lane::Store) + in_lane(c.branch_ports, Lane::Branch) +
                  in_lane(c.multiply_ports, Lane::Multiply) + in_lane(c.vector_ports, Lane::Vector)},
          left_{limits_} {}

    // The cycle, not before `earliest`, at which the next instruction issues.
    u64 issue(Needs needs, u64 earliest) {
        if (earliest > cycle_) open(earliest);
        if (((left_ - needs) & kGuards) != kGuards) open(cycle_ + 1);
        left_ -= needs;
        return cycle_;
    }
    // The instruction that issued last goes on issuing for `cycles` more.
    void prolong(Needs needs, u64 cycles) {
        open(cycle_ + cycles);
        left_ -= needs;
    }
    // Nothing issues before `cycle`.
    void hold_until(u64 cycle) {
        if (cycle > cycle_) open(cycle);
    }
    // That of the instruction that issued last, or until which it held the others.
    [[nodiscard]] u64 cycle() const { return cycle_; }

private:
    // Eight lanes of seven bits; the bit above each stays set as long as its lane has not been overdrawn.
    static constexpr u64 kGuards = 0x8080808080808080;
    static constexpr u64 in_lane(u64 count, Lane lane) { return count << 8 * static_cast<unsigned>(lane); }

    void open(u64 cycle) {
        cycle_ = cycle;
        left_ = limits_;
    }

    u64 limits_;
    u64 left_;
    u64 cycle_{0};
};

}  // namespace emu
