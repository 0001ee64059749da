#include "emu/core/exec/data_register.h"

#include "emu/core/mode.h"

namespace emu::exec {

#include "emu/core/exec/instantiate.h"
#include "emu/isa/a64/data_register.def"

}  // namespace emu::exec
