// Hardware management of the access flag and dirty state (FEAT_HAFDBS): atomic updates of one descriptor.
// Arm: AArch64.MemSwapTableDesc, AArch64.SetAccessFlag, AArch64.SetDirtyState.
// Of a contiguous group the hardware may update any descriptor; we update the one that was walked.
#pragma once

#include "mmu/arch/descriptor.h"
#include "mmu/physical_memory_port.h"
#include "mmu/tlb/tlb_entry.h"
#include "mmu/translation.h"
#include "mmu/walk/table_walker.h"

namespace mmu {

// `leaf` as an access leaves it: access flag set, and for a write through DBM the read-only bit cleared.
[[nodiscard]] constexpr arch::Descriptor after_access(arch::Descriptor leaf, bool make_dirty) {
    const arch::Descriptor accessed = leaf.with<arch::Descriptor::AF>(1);
    return make_dirty ? accessed.with<arch::Descriptor::AP2>(0) : accessed;
}

// Whether a write through `leaf` has to make it dirty first.
[[nodiscard]] constexpr bool is_clean(arch::Descriptor leaf) {
    return leaf.test<arch::Descriptor::DBM>() && leaf.test<arch::Descriptor::AP2>();
}

enum class DirtyOutcome : arch::u8 {
    Updated,
    AlreadyDirty,  // by software or another observer: nothing written
    Stale,         // the descriptor no longer is what the entry was made of: walk again
    Unsupported,   // the memory cannot be updated atomically
};

// Makes the page of `va` dirty in the tables, through a TLB entry that says it is clean. Fills `step` when Updated.
[[nodiscard]] DirtyOutcome make_dirty(PhysicalMemoryPort& memory, const TlbEntry& entry, arch::u64 va, WalkStep& step);

// Puts `updated` in the place of the leaf that a walk has read, and appends the step; where memory that is not write-back
// cannot be updated atomically, that is the outcome's fault. false: the descriptor is no longer what was read.
[[nodiscard]] bool replace_leaf(PhysicalMemoryPort& memory, bool write_back, arch::Descriptor updated, bool of_stage2,
                                WalkOutcome& outcome, LookupRecord& record);

}  // namespace mmu
