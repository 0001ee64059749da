// One enumerator per row of a64.def, and UNDEFINED for words that match none.
#pragma once

#include <cstddef>
#include <string_view>

#include "mmu/arch/bits.h"

namespace emu {

enum class Encoding : arch::u16 {
#define A64(name, ...) name,
#define A64_AS(name, ...) name,
#define A64_FALLBACK(name, ...) name,
#include "emu/isa/a64.def"
    UNDEFINED,
};

inline constexpr std::size_t kRowCount = static_cast<std::size_t>(Encoding::UNDEFINED);
inline constexpr std::size_t kEncodingCount = kRowCount + 1;

// The row's name, for example "ADD_imm_64".
[[nodiscard]] std::string_view encoding_name(Encoding encoding);

}  // namespace emu
