#include "emu/core/exec/simd_fp_unary.h"

#include "emu/core/mode.h"

namespace emu::exec {

#include "emu/core/exec/instantiate.h"
#include "emu/isa/a64/simd_fp_unary.def"

}  // namespace emu::exec
