// The vocabulary of the checker: rules that a guest may break, and kinds of stale values that it may legally leave.
#pragma once

#include <cstddef>

#include "mmu/arch/bits.h"

namespace mmu::check {

enum class Rule : arch::u8 {
#define RULE(id, name, tag, sentence) id,
#include "mmu/check/check_rules.def"
#undef RULE
};

struct RuleInfo {
    const char* name;
    const char* tag;
    const char* sentence;
};
inline constexpr RuleInfo kRules[] = {
#define RULE(id, name, tag, sentence) {name, tag, sentence},
#include "mmu/check/check_rules.def"
#undef RULE
};
inline constexpr std::size_t kRuleCount = sizeof kRules / sizeof kRules[0];
[[nodiscard]] constexpr const RuleInfo& info_of(Rule rule) { return kRules[static_cast<std::size_t>(rule)]; }

enum class StaleKind : arch::u8 {
#define STALE(id, name, sentence) id,
#include "mmu/check/stale_kinds.def"
#undef STALE
};

struct StaleKindInfo {
    const char* name;
    const char* sentence;
};
inline constexpr StaleKindInfo kStaleKinds[] = {
#define STALE(id, name, sentence) {name, sentence},
#include "mmu/check/stale_kinds.def"
#undef STALE
};
inline constexpr std::size_t kStaleKindCount = sizeof kStaleKinds / sizeof kStaleKinds[0];

// Where in the guest something happened.
struct Site {
    arch::u64 instruction{0};  // its number, from 1; 0: nowhere
    arch::u64 pc{0};
    arch::u64 stack{0};        // SP at the time
    [[nodiscard]] bool known() const { return instruction != 0; }
};

}  // namespace mmu::check
