// Operations of single elements that several families of vector instructions share.
#pragma once

#include "emu/core/exec/simd_arithmetic.h"

namespace emu::exec {

#define VECTOR_BINARY(name, expression)                      \
    struct name {                                            \
        template <class T>                                   \
        EXEC_INLINE static T apply(T n, T m) {               \
            return static_cast<T>(expression);               \
        }                                                    \
    };
#define VECTOR_UPDATE(name, expression)                      \
    struct name {                                            \
        template <class T>                                   \
        EXEC_INLINE static T apply(T d, T n, T m) {          \
            return static_cast<T>(expression);               \
        }                                                    \
    };
#define VECTOR_SATURATING(name, expression)                  \
    struct name {                                            \
        template <class T>                                   \
        EXEC_INLINE static T apply(T n, T m, bool& saturated) { \
            return expression;                               \
        }                                                    \
    };

VECTOR_BINARY(VectorAdd, wrapping_add(n, m))
VECTOR_BINARY(VectorMultiply, wrapping_mul(n, m))
VECTOR_BINARY(VectorMax, n > m ? n : m)
VECTOR_BINARY(VectorMin, n < m ? n : m)
VECTOR_UPDATE(MultiplyAdd, wrapping_add(d, wrapping_mul(n, m)))
VECTOR_UPDATE(MultiplySubtract, wrapping_sub(d, wrapping_mul(n, m)))

// Arm: SQDMULH, SQRDMULH.
VECTOR_SATURATING(DoublingMultiplyHigh, saturate<T>(doubled_product(n, m) >> kBits<T>, saturated))
VECTOR_SATURATING(RoundingDoublingMultiplyHigh,
                  saturate<T>((doubled_product(n, m) + kHalfUnit<T>) >> kBits<T>, saturated))

// Arm: SQRDMLAH, SQRDMLSH: the sum with d is exact, and saturated once.
struct RoundingDoublingMultiplyAdd {
    template <class T>
    EXEC_INLINE static T apply(T d, T n, T m, bool& saturated) {
        const Exact<T> scaled = Exact<T>{d} * (Exact<T>{1} << kBits<T>);
        return saturate<T>((scaled + doubled_product(n, m) + kHalfUnit<T>) >> kBits<T>, saturated);
    }
};
struct RoundingDoublingMultiplySubtract {
    template <class T>
    EXEC_INLINE static T apply(T d, T n, T m, bool& saturated) {
        const Exact<T> scaled = Exact<T>{d} * (Exact<T>{1} << kBits<T>);
        return saturate<T>((scaled - doubled_product(n, m) + kHalfUnit<T>) >> kBits<T>, saturated);
    }
};

// Widening: operands have been extended to W, in which their product is exact.
struct MultiplyLong {
    template <class W>
    EXEC_INLINE static W apply(W n, W m) {
        return wrapping_mul(n, m);
    }
};
struct MultiplyAddLong {
    template <class W>
    EXEC_INLINE static W apply(W d, W n, W m) {
        return wrapping_add(d, wrapping_mul(n, m));
    }
};
struct MultiplySubtractLong {
    template <class W>
    EXEC_INLINE static W apply(W d, W n, W m) {
        return wrapping_sub(d, wrapping_mul(n, m));
    }
};
// Arm: SQDMULL, SQDMLAL, SQDMLSL: the doubled product saturates, and then the sum.
struct DoublingMultiplyLong {
    template <class T>
    EXEC_INLINE static Wider<T> apply(Wider<T>, T n, T m, bool& saturated) {
        return saturate<Wider<T>>(doubled_product(n, m), saturated);
    }
};
struct DoublingMultiplyAddLong {
    template <class T>
    EXEC_INLINE static Wider<T> apply(Wider<T> d, T n, T m, bool& saturated) {
        return saturating_add(d, DoublingMultiplyLong::apply(d, n, m, saturated), saturated);
    }
};
struct DoublingMultiplySubtractLong {
    template <class T>
    EXEC_INLINE static Wider<T> apply(Wider<T> d, T n, T m, bool& saturated) {
        return saturating_sub(d, DoublingMultiplyLong::apply(d, n, m, saturated), saturated);
    }
};

}  // namespace emu::exec
