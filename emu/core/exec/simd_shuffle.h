// Elements of two registers in another order, by shuffles of host vectors.
#pragma once

#include <utility>

#include "emu/core/exec/simd_lanes.h"

namespace emu::exec {

template <class T>
struct HostVectorOf {
    typedef T Type __attribute__((vector_size(16)));
};

// Where element i of the result comes from when registers have `count` elements: from n, or from `count` on from m.
template <unsigned Part>
struct Zip {
    static constexpr unsigned source(unsigned i, unsigned count) { return Part * count / 2 + i / 2 + (i % 2) * count; }
};
template <unsigned Part>
struct Unzip {
    static constexpr unsigned source(unsigned i, unsigned) { return 2 * i + Part; }
};
template <unsigned Part>
struct Transpose {
    static constexpr unsigned source(unsigned i, unsigned count) { return (i & ~1u) + Part + (i % 2) * count; }
};

template <class Order, unsigned Count, class T>
[[nodiscard]] EXEC_INLINE Lanes<T> shuffle(const Lanes<T>& n, const Lanes<T>& m) {
    using Host = typename HostVectorOf<T>::Type;
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
        return std::bit_cast<Lanes<T>>(__builtin_shufflevector(std::bit_cast<Host>(n), std::bit_cast<Host>(m),
                                                               static_cast<int>(Order::source(I, Count))...));
    }(std::make_index_sequence<Lanes<T>::kCount>{});
}
// Of whole registers.
template <class Order, class T>
[[nodiscard]] EXEC_INLINE Lanes<T> reorder(const Lanes<T>& n, const Lanes<T>& m) {
    return shuffle<Order, Lanes<T>::kCount>(n, m);
}
// Of low halves: both are put into one register, whose second half then stands for m. Only the low half counts.
template <class Order, class T>
[[nodiscard]] EXEC_INLINE Lanes<T> reorder_halves(const VectorRegister& n, const VectorRegister& m) {
    const Lanes<T> both = lanes_of<T>(VectorRegister{{n.d[0], m.d[0]}});
    return shuffle<Order, Lanes<T>::kCount / 2>(both, both);
}
template <class Order, class T>
[[nodiscard]] EXEC_INLINE Lanes<T> reorder_active(const Pe& pe, const DecodedOp* op) {
    const VectorRegister n = pe.v[op->rn];
    const VectorRegister m = pe.v[op->rm];
    if (op->shift == operands::kVectorFull) return reorder<Order>(lanes_of<T>(n), lanes_of<T>(m));
    return reorder_halves<Order, T>(n, m);
}

}  // namespace emu::exec
