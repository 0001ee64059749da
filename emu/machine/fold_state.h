// Whether a block of page descriptors is folded, could be, or why it could not. Linux: __contpte_try_fold (arm64/mm/contpte.c).
#pragma once

#include <functional>
#include <optional>
#include <span>

#include "emu/machine/guest_view.h"
#include "mmu/arch/descriptor.h"

namespace emu {

struct FoldState {
    const char* state{nullptr};  // "folded", "foldable" or "not foldable"; null: no page of it is mapped
    const char* reason{""};      // of "not foldable"
    friend bool operator==(const FoldState& a, const FoldState& b) { return a.state == b.state && a.reason == b.reason; }
};

// Of the page at a physical address; nothing where nobody knows.
using FolioLookup = std::function<std::optional<GuestFolio>(arch::u64 pa)>;

// `entries`: the descriptors of one naturally aligned block at level 3, as many as the Contiguous bit joins. The first reason
// that applies.
[[nodiscard]] FoldState fold_state(std::span<const arch::Descriptor> entries, arch::TableFormat format, const FolioLookup& folio_of);

}  // namespace emu
