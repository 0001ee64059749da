#include "emu/core/exec/flags.h"

#include "emu/core/mode.h"

namespace emu::exec {

#include "emu/core/exec/instantiate.h"
#include "emu/isa/a64/flags.def"

}  // namespace emu::exec
