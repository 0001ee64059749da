#include "emu/core/exec/crypto.h"

#include "emu/core/mode.h"

namespace emu::exec {

#include "emu/core/exec/instantiate.h"
#include "emu/isa/a64/crypto.def"

}  // namespace emu::exec
