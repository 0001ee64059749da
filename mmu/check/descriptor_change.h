// What one descriptor value may not be cached beside: pure functions on values. Arm: "Using break-before-make when
// updating translation table entries", and FEAT_BBM.
#pragma once

#include <array>

#include "mmu/arch/descriptor.h"
#include "mmu/check/check_rules.h"

namespace mmu::check {

// What of the regime and the core decides how values differ.
struct ChangeRules {
    arch::TableFormat format{};
    unsigned bbm{0};             // FEAT_BBM level
    bool hardware_af{false};     // TCR_EL1.HA on a core that has it
    bool hardware_dirty{false};  // TCR_EL1.HD likewise
    std::array<arch::u8, 8> mair{};
};

enum class Difference : arch::u8 {
    None,           // as far as translation goes
    Permission,     // see stale_kind()
    OutputAddress,  // these four must not be cached beside each other
    MemoryType,
    Global,
    Size,
    Contiguous,
    Table,          // another next-level table
};
[[nodiscard]] constexpr bool needs_break(Difference d) { return d > Difference::Permission; }

// Whether a TLB or walk cache may hold `value`: valid, and a leaf has its access flag.
[[nodiscard]] bool is_cacheable(arch::Descriptor value, arch::TableFormat format, int level);

// Two valid values of one level for one address; for Contiguous entries of a group, shift `old` first (see shifted).
// A difference that the core's FEAT_BBM level lets software make in place is none.
[[nodiscard]] Difference difference(arch::Descriptor old, arch::Descriptor now, int level, const ChangeRules& rules);

// What a contiguous entry made of `value` says of the address `bytes` further on.
[[nodiscard]] constexpr arch::Descriptor shifted(arch::Descriptor value, arch::u64 bytes) {
    return arch::Descriptor{value.raw + bytes};
}

[[nodiscard]] bool may_write(arch::Descriptor leaf, const ChangeRules& rules);
// As far as the leaf itself says: what EL0 may write EL1 never executes.
[[nodiscard]] bool may_fetch_at_el1(arch::Descriptor leaf, const ChangeRules& rules);

// How `old` is out of date where `now` is the descriptor: both leaves that translate alike, or `now` invalid.
[[nodiscard]] StaleKind stale_kind(arch::Descriptor old, arch::Descriptor now, const ChangeRules& rules);

// Whether a plain store of `now` over `old` loses an access flag or dirty state that hardware may set meanwhile. A value that
// gives up both (not young, clean) loses nothing that matters.
[[nodiscard]] bool may_lose_update(arch::Descriptor old, arch::Descriptor now, const ChangeRules& rules);

}  // namespace mmu::check
