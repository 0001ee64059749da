// How it is proven that each row of a64.def executes as the architecture says.
//
// By default: by the random differential test (tests/random), which compares random words of the row in random states
// with QEMU's user mode. What it cannot compare stands here, with the reason and what proves it instead.
#pragma once

#include <span>
#include <string_view>

#include "emu/isa/a64_table.h"

namespace emu {

enum class Proof : u8 {
    RandomDifferential,
    El1Suite,   // tests/el1: programs whose output equals qemu-system-aarch64's
    UnitTests,  // tests/core
};

[[nodiscard]] std::string_view proof_name(Proof proof);

struct Exclusion {
    std::string_view row;                            // "": any row
    bool (*covers)(const A64Row& row, u32 word);  // nullptr: every word of the row
    Proof instead;
    std::string_view reason;
};

// What the random differential test leaves out. Rows that occur in none of them are compared with every word.
[[nodiscard]] std::span<const Exclusion> exclusions();

// The exclusion that covers this word of this row, or nullptr.
[[nodiscard]] const Exclusion* exclusion_of(const A64Row& row, u32 word);

// The exclusion of the whole row, or nullptr: random words of it are compared.
[[nodiscard]] const Exclusion* whole_exclusion_of(const A64Row& row);

// Keys (op0:op1:CRn:CRm:op2) of the MRS, MSR and SYS that are comparable in user mode.
[[nodiscard]] std::span<const u32> user_system_keys(std::string_view row);

}  // namespace emu
