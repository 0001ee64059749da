#include "emu/core/exec/atomics.h"

#include "emu/core/mode.h"

namespace emu::exec {

#include "emu/core/exec/instantiate.h"
#include "emu/isa/a64/atomics.def"

}  // namespace emu::exec
