// What a fuzz target does when something does not hold: libFuzzer keeps the input and reports it.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <span>

#include "mmu/arch/bits.h"

namespace fuzz {

[[noreturn]] inline void fail(const char* what) {
    std::fprintf(stderr, "fuzz: does not hold: %s\n", what);
    std::abort();
}

#define FUZZ_CHECK(condition) ((condition) ? void() : ::fuzz::fail(#condition))

// FOLDWALK_FUZZ_FAULT=1 in the environment makes every target fail on inputs that begin with "fault": the tests use it
// to prove that a failing target is noticed.
inline void fail_on_demand(std::span<const arch::u8> input) {
    static const bool armed = std::getenv("FOLDWALK_FUZZ_FAULT") != nullptr;
    constexpr char kWord[] = {'f', 'a', 'u', 'l', 't'};
    if (!armed || input.size() < sizeof kWord) return;
    for (std::size_t i = 0; i < sizeof kWord; ++i) {
        if (input[i] != kWord[i]) return;
    }
    fail("no fault on demand");
}

}  // namespace fuzz
