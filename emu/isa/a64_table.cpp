#include "emu/isa/a64_table.h"

#include "emu/isa/operands_branch.h"
#include "emu/isa/operands_crypto.h"
#include "emu/isa/operands_data.h"
#include "emu/isa/operands_flags.h"
#include "emu/isa/operands_fp.h"
#include "emu/isa/operands_memory.h"
#include "emu/isa/operands_pauth.h"
#include "emu/isa/operands_system.h"
#include "emu/isa/operands_vector.h"
#include "emu/isa/operands_vector_integer.h"
#include "emu/isa/operands_vector_fp.h"
#include "emu/isa/operands_vector_memory.h"
#include "emu/isa/operands_vector_moves.h"

namespace emu {
namespace {

// Every field of the pattern is read, at its place, and nothing else is.
template <class Operands>
consteval Pattern checked_pattern(std::string_view text) {
    const Pattern pattern = parse_pattern(text);
    if (!Operands::Fields::agrees_with(pattern)) throw std::invalid_argument("operands and pattern differ");
    return pattern;
}

constexpr std::array<A64Row, kRowCount> kRows{{
#define A64_ROW(name, inside, text, operand_struct, op_class, nzcv, mnemonic, feature)                       \
    {#name, text, mnemonic, checked_pattern<operands::operand_struct>(text), &operands::operand_struct::fill, \
     OpClass::op_class, NzcvUse::nzcv, Feature::feature, inside},
#define A64(name, ...) A64_ROW(name, 0, __VA_ARGS__)
#define A64_AS(name, handler, ...) A64_ROW(name, 0, __VA_ARGS__)
#define A64_FALLBACK(name, inside, ...) A64_ROW(name, inside, __VA_ARGS__)
#include "emu/isa/a64.def"
#undef A64_ROW
}};

}  // namespace

std::span<const A64Row, kRowCount> a64_rows() { return kRows; }

std::string_view encoding_name(Encoding encoding) {
    const auto index = static_cast<std::size_t>(encoding);
    return index < kRowCount ? kRows[index].name : std::string_view{"UNDEFINED"};
}

}  // namespace emu
