// The five counts of contpte folding that are never mixed: blocks born folded, attempts to fold with their refusals,
// converts to folded, converts to unfolded by the operation that asked, and whole blocks cleared while folded.
#pragma once

#include <cstdint>
#include <string_view>

#include "emu/report/run_result.h"

namespace emu {

// Where the counts come from: probes on these functions of the guest, and two counters that it keeps itself.
inline constexpr const char* kTryFoldFunction = "__contpte_try_fold";
inline constexpr const char* kTryUnfoldFunction = "__contpte_try_unfold";  // called only when the block is folded
inline constexpr const char* kFoldedOutcome = "folded";

struct FoldCounts {
    bool probed{false};  // without probes (functional mode) only the first and the last count exist
    std::uint64_t born_folded{0};
    std::uint64_t attempts{0};  // calls of __contpte_try_fold
    NamedCounts refused;        // attempts by reason, those that folded left out
    std::uint64_t folded{0};
    std::uint64_t unfolded{0};
    NamedCounts unfolded_by;  // calling operation
    std::uint64_t cleared_folded{0};
};

[[nodiscard]] FoldCounts fold_counts(const PhaseResult& phase);

// The value of `name`, 0 where it is not listed.
[[nodiscard]] std::uint64_t count_of(const NamedCounts& counts, std::string_view name);
// Adds to `name`, which goes to the end of the list when it is new.
void add_count(NamedCounts& counts, std::string_view name, std::uint64_t n);

}  // namespace emu
