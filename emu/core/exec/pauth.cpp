#include "emu/core/exec/pauth.h"

#include "emu/core/mode.h"

namespace emu::exec {

#include "emu/core/exec/instantiate.h"
#include "emu/isa/a64/pauth.def"

}  // namespace emu::exec
