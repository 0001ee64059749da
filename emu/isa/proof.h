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
    UnitTests,  // tests/core, tests/random/test_here_only.cpp
    Nothing,    // the architecture leaves it open
};

[[nodiscard]] std::string_view proof_name(Proof proof);

// What an exclusion takes out of the comparison.
enum class Excluded : u8 {
    Rows,                // the rows are not compared at all
    Execution,           // compared, but only in that EL0 may not execute it
    Words,               // those words of the rows
    UnalignedAccesses,   // states in which the access is unaligned
    UnalignedUnmapped,   // states in which the branch target is unaligned and not mapped
    EffectsOfAborts,     // after a data abort: memory, and the registers of a load
    Endless,             // states in which the word branches to itself
};

struct Exclusion {
    std::string_view title;  // of the rows
    bool (*rows)(const A64Row& row);
    bool (*words)(const A64Row& row, u32 word);  // nullptr: every word
    Excluded what;
    Proof instead;
    std::string_view reason;

    [[nodiscard]] bool applies_to(const A64Row& row, u32 word) const {
        return rows(row) && (words == nullptr || words(row, word));
    }
};

[[nodiscard]] std::span<const Exclusion> exclusions();

// The exclusion of this kind that applies to this word of this row, or nullptr.
[[nodiscard]] const Exclusion* exclusion_of(const A64Row& row, u32 word, Excluded what);
// The exclusion of this kind that applies to every word of the row, or nullptr. Rows and Execution have only such.
[[nodiscard]] const Exclusion* exclusion_of(const A64Row& row, Excluded what);

// What proves the row: the random differential test, or what stands in for it.
[[nodiscard]] Proof proof_of(const A64Row& row);

// Keys (op0:op1:CRn:CRm:op2) of the MRS, MSR and SYS that are comparable in user mode.
[[nodiscard]] std::span<const u32> user_system_keys(std::string_view row);

}  // namespace emu
