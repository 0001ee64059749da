// Handlers of Advanced SIMD on integers: the check of FPEN around the body of the operation and element size.
#pragma once

#include "emu/core/exec/simd_bodies.h"
#include "emu/core/exec/vector.h"

namespace emu::exec {

#define A64(name, ...)                                      \
    EXEC_FP(name) {                                         \
        bodies::name.of_size[op->option](pe, op);           \
        return Mode::next(pe, op);                          \
    }
#define A64_AS(name, ...)
#include "emu/isa/a64/simd_integer.def"
#undef A64
#undef A64_AS

}  // namespace emu::exec
