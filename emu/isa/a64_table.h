// The rows of a64.def as run-time data.
#pragma once

#include <array>
#include <span>
#include <string_view>

#include "emu/isa/decoded_op.h"
#include "emu/isa/encoding.h"
#include "emu/isa/features.h"
#include "emu/isa/pattern.h"

namespace emu {

enum class NzcvUse : u8 { None, Reads, Sets, Both };

struct A64Row {
    std::string_view name;
    std::string_view pattern_text;
    std::string_view mnemonic;  // binutils' without aliases; (see a64.def for @ and ?)
    Pattern pattern;
    bool (*fill)(u32 word, DecodedOp& op);  // of the operand struct
    OpClass op_class;
    NzcvUse nzcv;
    Feature feature;
    u8 rows_inside;  // of a fallback row: how many rows it yields to; else 0
};

// Indexed by Encoding, without UNDEFINED.
[[nodiscard]] std::span<const A64Row, kRowCount> a64_rows();

// What the table must hold to: two rows overlap only where one is a fallback and the other lies inside it,
// and a fallback holds exactly the rows it declares. tests/isa/test_table.cpp proves it.
[[nodiscard]] constexpr bool overlap_is_declared(const A64Row& a, const A64Row& b) {
    if (!overlap(a.pattern, b.pattern)) return true;
    return (a.rows_inside != 0 && lies_inside(b.pattern, a.pattern)) ||
           (b.rows_inside != 0 && lies_inside(a.pattern, b.pattern));
}
[[nodiscard]] constexpr bool no_undeclared_overlap(std::span<const A64Row> rows) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
        for (std::size_t j = 0; j < i; ++j) {
            if (!overlap_is_declared(rows[i], rows[j])) return false;
        }
    }
    return true;
}
[[nodiscard]] constexpr bool fallbacks_are_complete(std::span<const A64Row> rows) {
    for (const A64Row& outer : rows) {
        unsigned inside = 0;
        for (const A64Row& row : rows) inside += lies_inside(row.pattern, outer.pattern) ? 1u : 0u;
        if (inside != outer.rows_inside) return false;
    }
    return true;
}

}  // namespace emu
