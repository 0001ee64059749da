#include "emu/timing/translation_timing.h"

#include <algorithm>

namespace emu {

using mmu::LookupRecord;

namespace {

bool has_slot(arch::u16 index) {
    return index != mmu::kNoSlot;
}

}  // namespace

inline TranslationTiming::Slot& TranslationTiming::slot_at(std::vector<Slot>& slots, arch::u16 index) {
    if (index >= slots.size()) [[unlikely]] slots.resize(index + 1U);
    return slots[index];
}

// From when on an entry under way serves an access at `cycle`. An access earlier in time than the one that asked for
// the entry (an older instruction that was stalled) would have asked itself: the refill moves forward.
u64 TranslationTiming::wait_for(Slot& slot, u64 cycle) {
    if (slot.ready <= cycle) return cycle;
    if (cycle < slot.asked) {
        slot.ready -= slot.asked - cycle;
        slot.asked = cycle;
    } else if (slot.walked) {
        ++(*bank_)[mmu::Event::SIM_WALK_MERGED];
    }
    return std::max(slot.ready, cycle);
}

u64 TranslationTiming::merged(Slot& slot, u64 cycle, Timeline& timeline) {
    const u64 ready = wait_for(slot, cycle);
    timeline.add(slot.walked ? Cause::DtlbWalk : Cause::DtlbL2Hit, ready);
    return ready;
}

u64 TranslationTiming::data_refill(const LookupRecord& lookup, u64 cycle, Timeline& timeline) {
    const bool walked = lookup.source == LookupRecord::Source::Walk;
    u64 ready = cycle + hit_penalty_;
    timeline.add(Cause::DtlbL2Hit, ready);
    if (walked) {
        ready = walk(lookup, ready, {mmu::Event::DTLB_WALK_PERCYC, Cause::DtlbWalk}, timeline);
        timeline.add(Cause::DtlbWalk, ready);
        if (has_slot(lookup.l2_slot)) slot_at(l2_slots_, lookup.l2_slot) = {cycle, ready, true};
    } else if (has_slot(lookup.l2_slot)) {
        ready = merged(slot_at(l2_slots_, lookup.l2_slot), ready, timeline);
    }
    if (has_slot(lookup.l1_slot)) slot_at(l1d_slots_, lookup.l1_slot) = {cycle, ready, walked};
    return ready;
}

// Fetches come in order, so nothing can hit an L1I entry before the fetch that asked for it has waited.
u64 TranslationTiming::fetch(const LookupRecord& lookup, u64 cycle, Timeline& timeline) {
    if (lookup.source != LookupRecord::Source::L2Hit && lookup.source != LookupRecord::Source::Walk) return cycle;
    u64 ready = cycle + hit_penalty_;
    if (lookup.source == LookupRecord::Source::Walk) {
        timeline.add(Cause::Itlb, ready);
        ready = walk(lookup, ready, {mmu::Event::ITLB_WALK_PERCYC, Cause::Itlb}, timeline);
        if (has_slot(lookup.l2_slot)) slot_at(l2_slots_, lookup.l2_slot) = {cycle, ready, true};
    } else if (has_slot(lookup.l2_slot)) {
        ready = wait_for(slot_at(l2_slots_, lookup.l2_slot), ready);
    }
    timeline.add(Cause::Itlb, ready);
    return ready;
}

// Descriptors are read one after the other through L1D (Neoverse N1 TRM 6.5); a hardware update writes its line.
u64 TranslationTiming::walk(const LookupRecord& lookup, u64 cycle, WalkOf of, Timeline& timeline) {
    const u64 start = walkers_.free_from(cycle, floor_);
    timeline.add(of.cause, start);
    u64 end = start + overhead_ + lookup.stage2_traps * stage2_trap_;
    timeline.add(of.cause, end, Figure::Estimated);
    for (unsigned i = 0; i < lookup.step_count; ++i) {
        const mmu::WalkStep& step = lookup.steps[i];
        end = (step.update ? memory_.update_descriptor(step.descriptor_pa, end)
                           : memory_.read_descriptor(step.descriptor_pa, end))
                  .ready;
    }
    walkers_.occupy(start, end);
    (*bank_)[of.in_progress] += end - start;
    return end;
}

}  // namespace emu
