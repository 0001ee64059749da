// The accesses of a core: through a TLB that keeps everything until it is told not to, from the raw page tables, with
// faults as the kernel's entry code handles them. A missing invalidation so shows as a stale access.
#pragma once

#include <map>
#include <utility>

#include "kernel_model/mm/memory.h"
#include "kernel_model/mm/pte.h"
#include "tests/mm_regions/model.h"

namespace km_test {

class SimulatedCore {
public:
    // One byte in the address space `mm`, which gets installed. `byte` is where it lies, if the outcome is Done.
    Outcome access(km::AddressSpace& mm, u64 address, AccessKind kind, u8*& byte);
    // Carries out the TLB invalidations that the recorder has seen, and forgets its events.
    void carry_out_invalidations();
    // Forgets the recorder's events without carrying them out: for the test that this is noticed.
    static void lose_invalidations();

private:
    struct Entry {
        u64 frame;  // physical address
        bool user, writable, executable;
        [[nodiscard]] bool allows(AccessKind kind) const;
    };
    [[nodiscard]] const Entry* lookup(km::AddressSpace& mm, u64 address, AccessKind kind);
    void fill(const km::AddressSpace& mm, u64 address, km::Pte pte);
    void invalidate(const km::port::Event& event);

    std::map<std::pair<km::u16, u64>, Entry> tlb_;  // by ASID and page number
};

}  // namespace km_test
