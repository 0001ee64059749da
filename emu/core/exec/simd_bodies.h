// What the handlers of simd_integer.def call: one function for each element size, compiled once for both loops.
#pragma once

#include <cstdint>

#include "emu/core/pe.h"

namespace emu::exec {

using VectorBody = void (*)(Pe&, const DecodedOp*);

// Indexed by DecodedOp::option, log2 of the element size; nullptr where the row has no such size.
struct VectorBodies {
    VectorBody of_size[4]{};
};

// Families of one operation by element type. Shape<Operation, T>::run is a VectorBody.
template <template <class, class> class Shape, class Operation>
constexpr VectorBodies unsigned_bhs() {
    return {{Shape<Operation, u8>::run, Shape<Operation, u16>::run, Shape<Operation, u32>::run, nullptr}};
}
template <template <class, class> class Shape, class Operation>
constexpr VectorBodies unsigned_bhsd() {
    return {{Shape<Operation, u8>::run, Shape<Operation, u16>::run, Shape<Operation, u32>::run, Shape<Operation, u64>::run}};
}
template <template <class, class> class Shape, class Operation>
constexpr VectorBodies unsigned_hs() {
    return {{nullptr, Shape<Operation, u16>::run, Shape<Operation, u32>::run, nullptr}};
}
template <template <class, class> class Shape, class Operation>
constexpr VectorBodies signed_bhs() {
    return {{Shape<Operation, std::int8_t>::run, Shape<Operation, std::int16_t>::run, Shape<Operation, std::int32_t>::run,
             nullptr}};
}
template <template <class, class> class Shape, class Operation>
constexpr VectorBodies signed_bhsd() {
    return {{Shape<Operation, std::int8_t>::run, Shape<Operation, std::int16_t>::run, Shape<Operation, std::int32_t>::run,
             Shape<Operation, arch::i64>::run}};
}
template <template <class, class> class Shape, class Operation>
constexpr VectorBodies signed_hs() {
    return {{nullptr, Shape<Operation, std::int16_t>::run, Shape<Operation, std::int32_t>::run, nullptr}};
}

namespace bodies {
#define A64(name, ...) extern const VectorBodies name;
#define A64_AS(name, ...)
#include "emu/isa/a64/simd_integer.def"
#undef A64
#undef A64_AS
}  // namespace bodies

}  // namespace emu::exec
