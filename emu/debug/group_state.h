// What the descriptors of a contiguous group say: is it folded, could it be, and if not, why.
#pragma once

#include <span>
#include <string>

#include "mmu/arch/descriptor.h"

namespace emu::debug {

enum class GroupState : arch::u8 {
    Folded,       // Contiguous on every entry, and they agree
    Foldable,     // on none, and the entries would agree
    NotFoldable,
    Broken,       // on some, or on entries that do not agree: only while the kernel changes them
};

struct GroupJudgement {
    GroupState state{GroupState::NotFoldable};
    std::string reason;  // of NotFoldable and Broken
};

// `entries` are the leaves of one group, whole. What only the kernel knows, that all frames belong to one folio, is not
// looked at. Linux: __contpte_try_fold in arch/arm64/mm/contpte.c, v6.12: access flag and dirty state may differ.
[[nodiscard]] GroupJudgement judge_group(std::span<const arch::Descriptor> entries, arch::Granule granule, int level);

// "folded", "foldable", "not foldable: entry 3 is invalid".
[[nodiscard]] std::string text_of(const GroupJudgement& judgement);

}  // namespace emu::debug
