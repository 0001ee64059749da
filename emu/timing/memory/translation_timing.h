// How long a translation took. What the TLBs hold is decided in mmu, in program order; here every slot has beside it
// the cycle from which its entry can be used, so that a hit on an entry whose walk is still under way waits for it.
// access = L1 hit + L2 TLB penalty + walk overhead + the latency of each descriptor read where its line lies.
// A walk waits for a free walker, and for what a walk cache entry that is still under way will say.
#pragma once

#include <vector>

#include "emu/timing/ledger/timeline.h"
#include "emu/timing/memory/memory_latency.h"
#include "mmu/translation.h"

namespace emu {

class TranslationTiming {
public:
    TranslationTiming(const TranslationTimingConfig& config, MemoryLatency& memory)
        : hit_penalty_{config.l2_hit_penalty},
          overhead_{config.walk_overhead.mid},
          stage2_trap_{config.stage2_trap.mid},
          memory_{memory},
          walkers_{config.walkers} {}

    void count_in(mmu::CounterBank& bank) { bank_ = &bank; }
    void set_floor(u64 cycle) { floor_ = cycle; }

    // The cycle at which the physical address of a data access that started at `cycle` is known. An L1 hit adds
    // nothing: it is part of the load latency.
    u64 data(const mmu::LookupRecord* lookup, u64 cycle, Timeline& timeline) {
        using Source = mmu::LookupRecord::Source;
        if (lookup == nullptr || lookup->source == Source::None || lookup->source == Source::MmuOff) return cycle;
        if (lookup->source != Source::L1Hit) return data_refill(*lookup, cycle, timeline);
        if (cycle >= l1d_settled_ || lookup->l1_slot >= l1d_slots_.size() || l1d_slots_[lookup->l1_slot].ready <= cycle) return cycle;
        return merged(l1d_slots_[lookup->l1_slot], cycle, timeline);
    }
    // data() would say `cycle`, and nothing changes: an L1 hit behind all refills.
    [[nodiscard]] bool is_at_hand(const mmu::LookupRecord* lookup, u64 cycle) const {
        return lookup != nullptr && lookup->source == mmu::LookupRecord::Source::L1Hit && cycle >= l1d_settled_;
    }
    // data() of a fetch; all its time is the ITLB's.
    u64 fetch(const mmu::LookupRecord& lookup, u64 cycle, Timeline& timeline) {
        using Source = mmu::LookupRecord::Source;
        const bool refills = lookup.source == Source::L2Hit || lookup.source == Source::Walk;
        return refills ? fetch_refill(lookup, cycle, timeline) : cycle;
    }

private:
    // An entry asked for at `asked`, usable from `ready` on.
    struct Slot {
        u64 asked{0};
        u64 ready{0};
        bool walked{false};
    };

    // Where a table is, known from `ready` on to walks that begin with it.
    struct Pointer {
        u64 page{~u64{0}};
        u64 asked{0};
        u64 ready{0};
    };
    static constexpr std::size_t kPointers = 64;

    // What a walk counts and is charged as.
    struct WalkOf {
        mmu::Event in_progress;
        Cause cause;
    };

    u64 fetch_refill(const mmu::LookupRecord& lookup, u64 cycle, Timeline& timeline);
    u64 data_refill(const mmu::LookupRecord& lookup, u64 cycle, Timeline& timeline);
    u64 merged(Slot& slot, u64 cycle, Timeline& timeline);
    u64 wait_for(Slot& slot, u64 cycle);
    u64 walk(const mmu::LookupRecord& lookup, u64 cycle, WalkOf of, Timeline& timeline);
    void walk_ahead(const mmu::LookupRecord& lookup, u64 cycle);
    u64 read_step(const mmu::WalkStep& step, u64 cycle);
    [[nodiscard]] u64 pointer_known(u64 table, u64 cycle) const;
    void note_pointer(u64 table, u64 asked, u64 ready);
    static Slot& slot_at(std::vector<Slot>& slots, arch::u16 index);

    u64 hit_penalty_;
    u64 overhead_;
    u64 stage2_trap_;
    MemoryLatency& memory_;
    ServerPool walkers_;
    std::vector<Slot> l1d_slots_;
    std::vector<Slot> l2_slots_;
    u64 l1d_settled_{0};  // from here on every entry of the L1D TLB can be used
    std::vector<Pointer> pointers_{kPointers};
    u64 floor_{0};
    mmu::CounterBank* bank_{nullptr};
};

}  // namespace emu
