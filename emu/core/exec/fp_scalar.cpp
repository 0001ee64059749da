#include "emu/core/exec/fp_scalar.h"

#include "emu/core/mode.h"

namespace emu::exec {

#include "emu/core/exec/instantiate.h"
#include "emu/isa/a64/fp.def"

}  // namespace emu::exec
