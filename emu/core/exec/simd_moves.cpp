#include "emu/core/exec/simd_moves.h"

#include "emu/core/mode.h"

namespace emu::exec {

#include "emu/core/exec/instantiate.h"
#include "emu/isa/a64/simd_moves.def"

}  // namespace emu::exec
