// Between V registers and the bytes of structures as memory has them, which are in pe.loaded. op: rd the first of
// `Registers` registers, which go on from V31 to V0; option log2 of the element size; shift Q, or the lane.
#pragma once

#include "emu/core/pe.h"

namespace emu::exec {

// Element i of each register, for i = 0, 1 ... (LD2 to LD4, ST2 to ST4).
template <unsigned Registers>
void interleaved_to_registers(Pe& pe, const DecodedOp* op);
template <unsigned Registers>
void interleaved_from_registers(Pe& pe, const DecodedOp* op);

// One lane of each register; loads leave the other lanes.
template <unsigned Registers>
void lanes_to_registers(Pe& pe, const DecodedOp* op);
template <unsigned Registers>
void lanes_from_registers(Pe& pe, const DecodedOp* op);

// One element to all lanes of each register (LD1R to LD4R).
template <unsigned Registers>
void replicated_to_registers(Pe& pe, const DecodedOp* op);

}  // namespace emu::exec
