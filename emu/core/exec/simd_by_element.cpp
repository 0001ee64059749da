// Vectors by one element of a register. Arm: C4.1, Advanced SIMD vector x indexed element.
#include "emu/core/exec/simd_operations.h"
#include "emu/core/exec/simd_shapes.h"

namespace emu::exec::bodies {

const VectorBodies MUL_elem = unsigned_hs<ByElement<Same>::Shape, VectorMultiply>();
const VectorBodies MLA_elem = unsigned_hs<ByElement<SameUpdate>::Shape, MultiplyAdd>();
const VectorBodies MLS_elem = unsigned_hs<ByElement<SameUpdate>::Shape, MultiplySubtract>();
const VectorBodies SMULL_elem = signed_hs<ByElement<Long>::Shape, MultiplyLong>();
const VectorBodies SMLAL_elem = signed_hs<ByElement<LongUpdate>::Shape, MultiplyAddLong>();
const VectorBodies SMLSL_elem = signed_hs<ByElement<LongUpdate>::Shape, MultiplySubtractLong>();
const VectorBodies UMULL_elem = unsigned_hs<ByElement<Long>::Shape, MultiplyLong>();
const VectorBodies UMLAL_elem = unsigned_hs<ByElement<LongUpdate>::Shape, MultiplyAddLong>();
const VectorBodies UMLSL_elem = unsigned_hs<ByElement<LongUpdate>::Shape, MultiplySubtractLong>();
const VectorBodies SQDMULL_elem = signed_hs<ByElement<LongSaturating>::Shape, DoublingMultiplyLong>();
const VectorBodies SQDMLAL_elem = signed_hs<ByElement<LongSaturating>::Shape, DoublingMultiplyAddLong>();
const VectorBodies SQDMLSL_elem = signed_hs<ByElement<LongSaturating>::Shape, DoublingMultiplySubtractLong>();
const VectorBodies SQDMULH_elem = signed_hs<ByElement<SameSaturating>::Shape, DoublingMultiplyHigh>();
const VectorBodies SQRDMULH_elem = signed_hs<ByElement<SameSaturating>::Shape, RoundingDoublingMultiplyHigh>();
const VectorBodies SQRDMLAH_elem = signed_hs<ByElement<SameUpdateSaturating>::Shape, RoundingDoublingMultiplyAdd>();
const VectorBodies SQRDMLSH_elem = signed_hs<ByElement<SameUpdateSaturating>::Shape, RoundingDoublingMultiplySubtract>();

}  // namespace emu::exec::bodies
