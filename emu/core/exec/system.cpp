#include "emu/core/exec/system.h"

#include "emu/core/mode.h"

namespace emu::exec {

#include "emu/core/exec/instantiate.h"
#include "emu/isa/a64/system.def"

template void UNDEFINED<Plain>(Pe&, const DecodedOp*);
template void UNDEFINED<Recording>(Pe&, const DecodedOp*);

}  // namespace emu::exec
