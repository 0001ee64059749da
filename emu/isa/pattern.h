// Parser of the bit patterns of a64.def.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <stdexcept>
#include <string_view>

#include "mmu/arch/bits.h"

namespace emu {

using arch::u32;
using arch::u8;

enum class FieldId : u8 {
#define A64_FIELD(name, bits) name,
#include "emu/isa/fields.def"
#undef A64_FIELD
    kCount,
};

struct FieldDeclaration {
    std::string_view name;
    u8 bits;
};

inline constexpr std::array<FieldDeclaration, static_cast<std::size_t>(FieldId::kCount)> kFields{{
#define A64_FIELD(name, bits) {#name, bits},
#include "emu/isa/fields.def"
#undef A64_FIELD
}};

struct FieldPlace {
    FieldId id{};
    u8 low{0};  // bit number of the field's bit 0

    friend constexpr bool operator==(const FieldPlace&, const FieldPlace&) = default;
};

// What a pattern says of the 32 bits. A bit is fixed, should-be (hardware ignores it), part of a
// field, or don't-care.
struct Pattern {
    static constexpr std::size_t kMaxFields = 7;

    u32 mask{0};   // fixed bits
    u32 match{0};  // and their values
    u32 should_mask{0};
    u32 should_value{0};
    u8 field_count{0};
    std::array<FieldPlace, kMaxFields> fields{};

    [[nodiscard]] constexpr bool matches(u32 word) const { return (word & mask) == match; }
    [[nodiscard]] constexpr u32 free_bits() const { return ~(mask | should_mask); }
};

// Some word matches both patterns.
[[nodiscard]] constexpr bool overlap(const Pattern& a, const Pattern& b) {
    return ((a.match ^ b.match) & a.mask & b.mask) == 0;
}

// Every word of `inner` matches `outer`, and not the other way round.
[[nodiscard]] constexpr bool lies_inside(const Pattern& inner, const Pattern& outer) {
    return overlap(inner, outer) && (inner.mask & outer.mask) == outer.mask && inner.mask != outer.mask;
}

namespace detail {

struct PatternParser {
    Pattern pattern{};
    unsigned next_high{32};  // bits not yet described

    constexpr unsigned take(unsigned bits) {
        if (bits > next_high) throw std::invalid_argument("pattern is longer than 32 bits");
        next_high -= bits;
        return next_high;
    }
    constexpr void fixed(bool one) {
        const unsigned bit = take(1);
        pattern.mask |= u32{1} << bit;
        pattern.match |= u32{one} << bit;
    }
    constexpr void should_be(bool one) {
        const unsigned bit = take(1);
        pattern.should_mask |= u32{1} << bit;
        pattern.should_value |= u32{one} << bit;
    }
    constexpr void field(std::string_view name) {
        for (std::size_t i = 0; i < kFields.size(); ++i) {
            if (kFields[i].name == name) return place(static_cast<FieldId>(i), kFields[i].bits);
        }
        throw std::invalid_argument("pattern names a field that fields.def does not have");
    }
    constexpr void place(FieldId id, unsigned bits) {
        if (pattern.field_count == Pattern::kMaxFields) throw std::invalid_argument("pattern has too many fields");
        for (std::size_t i = 0; i < pattern.field_count; ++i) {
            if (pattern.fields[i].id == id) throw std::invalid_argument("pattern names a field twice");
        }
        pattern.fields[pattern.field_count++] = {id, static_cast<u8>(take(bits))};
    }
    // A word made of 0, 1 and x only.
    constexpr void bits(std::string_view token) {
        for (const char c : token) {
            if (c == 'x') take(1);
            else fixed(c == '1');
        }
    }
    // "(11111)": should-be bits.
    constexpr void should_be_bits(std::string_view token) {
        if (token.size() < 3 || token.back() != ')') throw std::invalid_argument("should-be bits need ')'");
        for (const char c : token.substr(1, token.size() - 2)) {
            if (c != '0' && c != '1') throw std::invalid_argument("should-be bits are 0 or 1");
            should_be(c == '1');
        }
    }
    constexpr void token(std::string_view text) {
        if (text.front() == '(') return should_be_bits(text);
        if (text.find_first_not_of("01x") == std::string_view::npos) return bits(text);
        field(text);
    }
};

}  // namespace detail

// Throws std::invalid_argument, which in a constant expression is a compile error.
[[nodiscard]] constexpr Pattern parse_pattern(std::string_view text) {
    detail::PatternParser parser;
    std::size_t at = 0;
    while ((at = text.find_first_not_of(' ', at)) != std::string_view::npos) {
        const std::size_t end = text.find(' ', at);
        parser.token(text.substr(at, end - at));
        if (end == std::string_view::npos) break;
        at = end;
    }
    if (parser.next_high != 0) throw std::invalid_argument("pattern is shorter than 32 bits");
    return parser.pattern;
}

}  // namespace emu
