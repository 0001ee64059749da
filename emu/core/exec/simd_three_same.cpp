// Three registers of the same type. Arm: C4.1, Advanced SIMD three same.
#include "emu/core/exec/simd_operations.h"
#include "emu/core/exec/simd_shapes.h"

namespace emu::exec {
namespace {

template <class T>
[[nodiscard]] constexpr T all_ones_if(bool condition) {
    return condition ? static_cast<T>(-1) : T{0};
}

VECTOR_BINARY(VectorSub, wrapping_sub(n, m))
VECTOR_BINARY(HalvingAdd, (Wider<T>{n} + m) >> 1)
VECTOR_BINARY(HalvingSub, (static_cast<Signed<Wider<T>>>(n) - static_cast<Signed<Wider<T>>>(m)) >> 1)
VECTOR_BINARY(RoundingHalvingAdd, (Wider<T>{n} + m + 1) >> 1)
VECTOR_BINARY(AbsoluteDifference, absolute_difference(n, m))
VECTOR_BINARY(Greater, all_ones_if<T>(n > m))
VECTOR_BINARY(GreaterOrEqual, all_ones_if<T>(n >= m))
VECTOR_BINARY(Equal, all_ones_if<T>(n == m))
VECTOR_BINARY(TestBits, all_ones_if<T>((n & m) != 0))
VECTOR_UPDATE(AddAbsoluteDifference, wrapping_add(d, absolute_difference(n, m)))
VECTOR_SATURATING(SaturatingAdd, saturating_add(n, m, saturated))
VECTOR_SATURATING(SaturatingSub, saturating_sub(n, m, saturated))

// Product of polynomials over {0, 1}, its low half. Arm: PolynomialMult().
struct PolynomialMultiply {
    EXEC_INLINE static u8 apply(u8 n, u8 m) {
        unsigned product = 0;
        for (unsigned bit = 0; bit < 8; ++bit) product ^= (m >> bit & 1u) * (unsigned{n} << bit);
        return static_cast<u8>(product);
    }
};

// Shifts by the signed low byte of the other element: left where positive, else right.
template <class T>
[[nodiscard]] int amount_of(T m) {
    return static_cast<i8>(m & 0xff);
}
VECTOR_BINARY(ShiftByElement, amount_of(m) < 0 ? shift_right(n, static_cast<unsigned>(-amount_of(m)))
                                               : shift_left(n, static_cast<unsigned>(amount_of(m))))
VECTOR_BINARY(RoundingShiftByElement, amount_of(m) < 0 ? shift_right_rounded(n, static_cast<unsigned>(-amount_of(m)))
                                                       : shift_left(n, static_cast<unsigned>(amount_of(m))))
VECTOR_SATURATING(SaturatingShiftByElement,
                  amount_of(m) < 0 ? shift_right(n, static_cast<unsigned>(-amount_of(m)))
                                   : saturating_shift_left(n, static_cast<unsigned>(amount_of(m)), saturated))
VECTOR_SATURATING(SaturatingRoundingShiftByElement,
                  amount_of(m) < 0 ? shift_right_rounded(n, static_cast<unsigned>(-amount_of(m)))
                                   : saturating_shift_left(n, static_cast<unsigned>(amount_of(m)), saturated))

}  // namespace

namespace bodies {

const VectorBodies SHADD_vec = signed_bhs<Registers<Same>::Shape, HalvingAdd>();
const VectorBodies SRHADD_vec = signed_bhs<Registers<Same>::Shape, RoundingHalvingAdd>();
const VectorBodies SHSUB_vec = signed_bhs<Registers<Same>::Shape, HalvingSub>();
const VectorBodies SQADD_vec = signed_bhsd<Registers<SameSaturating>::Shape, SaturatingAdd>();
const VectorBodies SQSUB_vec = signed_bhsd<Registers<SameSaturating>::Shape, SaturatingSub>();
const VectorBodies CMGT_reg_vec = signed_bhsd<Registers<Same>::Shape, Greater>();
const VectorBodies CMGE_reg_vec = signed_bhsd<Registers<Same>::Shape, GreaterOrEqual>();
const VectorBodies SSHL_vec = signed_bhsd<Registers<Same>::Shape, ShiftByElement>();
const VectorBodies SRSHL_vec = signed_bhsd<Registers<Same>::Shape, RoundingShiftByElement>();
const VectorBodies SQSHL_reg_vec = signed_bhsd<Registers<SameSaturating>::Shape, SaturatingShiftByElement>();
const VectorBodies SQRSHL_vec = signed_bhsd<Registers<SameSaturating>::Shape, SaturatingRoundingShiftByElement>();
const VectorBodies SMAX_vec = signed_bhs<Registers<Same>::Shape, VectorMax>();
const VectorBodies SMIN_vec = signed_bhs<Registers<Same>::Shape, VectorMin>();
const VectorBodies SMAXP_vec = signed_bhs<Pairwise, VectorMax>();
const VectorBodies SMINP_vec = signed_bhs<Pairwise, VectorMin>();
const VectorBodies SABD_vec = signed_bhs<Registers<Same>::Shape, AbsoluteDifference>();
const VectorBodies SABA_vec = signed_bhs<Registers<SameUpdate>::Shape, AddAbsoluteDifference>();
const VectorBodies UHADD_vec = unsigned_bhs<Registers<Same>::Shape, HalvingAdd>();
const VectorBodies URHADD_vec = unsigned_bhs<Registers<Same>::Shape, RoundingHalvingAdd>();
const VectorBodies UHSUB_vec = unsigned_bhs<Registers<Same>::Shape, HalvingSub>();
const VectorBodies UQADD_vec = unsigned_bhsd<Registers<SameSaturating>::Shape, SaturatingAdd>();
const VectorBodies UQSUB_vec = unsigned_bhsd<Registers<SameSaturating>::Shape, SaturatingSub>();
const VectorBodies CMHI_vec = unsigned_bhsd<Registers<Same>::Shape, Greater>();
const VectorBodies CMHS_vec = unsigned_bhsd<Registers<Same>::Shape, GreaterOrEqual>();
const VectorBodies USHL_vec = unsigned_bhsd<Registers<Same>::Shape, ShiftByElement>();
const VectorBodies URSHL_vec = unsigned_bhsd<Registers<Same>::Shape, RoundingShiftByElement>();
const VectorBodies UQSHL_reg_vec = unsigned_bhsd<Registers<SameSaturating>::Shape, SaturatingShiftByElement>();
const VectorBodies UQRSHL_vec = unsigned_bhsd<Registers<SameSaturating>::Shape, SaturatingRoundingShiftByElement>();
const VectorBodies UMAX_vec = unsigned_bhs<Registers<Same>::Shape, VectorMax>();
const VectorBodies UMIN_vec = unsigned_bhs<Registers<Same>::Shape, VectorMin>();
const VectorBodies UMAXP_vec = unsigned_bhs<Pairwise, VectorMax>();
const VectorBodies UMINP_vec = unsigned_bhs<Pairwise, VectorMin>();
const VectorBodies UABD_vec = unsigned_bhs<Registers<Same>::Shape, AbsoluteDifference>();
const VectorBodies UABA_vec = unsigned_bhs<Registers<SameUpdate>::Shape, AddAbsoluteDifference>();
const VectorBodies ADD_vec = unsigned_bhsd<Registers<Same>::Shape, VectorAdd>();
const VectorBodies SUB_vec = unsigned_bhsd<Registers<Same>::Shape, VectorSub>();
const VectorBodies CMEQ_reg_vec = unsigned_bhsd<Registers<Same>::Shape, Equal>();
const VectorBodies CMTST_vec = unsigned_bhsd<Registers<Same>::Shape, TestBits>();
const VectorBodies MUL_vec = unsigned_bhs<Registers<Same>::Shape, VectorMultiply>();
const VectorBodies MLA_vec = unsigned_bhs<Registers<SameUpdate>::Shape, MultiplyAdd>();
const VectorBodies MLS_vec = unsigned_bhs<Registers<SameUpdate>::Shape, MultiplySubtract>();
const VectorBodies ADDP_vec = unsigned_bhsd<Pairwise, VectorAdd>();
const VectorBodies PMUL_vec{{Registers<Same>::Shape<PolynomialMultiply, u8>::run}};
const VectorBodies SQDMULH_vec = signed_hs<Registers<SameSaturating>::Shape, DoublingMultiplyHigh>();
const VectorBodies SQRDMULH_vec = signed_hs<Registers<SameSaturating>::Shape, RoundingDoublingMultiplyHigh>();
const VectorBodies SQRDMLAH_vec = signed_hs<Registers<SameUpdateSaturating>::Shape, RoundingDoublingMultiplyAdd>();
const VectorBodies SQRDMLSH_vec = signed_hs<Registers<SameUpdateSaturating>::Shape, RoundingDoublingMultiplySubtract>();

}  // namespace bodies

}  // namespace emu::exec
