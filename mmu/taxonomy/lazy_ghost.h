// What a TLB would hold without TLBIs is what it does hold, until one takes something away; and again as soon as that has come
// back, or would be gone by now in any case. So the ghost of a TLB is only kept from the one event to the other.
#pragma once

#include "mmu/taxonomy/ghost_directory.h"

namespace mmu {

class LazyGhost {
public:
    // `always`: never in step, for a TLB whose changes the ghost does not see alike.
    LazyGhost(const Tlb& real, bool always) : real_{&real}, directory_{real}, may_be_in_step_{!always}, in_step_{!always} {}

    // Whether the TLB itself is the ghost; there is no directory then.
    [[nodiscard]] bool in_step() const { return in_step_; }
    [[nodiscard]] GhostDirectory& directory() { return directory_; }
    [[nodiscard]] const GhostDirectory& directory() const { return directory_; }
    [[nodiscard]] const Tlb& tlb() const { return in_step_ ? *real_ : directory_.tlb(); }

    // In step: the ghost stays behind from now on, what the TLB has been used for included.
    void begin();
    // Not in step: everything from before begin() has been told of.
    void note_all_told() { first_unseen_ = 0; }
    void never_be_in_step() { may_be_in_step_ = false; }
    // Whether the last use of `slot` was before begin(): what is yet to be told of it is known to the directory.
    [[nodiscard]] bool has_copied(unsigned slot) const { return real_->use(slot).stamp < first_unseen_; }
    // Whether the directory is to be told of the use of `slot` that somebody tells of now.
    [[nodiscard]] bool follows(unsigned slot) const { return !in_step_ && !has_copied(slot); }
    // After each fill: looks, now and then, whether the TLB has caught up. True: it has, and is in step.
    [[nodiscard]] bool is_overtaken() { return may_be_in_step_ && !in_step_ && ++fills_ >= real_->size() && try_to_end(); }

private:
    [[nodiscard]] bool try_to_end();

    const Tlb* real_;
    GhostDirectory directory_;     // outdated while in step
    bool may_be_in_step_;
    bool in_step_;
    unsigned fills_{0};            // since begin() or the last look: its cost is that of a few instructions per fill
    arch::u64 first_unseen_{0};    // time of the first use after begin(); a dropped slot has time 0, so not for longer than needed
};

}  // namespace mmu
