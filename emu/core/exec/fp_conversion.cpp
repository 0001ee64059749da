#include "emu/core/exec/fp_conversion.h"

#include "emu/core/mode.h"

namespace emu::exec {

#include "emu/core/exec/instantiate.h"
#include "emu/isa/a64/fp_conversion.def"

}  // namespace emu::exec
