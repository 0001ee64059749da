// binutils as the second opinion on encodings: one batch of words in, one line of text each out.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tests/isa/row_words.h"

namespace isa_test {

// objdump's text without aliases, "add\tx0, x1, x2"; "undefined" or ".inst ..." where it knows none. Throws
// std::runtime_error if objdump fails. `name` makes the scratch file of this test unique.
[[nodiscard]] std::vector<std::string> objdump_texts(const std::vector<arch::u32>& words, const std::string& name);

// What the row's mnemonic column claims for one of its words, `@` and `?` resolved.
[[nodiscard]] std::string expected_mnemonic(const emu::A64Row& row, arch::u32 word);

// objdump's text is what the row claims: the mnemonic, and the first operand where the row gives one.
[[nodiscard]] bool agrees(const emu::A64Row& row, arch::u32 word, const std::string& text);

// Coarse classes (SIMD and floating point) stand for many instructions and claim no mnemonic.
[[nodiscard]] bool has_mnemonic(const emu::A64Row& row);

// Words that binutils does not print as what they are:
//   LDPSW whose registers collide, which is CONSTRAINED UNPREDICTABLE;
//   MSR (immediate) of a one-bit PSTATE field with a value above 1: hardware uses the low bit, binutils prints MSR
//   (register).
[[nodiscard]] bool binutils_declines(const emu::A64Row& row, arch::u32 word);

// A random legal word that binutils does not decline.
[[nodiscard]] arch::u32 printable_word(const emu::A64Row& row, Random& random);

}  // namespace isa_test
