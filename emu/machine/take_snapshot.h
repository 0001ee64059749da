// The page tables of all address spaces, and what the TLBs hold. Reads; changes nothing.
#pragma once

#include "emu/machine/guest_view.h"
#include "emu/report/snapshot.h"
#include "mmu/mmu.h"

namespace emu {

// `phase` and `instruction` are left to the caller.
[[nodiscard]] Snapshot take_snapshot(const mmu::Mmu& mmu, const GuestView& guest, PhysicalMemory& memory);

}  // namespace emu
