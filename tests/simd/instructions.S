// The words of instructions.inc, one after another.
        .arch armv8.6-a+i8mm
        .text
#define INSTRUCTION(name, ...) __VA_ARGS__;
#include "tests/simd/instructions.inc"
