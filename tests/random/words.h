// Random words of a row, the slot around them, and the addresses they access.
#pragma once

#include "emu/isa/a64_table.h"
#include "emu/isa/proof.h"
#include "tests/random/values.h"

namespace random_test {

// Where a word is executed: branches far from each other, everything else close together and near the data.
[[nodiscard]] bool is_branch(const emu::A64Row& row);
[[nodiscard]] u64 slot_address(const emu::A64Row& row, u32 slot);

// A word of the row itself (not of a row inside it) without reserved values, its fields random with a bias to their
// borders. Excluded words may be among them, except where hardly any is comparable (see user_system_keys). `pc` is
// where it will be: LDR (literal) reads the data near it.
[[nodiscard]] u32 random_word(const emu::A64Row& row, u64 pc, Random& random);

// What stands before the word: a load-exclusive (or CLREX) before a store-exclusive, else NOP.
[[nodiscard]] u32 random_prefix(u32 word, Random& random);

// Accesses data, or may change them.
[[nodiscard]] bool touches_memory(u32 word);

// Sets base and index registers so that the access lies in the data, at their page edges or across them, mostly; and
// the target of a branch to a register. Returns the exclusion that kept the state from what was drawn, or nullptr.
const emu::Exclusion* aim(u32 word, sample_state& state, Random& random);

}  // namespace random_test
