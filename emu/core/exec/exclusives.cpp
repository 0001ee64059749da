#include "emu/core/exec/exclusives.h"

#include "emu/core/mode.h"

namespace emu::exec {

#include "emu/core/exec/instantiate.h"
#include "emu/isa/a64/exclusives.def"

}  // namespace emu::exec
