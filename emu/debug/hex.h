// Numbers and bytes as the remote protocol writes them: hexadecimal digits, bytes in memory order.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mmu/arch/bits.h"

namespace emu::debug {

[[nodiscard]] inline std::string hex_number(arch::u64 value) {
    std::string out;
    do {
        out.insert(out.begin(), "0123456789abcdef"[value & 15]);
        value >>= 4;
    } while (value != 0);
    return out;
}

[[nodiscard]] inline std::string hex_bytes(std::span<const arch::u8> bytes) {
    std::string out;
    for (const arch::u8 b : bytes) {
        out += "0123456789abcdef"[b >> 4];
        out += "0123456789abcdef"[b & 15];
    }
    return out;
}
[[nodiscard]] inline std::string hex_text(std::string_view text) {
    return hex_bytes({reinterpret_cast<const arch::u8*>(text.data()), text.size()});
}

[[nodiscard]] inline std::optional<unsigned> hex_digit(char c) {
    if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
    if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a' + 10);
    if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A' + 10);
    return std::nullopt;
}

// All of `text` as one number of 1 to 16 digits.
[[nodiscard]] inline std::optional<arch::u64> parse_hex(std::string_view text) {
    if (text.empty() || text.size() > 16) return std::nullopt;
    arch::u64 value = 0;
    for (const char c : text) {
        const auto digit = hex_digit(c);
        if (!digit) return std::nullopt;
        value = value << 4 | *digit;
    }
    return value;
}

// All of `text` as bytes of two digits each.
[[nodiscard]] inline std::optional<std::vector<arch::u8>> parse_hex_bytes(std::string_view text) {
    if (text.size() % 2 != 0) return std::nullopt;
    std::vector<arch::u8> out;
    for (std::size_t i = 0; i < text.size(); i += 2) {
        const auto byte = parse_hex(text.substr(i, 2));
        if (!byte) return std::nullopt;
        out.push_back(static_cast<arch::u8>(*byte));
    }
    return out;
}

// The part of `text` before `separator`, which is cut off with it; all of it where there is none.
[[nodiscard]] inline std::string_view take_until(std::string_view& text, char separator) {
    const auto at = text.find(separator);
    const std::string_view part = text.substr(0, at);
    text.remove_prefix(at == std::string_view::npos ? text.size() : at + 1);
    return part;
}

}  // namespace emu::debug
