#include "emu/core/exec/simd_memory.h"

#include "emu/core/mode.h"

namespace emu::exec {

#include "emu/core/exec/instantiate.h"
#include "emu/isa/a64/simd_memory.def"

}  // namespace emu::exec
