// Two registers, and across the lanes of one. Arm: C4.1, Advanced SIMD two-register miscellaneous, across lanes.
#include "emu/core/exec/simd_operations.h"
#include "emu/core/exec/simd_shapes.h"
#include "emu/fp/estimate.h"

namespace emu::exec {
namespace {

#define VECTOR_UNARY(name, expression)       \
    struct name {                            \
        template <class T>                   \
        EXEC_INLINE static T apply(T n) {    \
            return static_cast<T>(expression); \
        }                                    \
    };
VECTOR_UNARY(GreaterThanZero, n > 0 ? -1 : 0)
VECTOR_UNARY(GreaterOrEqualZero, n >= 0 ? -1 : 0)
VECTOR_UNARY(EqualZero, n == 0 ? -1 : 0)
VECTOR_UNARY(LessOrEqualZero, n <= 0 ? -1 : 0)
VECTOR_UNARY(LessThanZero, n < 0 ? -1 : 0)
VECTOR_UNARY(Absolute, n < 0 ? wrapping_sub(T{0}, n) : n)
VECTOR_UNARY(Negate, wrapping_sub(T{0}, n))
VECTOR_UNARY(Invert, ~n)
VECTOR_UNARY(LeadingZeros, std::countl_zero(n))
VECTOR_UNARY(LeadingSignBits, std::countl_zero(static_cast<T>((n ^ (n << 1)) | 1)))

// Of each byte of a doubleword.
struct CountBits {
    EXEC_INLINE static u64 apply(u64 n) {
        n -= n >> 1 & 0x5555'5555'5555'5555;
        n = (n & 0x3333'3333'3333'3333) + (n >> 2 & 0x3333'3333'3333'3333);
        return (n + (n >> 4)) & 0x0f0f'0f0f'0f0f'0f0f;
    }
};
struct ReverseBits {
    EXEC_INLINE static u64 apply(u64 n) { return __builtin_bswap64(reverse_bits(n)); }
};
struct ReciprocalEstimate {
    EXEC_INLINE static u32 apply(u32 n) { return fp::unsigned_reciprocal_estimate(n); }
};
struct ReciprocalRootEstimate {
    EXEC_INLINE static u32 apply(u32 n) { return fp::unsigned_reciprocal_root_estimate(n); }
};

struct SaturatingAbsolute {
    template <class T>
    EXEC_INLINE static T apply(T, T n, bool& saturated) {
        return n < 0 ? saturating_sub(T{0}, n, saturated) : n;
    }
};
struct SaturatingNegate {
    template <class T>
    EXEC_INLINE static T apply(T, T n, bool& saturated) {
        return saturating_sub(T{0}, n, saturated);
    }
};
// n of the other signedness is added to d. Arm: SUQADD, USQADD.
struct AccumulateOtherSign {
    template <class T>
    EXEC_INLINE static T apply(T d, T n, bool& saturated) {
        using Other = std::conditional_t<std::is_signed_v<T>, Unsigned<T>, Signed<T>>;
        return saturate<T>(i128{d} + i128{static_cast<Other>(n)}, saturated);
    }
};

// Elements of T change places inside each group of `Bytes`: neighbours first, then pairs of them, and so on.
template <class T, unsigned Bytes>
struct ReverseIn {
    EXEC_INLINE static u64 apply(u64 n) {
        if constexpr (sizeof(T) == 1) n = swap_groups(n, 0x00ff'00ff'00ff'00ff, 8);
        if constexpr (sizeof(T) <= 2 && Bytes >= 4) n = swap_groups(n, 0x0000'ffff'0000'ffff, 16);
        if constexpr (Bytes == 8) n = n << 32 | n >> 32;
        return n;
    }
};

// Sums of neighbours, twice as wide; Operation says whether they are added to d.
template <class Operation, class T>
struct PairwiseLong {
    static void run(Pe& pe, const DecodedOp* op) {
        const Lanes<T> n = lanes_of<T>(pe.v[op->rn]);
        const Lanes<Wider<T>> d = lanes_of<Wider<T>>(pe.v[op->rd]);
        Lanes<Wider<T>> result;
        for (unsigned i = 0; i < Lanes<Wider<T>>::kCount; ++i) {
            const Wider<T> sum = wrapping_add(Wider<T>{n.lane[2 * i]}, Wider<T>{n.lane[2 * i + 1]});
            result.lane[i] = Operation::apply(d.lane[i], sum);
        }
        write_lanes(pe, op, result);
    }
};
struct Replace {
    template <class W>
    EXEC_INLINE static W apply(W, W sum) {
        return sum;
    }
};

// All active elements, as elements of Result, combined into one.
template <class Operation, class T, class Result>
void combine(Pe& pe, const DecodedOp* op) {
    const Lanes<T> n = lanes_of<T>(pe.v[op->rn]);
    Result result = n.lane[0];
    const auto add = [&](unsigned from, unsigned to) {
        for (unsigned i = from; i < to; ++i) result = Operation::apply(result, Result{n.lane[i]});
    };
    add(1, Lanes<T>::kCount / 2);
    if (op->shift == operands::kVectorFull) add(Lanes<T>::kCount / 2, Lanes<T>::kCount);
    write_scalar(pe.v[op->rd], result);
}
template <class Operation, class T>
struct Across {
    static void run(Pe& pe, const DecodedOp* op) { combine<Operation, T, T>(pe, op); }
};
template <class Operation, class T>
struct AcrossLong {
    static void run(Pe& pe, const DecodedOp* op) { combine<Operation, T, Wider<T>>(pe, op); }
};

void add_pair(Pe& pe, const DecodedOp* op) {
    const VectorRegister& n = pe.v[op->rn];
    write_scalar(pe.v[op->rd], n.d[0] + n.d[1]);
}

}  // namespace

namespace bodies {

const VectorBodies CMGT_zero_vec = signed_bhsd<Unary, GreaterThanZero>();
const VectorBodies CMGE_zero_vec = signed_bhsd<Unary, GreaterOrEqualZero>();
const VectorBodies CMEQ_zero_vec = signed_bhsd<Unary, EqualZero>();
const VectorBodies CMLE_zero_vec = signed_bhsd<Unary, LessOrEqualZero>();
const VectorBodies CMLT_zero_vec = signed_bhsd<Unary, LessThanZero>();
const VectorBodies ABS_vec = signed_bhsd<Unary, Absolute>();
const VectorBodies NEG_vec = signed_bhsd<Unary, Negate>();
const VectorBodies CLZ_vec = unsigned_bhs<Unary, LeadingZeros>();
const VectorBodies CLS_vec = unsigned_bhs<Unary, LeadingSignBits>();
const VectorBodies NOT_vec{{Unary<Invert, u64>::run}};
const VectorBodies CNT_vec{{Unary<CountBits, u64>::run}};
const VectorBodies RBIT_vec{{Unary<ReverseBits, u64>::run}};
const VectorBodies URECPE_vec{{nullptr, nullptr, Unary<ReciprocalEstimate, u32>::run}};
const VectorBodies URSQRTE_vec{{nullptr, nullptr, Unary<ReciprocalRootEstimate, u32>::run}};
const VectorBodies SQABS_vec = signed_bhsd<UnarySaturating, SaturatingAbsolute>();
const VectorBodies SQNEG_vec = signed_bhsd<UnarySaturating, SaturatingNegate>();
const VectorBodies SUQADD_vec = signed_bhsd<UnarySaturating, AccumulateOtherSign>();
const VectorBodies USQADD_vec = unsigned_bhsd<UnarySaturating, AccumulateOtherSign>();
const VectorBodies REV16_vec{{Unary<ReverseIn<u8, 2>, u64>::run}};
const VectorBodies REV32_vec{{Unary<ReverseIn<u8, 4>, u64>::run, Unary<ReverseIn<u16, 4>, u64>::run}};
const VectorBodies REV64_vec{{Unary<ReverseIn<u8, 8>, u64>::run, Unary<ReverseIn<u16, 8>, u64>::run,
                              Unary<ReverseIn<u32, 8>, u64>::run}};
const VectorBodies SADDLP_vec = signed_bhs<PairwiseLong, Replace>();
const VectorBodies UADDLP_vec = unsigned_bhs<PairwiseLong, Replace>();
const VectorBodies SADALP_vec = signed_bhs<PairwiseLong, VectorAdd>();
const VectorBodies UADALP_vec = unsigned_bhs<PairwiseLong, VectorAdd>();
const VectorBodies ADDP_scalar{{nullptr, nullptr, nullptr, add_pair}};
const VectorBodies ADDV = unsigned_bhs<Across, VectorAdd>();
const VectorBodies SADDLV = signed_bhs<AcrossLong, VectorAdd>();
const VectorBodies UADDLV = unsigned_bhs<AcrossLong, VectorAdd>();
const VectorBodies SMAXV = signed_bhs<Across, VectorMax>();
const VectorBodies SMINV = signed_bhs<Across, VectorMin>();
const VectorBodies UMAXV = unsigned_bhs<Across, VectorMax>();
const VectorBodies UMINV = unsigned_bhs<Across, VectorMin>();

}  // namespace bodies

}  // namespace emu::exec
