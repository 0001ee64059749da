#include "emu/core/exec/loads_stores.h"

#include "emu/core/mode.h"

namespace emu::exec {

#include "emu/core/exec/instantiate.h"
#include "emu/isa/a64/loads_stores.def"

}  // namespace emu::exec
