// Limited resources as reservations in time. Instructions are timed in program order but use resources out of order,
// so a resource keeps who uses it *when*: one next-free stamp would let an old stalled load delay a younger independent
// one.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <type_traits>
#include <vector>

#include "mmu/arch/bits.h"

namespace emu {

using arch::u64;

// `capacity` uses per slot of time; a slot is one cycle, or a bucket of 2^kShift cycles. Slots live in a ring that is
// indexed by time, in groups of 64: a group is forgotten when one exactly a multiple of kSlots later takes its place, and
// what comes for its time after that finds it free. Nobody waits for more than half of the ring, so that a long queue does
// not make the present forgotten.
template <unsigned kShift = 0>
class SlotRing {
public:
    // At most 255.
    explicit SlotRing(unsigned capacity) : capacity_{static_cast<unsigned char>(capacity)} { left_.fill(capacity_); }

    void take(u64 cycle) { take_slot(cycle >> kShift); }
    // The first cycle from `cycle` on with a free use; it is taken.
    u64 reserve(u64 cycle) {
        const u64 slot = cycle >> kShift;
        Group& group = groups_[slot / kGroup % kGroups];
        const u64 free = ~group.full >> slot % kGroup;
        if (group.number != slot / kGroup || free == 0) [[unlikely]] return reserve_other(cycle);
        const u64 wait = static_cast<unsigned>(std::countr_zero(free));
        use(group, slot + wait);
        return kShift != 0 && wait == 0 ? cycle : (slot + wait) << kShift;
    }

    // Of the slots from that of `cycle` to the end of its group, bit 0 the first, those that are free; none where the group
    // is not there.
    [[nodiscard]] u64 free_in_group(u64 cycle) const {
        const u64 slot = cycle >> kShift;
        const Group& group = groups_[slot / kGroup % kGroups];
        return group.number == slot / kGroup ? ~group.full >> slot % kGroup : 0;
    }
    // Takes one use of each of `length` slots of one group, which is there. Where slots have one use they are full then, and
    // nobody has to count.
    void take_in_group(u64 cycle, unsigned length) {
        const u64 slot = cycle >> kShift;
        Group& group = groups_[slot / kGroup % kGroups];
        if (capacity_ == 1) {
            group.full |= (~u64{0} >> (kGroup - length)) << slot % kGroup;
            return;
        }
        for (u64 i = 0; i < length; ++i) use(group, slot + i);
    }
    // Of the 64 slots of the group of `cycle`, bit 0 the first, those that are full.
    [[nodiscard]] u64 full_in_group(u64 cycle) const { return full_in((cycle >> kShift) / kGroup); }

private:
    static constexpr u64 kGroup = 64;
    static constexpr u64 kGroups = 128;
    static constexpr u64 kSlots = kGroup * kGroups;

    struct Group {
        u64 number{0};
        u64 full{0};
    };

    void use(Group& group, u64 slot) {
        const bool full = --left_[slot % kSlots] == 0;
        group.full |= u64{full} << slot % kGroup;
    }
    void take_slot(u64 slot) {
        Group& group = groups_[slot / kGroup % kGroups];
        if (group.number != slot / kGroup && !begin(slot / kGroup)) return;
        use(group, slot);
    }
    // The rest of the group of `cycle` is full, or the group is not there.
    [[gnu::noinline]] u64 reserve_other(u64 cycle) {
        const u64 slot = cycle >> kShift;
        const u64 full = full_in(slot / kGroup) >> slot % kGroup;
        if ((full & 1) == 0) {
            take_slot(slot);
            return cycle;
        }
        const u64 later = behind_full_slots(slot, full);
        take_slot(later);
        return later << kShift;
    }
    [[nodiscard]] u64 full_in(u64 number) const {
        const Group& group = groups_[number % kGroups];
        return group.number == number ? group.full : 0;
    }
    // false: the group's place is a later one's already.
    [[gnu::noinline]] bool begin(u64 number) {
        Group& group = groups_[number % kGroups];
        if (number < group.number) return false;
        group = {number, 0};
        std::fill_n(&left_[number * kGroup % kSlots], kGroup, capacity_);
        return true;
    }
    // The first slot behind `slot` that is not full, as far as anybody waits; `full` are those of its group from it on.
    [[nodiscard]] u64 behind_full_slots(u64 slot, u64 full) const {
        const u64 patience = slot + kSlots / 2;
        while (slot < patience) {
            const u64 left = kGroup - slot % kGroup;
            const u64 run = static_cast<u64>(std::countr_one(full));
            if (run < left) return slot + run;
            slot += left;
            full = full_in(slot / kGroup);
        }
        return slot;
    }

    std::array<Group, kGroups> groups_{};
    std::array<unsigned char, kSlots> left_{};  // uses of each slot; counts on past 0 where nobody waited longer
    unsigned char capacity_;
};

// `servers` equal units, each busy with one job for a span of many cycles: table walkers, miss status registers.
class ServerPool {
public:
    explicit ServerPool(unsigned servers) : servers_{servers} {}

    // When a job that may start at `earliest` finds a free unit. Jobs that ended at or before `floor` are forgotten; no
    // later call may come earlier than that.
    [[nodiscard]] u64 free_from(u64 earliest, u64 floor) {
        if (jobs_.size() >= many_) forget_before(floor);
        if (earliest >= last_end_) return earliest;
        for (u64 start = earliest;;) {
            const u64 later = next_chance(start);
            if (later == start) return start;
            start = later;
        }
    }
    void occupy(u64 start, u64 end) {
        jobs_.push_back({start, end});
        last_end_ = std::max(last_end_, end);
    }

private:
    struct Job {
        u64 start;
        u64 end;
    };
    static constexpr std::size_t kFew = 16;

    // Now and then only: a forgotten job could not have been in anybody's way.
    void forget_before(u64 floor) {
        std::erase_if(jobs_, [floor](const Job& job) { return job.end <= floor; });
        many_ = std::max(kFew, 2 * jobs_.size());
    }
    // `t` if a unit is free then, else the first end of a job that is running then.
    [[nodiscard]] u64 next_chance(u64 t) const {
        unsigned running = 0;
        u64 first_end = ~u64{0};
        for (const Job& job : jobs_) {
            const bool runs = job.start <= t && t < job.end;  // unpredictable: no branch
            running += runs ? 1U : 0U;
            first_end = std::min(first_end, runs ? job.end : ~u64{0});
        }
        return running < servers_ ? t : first_end;
    }

    std::vector<Job> jobs_;
    std::size_t many_{kFew};
    u64 last_end_{0};
    unsigned servers_;
};

// The stamps of the last `size` users of an in-order queue; a new user waits for the oldest. They lie among the last
// kPlaces, so that no index has to be wrapped by a comparison.
template <unsigned kPlaces>
class StampRingOf {
public:
    // At most kPlaces.
    explicit StampRingOf(unsigned size) : size_{static_cast<Index>(size)} {}

    [[nodiscard]] u64 oldest() const { return stamps_[static_cast<Index>(next_ - size_) % kPlaces]; }
    void push(u64 stamp) { stamps_[next_++ % kPlaces] = stamp; }

private:
    static_assert(std::has_single_bit(kPlaces) && kPlaces <= 1024);
    using Index = std::conditional_t<kPlaces == 256, arch::u8, unsigned>;

    Index next_{0};
    Index size_;
    std::array<u64, kPlaces> stamps_{};
};
using StampRing = StampRingOf<1024>;

// A stage that takes instructions in order, at most `width` per cycle. Where it is, is one number: the cycle, and behind it
// the place of the last instruction in it, of places that end with 63, so that the next cycle begins by a carry and nothing
// has to be decided.
class InOrderStage {
public:
    // At most 63.
    explicit InOrderStage(unsigned width) : first_{kPlaces - width}, last_{first_ - 1} {}

    // The cycle, not before `earliest`, at which the next instruction passes.
    u64 pass(u64 earliest) {
        const u64 next = last_ + 1;
        const u64 cycle = std::max(next & ~(kPlaces - 1), earliest * kPlaces);
        last_ = std::max(next, cycle + first_);
        return last_ / kPlaces;
    }
    // Nothing passes before `cycle`.
    void hold_until(u64 cycle) { last_ = std::max(last_, cycle * kPlaces + first_ - 1); }
    [[nodiscard]] u64 cycle() const { return last_ / kPlaces; }

private:
    static constexpr u64 kPlaces = 64;

    u64 first_;
    u64 last_;
};

}  // namespace emu
