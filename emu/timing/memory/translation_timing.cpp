#include "emu/timing/memory/translation_timing.h"

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
    l1d_settled_ = std::max(l1d_settled_, ready);
    if (lookup.prefetch_step_count != 0) walk_ahead(lookup, ready);
    return ready;
}

// Fetches come in order, so nothing can hit an L1I entry before the fetch that asked for it has waited.
u64 TranslationTiming::fetch_refill(const LookupRecord& lookup, u64 cycle, Timeline& timeline) {
    u64 ready = cycle + hit_penalty_;
    if (lookup.source == LookupRecord::Source::Walk) {
        timeline.add(Cause::Itlb, ready);
        ready = walk(lookup, ready, {mmu::Event::ITLB_WALK_PERCYC, Cause::Itlb}, timeline);
        if (has_slot(lookup.l2_slot)) slot_at(l2_slots_, lookup.l2_slot) = {cycle, ready, true};
    } else if (has_slot(lookup.l2_slot)) {
        ready = wait_for(slot_at(l2_slots_, lookup.l2_slot), ready);
    }
    timeline.add(Cause::Itlb, ready);
    if (lookup.prefetch_step_count != 0) walk_ahead(lookup, ready);
    return ready;
}

// Descriptors are read one after the other, through L1D (Neoverse N1 TRM 6.5) or in L2.
u64 TranslationTiming::walk(const LookupRecord& lookup, u64 cycle, WalkOf of, Timeline& timeline) {
    const u64 start = walkers_.free_from(cycle, floor_);
    timeline.add(of.cause, start);
    u64 end = start + overhead_ + lookup.stage2_traps * stage2_trap_;
    timeline.add(of.cause, end, Figure::Estimated);
    if (lookup.walk_cache_hit) end = pointer_known(lookup.steps[0].descriptor_pa, end);
    for (unsigned i = 0; i < lookup.step_count; ++i) {
        end = read_step(lookup.steps[i], end);
        if (i + 1U < lookup.step_count) note_pointer(lookup.steps[i + 1U].descriptor_pa, start, end);
    }
    walkers_.occupy(start, end);
    (*bank_)[of.in_progress] += end - start;
    return end;
}

u64 TranslationTiming::read_step(const mmu::WalkStep& step, u64 cycle) {
    return (step.update ? memory_.update_descriptor(step.descriptor_pa, cycle)
                        : memory_.read_descriptor(step.descriptor_pa, cycle))
        .ready;
}

// A prefetched translation is walked when a walker has nothing better to do, and makes none wait (assumed: demand walks
// come first). Who uses the entry before it is there waits for the rest.
void TranslationTiming::walk_ahead(const LookupRecord& lookup, u64 cycle) {
    u64 end = walkers_.free_from(cycle, floor_) + overhead_;
    for (unsigned i = 0; i < lookup.prefetch_step_count; ++i) end = read_step(lookup.prefetch_steps[i], end);
    if (has_slot(lookup.prefetch_slot)) slot_at(l2_slots_, lookup.prefetch_slot) = {cycle, end, true};
}

// When a walk that is at `cycle` and begins at the table of this descriptor knows where it is. Before the walk that
// found the table began (an older instruction that was stalled) it would have been found by this one in the same time.
u64 TranslationTiming::pointer_known(u64 descriptor_pa, u64 cycle) const {
    const u64 page = descriptor_pa >> 12;
    const Pointer& pointer = pointers_[page % kPointers];
    if (pointer.page != page || pointer.ready <= cycle) return cycle;
    return cycle < pointer.asked ? cycle + (pointer.ready - pointer.asked) : pointer.ready;
}

void TranslationTiming::note_pointer(u64 descriptor_pa, u64 asked, u64 ready) {
    const u64 page = descriptor_pa >> 12;
    pointers_[page % kPointers] = {page, asked, ready};
}

}  // namespace emu
