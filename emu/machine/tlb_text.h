// How traces and debuggers write the parts of a translation.
#pragma once

#include <string>

#include "mmu/tlb/tlb_entry.h"

namespace emu {

// "64K", "2M": a power of two of bytes.
[[nodiscard]] std::string size_text(unsigned shift);
// "EL0:rw- EL1:rw-".
[[nodiscard]] std::string permission_text(mmu::Permissions permissions);
// "global", or the ASID.
[[nodiscard]] std::string owner_text(const mmu::TlbEntry& entry);
// How one entry came to reach more than a page: "hint" where a descriptor with the Contiguous bit made it, "hint unused"
// where the TLB did not follow the bit, "3 of 4 pages" where hardware joined neighbours; else "-".
[[nodiscard]] std::string contiguity_text(const mmu::TlbEntry& entry);

}  // namespace emu
