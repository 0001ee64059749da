#include "emu/machine/tlb_text.h"

#include <bit>
#include <utility>

namespace emu {

using arch::Descriptor;

std::string size_text(unsigned shift) {
    constexpr const char* kUnits[] = {"", "K", "M", "G", "T", "P", "E"};
    return std::to_string(arch::u64{1} << shift % 10) + kUnits[shift / 10];
}

std::string permission_text(mmu::Permissions permissions) {
    using P = mmu::Permissions;
    std::string out;
    for (const unsigned el : {0u, 1u}) {
        out += el == 0 ? "EL0:" : " EL1:";
        for (const auto& [bit, letter] : {std::pair{P::kRead, 'r'}, {P::kWrite, 'w'}, {P::kExecute, 'x'}})
            out += permissions.allows(el, bit) ? letter : '-';
    }
    return out;
}

std::string owner_text(const mmu::TlbEntry& entry) { return entry.global ? "global" : std::to_string(entry.asid); }

std::string contiguity_text(const mmu::TlbEntry& entry) {
    if (entry.is_aggregated()) {
        const unsigned pages = 1u << (entry.reach_shift - entry.page_shift);
        return std::to_string(std::popcount(entry.valid_pages)) + " of " + std::to_string(pages) + " pages";
    }
    if (entry.reach_shift > entry.leaf_shift) return "hint";
    return Descriptor{entry.descriptor}.test<Descriptor::Contiguous>() ? "hint unused" : "-";
}

}  // namespace emu
