// For those who follow the TLBs by what LookupRecords tell: hears of every other change, before it happens, and that there is a
// record to look at.
#pragma once

#include "mmu/arch/tlbi.h"

namespace mmu {

class TlbWatcher {
public:
    // `tlbi.asid` is as the TLBs compare it.
    virtual void before_tlbi(const arch::TlbInvalidation& tlbi) = 0;
    // Translations go otherwise: because they turned out to be outdated, or another state is loaded.
    virtual void before_drop() = 0;
    // A translation that nobody has asked for comes into the L2 TLB.
    virtual void before_prefetch() = 0;
    // TCR_EL1 or stage 2 change, and with them which tables walks look for.
    virtual void before_other_walks() = 0;

    // A lookup has missed an L1 TLB, of which its record tells.
    void note_miss() { has_work_ = true; }

protected:
    ~TlbWatcher() = default;

    bool has_work_{true};
};

}  // namespace mmu
