// Limited resources as reservations in time. Instructions are timed in program order but use resources out of order,
// so a resource keeps who uses it *when*: one next-free stamp would let an old stalled load delay a younger independent
// one.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <vector>

#include "mmu/arch/bits.h"

namespace emu {

using arch::u64;

// `capacity` uses per slot of time; a slot is one cycle, or a bucket of 2^shift cycles. Slots live in a ring that is
// indexed by time and tagged with it: an entry of another time counts as empty. A reservation is thus forgotten
// only when another one exactly a multiple of kSlots away takes its place.
class SlotRing {
public:
    explicit SlotRing(unsigned capacity, unsigned shift = 0) : capacity_{capacity}, shift_{shift} {}

    [[nodiscard]] bool free_at(u64 cycle) const {
        const u64 slot = cycle >> shift_;
        const u64 entry = ring_[slot % kSlots];
        return (entry >> kUsedBits) != slot || (entry & kUsedMask) < capacity_;
    }
    void take(u64 cycle) {
        const u64 slot = cycle >> shift_;
        u64& entry = ring_[slot % kSlots];
        FullSlots& full = full_[slot / 64 % kGroups];
        if ((entry >> kUsedBits) != slot) {
            entry = slot << kUsedBits;
            if (full.group != slot / 64) full = {slot / 64, 0};
        }
        ++entry;
        if ((entry & kUsedMask) >= capacity_) full.mask |= u64{1} << slot % 64;
    }
    // The first cycle from `cycle` on with a free use.
    [[nodiscard]] u64 next_free(u64 cycle) const {
        while (!free_at(cycle)) cycle = behind_full_slots(cycle >> shift_) << shift_;
        return cycle;
    }
    // The same, and takes it.
    u64 reserve(u64 cycle) {
        cycle = next_free(cycle);
        take(cycle);
        return cycle;
    }

    // Of the 64 slots from that of `cycle` on, bit 0 the first, those that are certainly full. Others may be as well.
    [[nodiscard]] u64 full_from(u64 cycle) const {
        const u64 slot = cycle >> shift_;
        const u64 first = full_in(slot / 64) >> slot % 64;
        return slot % 64 == 0 ? first : first | full_in(slot / 64 + 1) << (64 - slot % 64);
    }

private:
    static constexpr u64 kSlots = 4096;
    static constexpr u64 kGroups = kSlots / 64;
    static constexpr unsigned kUsedBits = 8;
    static constexpr u64 kUsedMask = (1 << kUsedBits) - 1;

    // Of 64 slots from 64 * group on, those that are certainly full. Forgotten as soon as a slot of another time takes
    // the place of one of them.
    struct FullSlots {
        u64 group{0};
        u64 mask{0};
    };

    [[nodiscard]] u64 full_in(u64 group) const {
        const FullSlots& full = full_[group % kGroups];
        return full.group == group ? full.mask : 0;
    }
    // A slot after `slot`, which is full, with only full ones between.
    [[nodiscard]] u64 behind_full_slots(u64 slot) const {
        const u64 run = static_cast<u64>(std::countr_one(full_in(slot / 64) >> slot % 64));
        return slot + std::max<u64>(run, 1);
    }

    std::array<u64, kSlots> ring_{};
    std::array<FullSlots, kGroups> full_{};
    u64 capacity_;
    unsigned shift_;
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

// The stamps of the last `size` users of an in-order queue; a new user waits for the oldest.
class StampRing {
public:
    explicit StampRing(unsigned size) : stamps_(size, 0), size_{size} {}

    [[nodiscard]] u64 oldest() const { return stamps_[next_]; }
    void push(u64 stamp) {
        stamps_[next_] = stamp;
        if (++next_ == size_) next_ = 0;
    }

private:
    std::vector<u64> stamps_;
    std::size_t size_;
    std::size_t next_{0};
};

// A stage that takes instructions in order, at most `width` per cycle.
class InOrderStage {
public:
    explicit InOrderStage(unsigned width) : width_{width} {}

    // The cycle, not before `earliest`, at which the next instruction passes.
    u64 pass(u64 earliest) {
        if (earliest > cycle_) {
            cycle_ = earliest;
            used_ = 1;
        } else if (used_ < width_) {
            ++used_;
        } else {
            ++cycle_;
            used_ = 1;
        }
        return cycle_;
    }
    [[nodiscard]] u64 cycle() const { return cycle_; }

private:
    u64 cycle_{0};
    unsigned used_{0};
    unsigned width_;
};

}  // namespace emu
