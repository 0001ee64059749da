// Three registers of different types: widening and narrowing. Arm: C4.1, Advanced SIMD three different.
#include "emu/core/exec/simd_operations.h"
#include "emu/core/exec/simd_shapes.h"

namespace emu::exec {
namespace {

// Operands are extended to W.
VECTOR_BINARY(AddLong, wrapping_add(n, m))
VECTOR_BINARY(SubLong, wrapping_sub(n, m))
VECTOR_BINARY(AbsoluteDifferenceLong, absolute_difference(n, m))
VECTOR_UPDATE(AddAbsoluteDifferenceLong, wrapping_add(d, absolute_difference(n, m)))

// Of which the high half is taken: one half of its unit rounds.
template <class W>
inline constexpr W kHalfOfHigh = static_cast<W>(W{1} << (kBits<W> / 2 - 1));
VECTOR_BINARY(RoundingAdd, wrapping_add(wrapping_add(n, m), kHalfOfHigh<T>))
VECTOR_BINARY(RoundingSub, wrapping_add(wrapping_sub(n, m), kHalfOfHigh<T>))

// Arm: PolynomialMult().
struct PolynomialMultiplyLong {
    template <class W>
    EXEC_INLINE static W apply(W n, W m) {
        unsigned product = 0;
        for (unsigned bit = 0; bit < 8; ++bit) product ^= (m >> bit & 1u) * (unsigned{n} << bit);
        return static_cast<W>(product);
    }
};

}  // namespace

namespace bodies {

const VectorBodies SADDL_vec = signed_bhs<Registers<Long>::Shape, AddLong>();
const VectorBodies SADDW_vec = signed_bhs<Wide, AddLong>();
const VectorBodies SSUBL_vec = signed_bhs<Registers<Long>::Shape, SubLong>();
const VectorBodies SSUBW_vec = signed_bhs<Wide, SubLong>();
const VectorBodies SABAL_vec = signed_bhs<Registers<LongUpdate>::Shape, AddAbsoluteDifferenceLong>();
const VectorBodies SABDL_vec = signed_bhs<Registers<Long>::Shape, AbsoluteDifferenceLong>();
const VectorBodies SMLAL_vec = signed_bhs<Registers<LongUpdate>::Shape, MultiplyAddLong>();
const VectorBodies SMLSL_vec = signed_bhs<Registers<LongUpdate>::Shape, MultiplySubtractLong>();
const VectorBodies SMULL_vec = signed_bhs<Registers<Long>::Shape, MultiplyLong>();
const VectorBodies UADDL_vec = unsigned_bhs<Registers<Long>::Shape, AddLong>();
const VectorBodies UADDW_vec = unsigned_bhs<Wide, AddLong>();
const VectorBodies USUBL_vec = unsigned_bhs<Registers<Long>::Shape, SubLong>();
const VectorBodies USUBW_vec = unsigned_bhs<Wide, SubLong>();
const VectorBodies UABAL_vec = unsigned_bhs<Registers<LongUpdate>::Shape, AddAbsoluteDifferenceLong>();
const VectorBodies UABDL_vec = unsigned_bhs<Registers<Long>::Shape, AbsoluteDifferenceLong>();
const VectorBodies UMLAL_vec = unsigned_bhs<Registers<LongUpdate>::Shape, MultiplyAddLong>();
const VectorBodies UMLSL_vec = unsigned_bhs<Registers<LongUpdate>::Shape, MultiplySubtractLong>();
const VectorBodies UMULL_vec = unsigned_bhs<Registers<Long>::Shape, MultiplyLong>();
const VectorBodies SQDMULL_vec = signed_hs<Registers<LongSaturating>::Shape, DoublingMultiplyLong>();
const VectorBodies SQDMLAL_vec = signed_hs<Registers<LongSaturating>::Shape, DoublingMultiplyAddLong>();
const VectorBodies SQDMLSL_vec = signed_hs<Registers<LongSaturating>::Shape, DoublingMultiplySubtractLong>();
const VectorBodies ADDHN_vec = unsigned_bhs<HighNarrow, VectorAdd>();
const VectorBodies SUBHN_vec = unsigned_bhs<HighNarrow, SubLong>();
const VectorBodies RADDHN_vec = unsigned_bhs<HighNarrow, RoundingAdd>();
const VectorBodies RSUBHN_vec = unsigned_bhs<HighNarrow, RoundingSub>();
const VectorBodies PMULL_8{{Registers<Long>::Shape<PolynomialMultiplyLong, u8>::run}};

}  // namespace bodies

}  // namespace emu::exec
