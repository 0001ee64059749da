#include "emu/core/exec/branches.h"

#include "emu/core/mode.h"

namespace emu::exec {

#include "emu/core/exec/instantiate.h"
#include "emu/isa/a64/branches.def"

}  // namespace emu::exec
