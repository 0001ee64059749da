// Small scanning helpers over string views: no allocation, no locale, no exceptions.
#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>

namespace emu::trace {

[[nodiscard]] inline std::string_view trim_left(std::string_view text) {
    const auto at = text.find_first_not_of(" \t");
    return at == std::string_view::npos ? std::string_view{} : text.substr(at);
}

// A hexadecimal number with or without 0x at the start of `text`; `text` moves past it.
[[nodiscard]] inline std::optional<std::uint64_t> take_hex(std::string_view& text) {
    std::string_view digits = text;
    if (digits.starts_with("0x") || digits.starts_with("0X")) digits.remove_prefix(2);
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
    if (error != std::errc{}) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return value;
}

[[nodiscard]] inline std::optional<std::uint32_t> take_decimal(std::string_view& text) {
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 10);
    if (error != std::errc{}) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return value;
}

// The value behind `key` (with its separator: "address=", "len: ") anywhere in `text` at a word start.
[[nodiscard]] inline std::optional<std::string_view> find_value(std::string_view text, std::string_view key) {
    for (std::size_t at = text.find(key); at != std::string_view::npos; at = text.find(key, at + 1)) {
        const bool word_start = at == 0 || text[at - 1] == ' ' || text[at - 1] == '(';
        if (word_start) return trim_left(text.substr(at + key.size()));
    }
    return std::nullopt;
}
[[nodiscard]] inline std::optional<std::uint64_t> find_hex(std::string_view text, std::string_view key) {
    auto value = find_value(text, key);
    return value ? take_hex(*value) : std::nullopt;
}
[[nodiscard]] inline std::optional<std::uint32_t> find_decimal(std::string_view text, std::string_view key) {
    auto value = find_value(text, key);
    return value ? take_decimal(*value) : std::nullopt;
}

}  // namespace emu::trace
