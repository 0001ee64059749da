// The grammar of Linux's thp_anon= boot parameter (Linux 6.12: mm/huge_memory.c setup_thp_anon), checked on the
// host so that a typing mistake is a clear line and not a guest that silently runs without folios:
//
//     sizes:policy;sizes:policy   sizes = size or size-size, separated by commas; a power of two, 16K to 2M
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <string_view>

#include "mmu/base/config_schema.h"

namespace emu {

inline constexpr const char* kThpAnonAllowed =
    "never, or SIZES:POLICY with sizes 16K to 2M and policy always, inherit, madvise or never, as in "
    "16K-64K:always;2M:inherit";

namespace thp_grammar {

// Calls `accept` on every piece between separators; true when there is a piece and all are accepted.
template <class F>
[[nodiscard]] bool every_piece(std::string_view text, char separator, F accept) {
    while (true) {
        const auto at = text.find(separator);
        if (!accept(text.substr(0, at))) return false;
        if (at == std::string_view::npos) return true;
        text.remove_prefix(at + 1);
    }
}

[[nodiscard]] inline bool is_size(std::string_view text) {
    const auto bytes = config_text::parse_unsigned(text, config_text::Suffixes::Binary);
    return bytes && std::has_single_bit(*bytes) && *bytes >= (16u << 10) && *bytes <= (2u << 20);
}

[[nodiscard]] inline bool is_size_range(std::string_view text) {
    const auto dash = text.find('-');
    if (dash == std::string_view::npos) return is_size(text);
    const auto low = text.substr(0, dash);
    const auto high = text.substr(dash + 1);
    using config_text::parse_unsigned;
    constexpr auto kSizes = config_text::Suffixes::Binary;
    return is_size(low) && is_size(high) && *parse_unsigned(low, kSizes) <= *parse_unsigned(high, kSizes);
}

[[nodiscard]] inline bool is_policy(std::string_view text) {
    return text == "always" || text == "inherit" || text == "madvise" || text == "never";
}

[[nodiscard]] inline bool is_clause(std::string_view text) {
    const auto colon = text.find(':');
    if (colon == std::string_view::npos) return false;
    return every_piece(text.substr(0, colon), ',', is_size_range) && is_policy(text.substr(colon + 1));
}

}  // namespace thp_grammar

[[nodiscard]] inline bool is_thp_anon(std::string_view text) {
    return text == "never" || thp_grammar::every_piece(text, ';', thp_grammar::is_clause);
}

// The largest anonymous folio that `text` (which is_thp_anon accepts) lets the kernel use; 4 KiB where it allows none.
[[nodiscard]] inline std::uint64_t largest_folio(std::string_view text) {
    std::uint64_t largest = 4 << 10;
    const auto take_size = [&](std::string_view range) {
        const auto high = range.substr(range.find('-') + 1);  // npos + 1 is 0: the whole of a single size
        largest = std::max(largest, *config_text::parse_unsigned(high, config_text::Suffixes::Binary));
        return true;
    };
    const auto take_clause = [&](std::string_view clause) {
        const auto colon = clause.find(':');
        const bool enabled = colon != std::string_view::npos && clause.substr(colon + 1) != "never";
        return !enabled || thp_grammar::every_piece(clause.substr(0, colon), ',', take_size);
    };
    static_cast<void>(thp_grammar::every_piece(text, ';', take_clause));
    return largest;
}

}  // namespace emu
