// What differs between two states after the same word, and how to say so.
#pragma once

#include <string>

#include "tests/random/sample.h"

namespace random_test {

// The same registers, flags, vectors, FPCR, FPSR, changes of memory, and the same end at the same place.
[[nodiscard]] bool same(const sample& a, const sample& b);

// "nzcv 0x..: here 0x.., QEMU 0x..; ...": every member that differs, with its value before.
[[nodiscard]] std::string describe(const sample& before, const sample& here, const sample& expected);

// The registers before that the word names: "x1=0x.. x2=0x.. v1=.. v2=.. fpcr=..".
[[nodiscard]] std::string operands_of(uint32_t word, const sample& before);

}  // namespace random_test
