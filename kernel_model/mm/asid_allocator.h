// Address-space identifiers. Linux: arch/arm64/mm/context.c.
//
// AddressSpace::context_id is a generation in the upper bits and the ASID below. When the ASIDs of a generation are used
// up, the next one begins with an empty set and a flush of the whole TLB; an address space of an older generation gets a
// new ASID at its next switch. ASID 0 is never given out: it is the reserved table's.
#pragma once

#include "kernel_model/mm/address_space.h"

namespace km {

inline constexpr unsigned kMaxAsidBits = 16;

[[nodiscard]] inline u16 asid_of(const AddressSpace& mm) { return static_cast<u16>(mm.context_id); }

class AsidAllocator {
public:
    // Gives `mm` an ASID of the current generation, if it has none, and installs it. `bits` is the core's ASID width, 8
    // or 16. Linux: check_and_switch_context().
    void switch_to(AddressSpace& mm, unsigned bits);

private:
    [[nodiscard]] u64 new_context(u64 old_context, unsigned bits);
    [[nodiscard]] u64 find_free(u64 from, u64 end) const;
    void start_generation();
    [[nodiscard]] static u64 asid_part(u64 context);
    [[nodiscard]] bool test(u64 asid) const { return (used_[asid / 64] >> (asid % 64) & 1) != 0; }
    void set(u64 asid) { used_[asid / 64] |= u64{1} << (asid % 64); }

    static constexpr u64 kFirstGeneration = u64{1} << kMaxAsidBits;

    u64 used_[(u64{1} << kMaxAsidBits) / 64]{};
    u64 generation_{kFirstGeneration};
    u64 next_{1};
    u64 active_{0};    // context of the address space that is installed
    u64 reserved_{0};  // context that was installed when the generation began
};

}  // namespace km
