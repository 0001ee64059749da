// Pointer authentication (FEAT_PAuth) with the architected cipher, QARMA5. Arm: AddPAC, Auth, Strip, ComputePAC.
#pragma once

#include "emu/isa/decoded_op.h"

namespace emu {

struct PointerKey {
    u64 high{0};
    u64 low{0};
};

// The cipher alone: 64 bits of `data` under `modifier`. Arm: ComputePAC, for FEAT_PACQARMA5.
[[nodiscard]] u64 qarma5(u64 data, u64 modifier, PointerKey key);

enum class PointerKeyName : u8 { InstructionA, InstructionB, DataA, DataB };

// Each returns `pointer` itself where SCTLR_EL1 leaves the key's instructions off.
[[nodiscard]] u64 sign_pointer(const Pe& pe, PointerKeyName key, u64 pointer, u64 modifier);
// On failure the result has an error code in its extension bits, so that using it faults.
[[nodiscard]] u64 authenticate_pointer(const Pe& pe, PointerKeyName key, u64 pointer, u64 modifier);

[[nodiscard]] u64 strip_pointer(const Pe& pe, u64 pointer, bool is_data);
// PACGA: a code of 32 bits in the upper half.
[[nodiscard]] u64 generic_code(const Pe& pe, u64 data, u64 modifier);

}  // namespace emu
