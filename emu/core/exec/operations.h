// Data-processing operations as types, and the shapes they are executed in: where operands come from and
// where the result goes. A handler is one shape with one operation and one width.
#pragma once

#include "emu/core/exec/handlers.h"
#include "emu/core/exec/semantics.h"
#include "emu/core/pe.h"

// Head of a handler: EXEC(ADD_imm_64) { return ...; }
#define EXEC(name)         \
    template <class Mode>  \
    void name([[maybe_unused]] Pe& pe, [[maybe_unused]] const DecodedOp* op)

// Shapes are part of their handlers: inlined, so that the handler ends in Mode::next itself.
#define EXEC_INLINE [[gnu::always_inline]] inline

namespace emu::exec {

// An operation that gives a Sum sets the flags with it.
template <class T>
EXEC_INLINE void write_result(Pe& pe, const DecodedOp* op, T value) {
    pe.x[op->rd] = value;
}
template <class T>
EXEC_INLINE void write_result(Pe& pe, const DecodedOp* op, Sum<T> sum) {
    pe.x[op->rd] = sum.value;
    pe.nzcv = sum.nzcv;
}

template <class T>
[[nodiscard]] constexpr Sum<T> logical_flags(T value) {
    return {value, flags_nz(value)};
}

#define EXEC_OPERATION(name, expression)         \
    struct name {                                \
        template <class T>                       \
        EXEC_INLINE static auto apply(T a, T b) {  \
            return expression;                   \
        }                                        \
    };
EXEC_OPERATION(Add, static_cast<T>(a + b))
EXEC_OPERATION(Sub, static_cast<T>(a - b))
EXEC_OPERATION(AddFlags, add(a, b))
EXEC_OPERATION(SubFlags, subtract(a, b))
EXEC_OPERATION(And, static_cast<T>(a & b))
EXEC_OPERATION(Bic, static_cast<T>(a & ~b))
EXEC_OPERATION(Orr, static_cast<T>(a | b))
EXEC_OPERATION(Orn, static_cast<T>(a | ~b))
EXEC_OPERATION(Eor, static_cast<T>(a ^ b))
EXEC_OPERATION(Eon, static_cast<T>(a ^ ~b))
EXEC_OPERATION(AndFlags, logical_flags(static_cast<T>(a & b)))
EXEC_OPERATION(BicFlags, logical_flags(static_cast<T>(a & ~b)))
EXEC_OPERATION(DivideUnsigned, divide_unsigned(a, b))
EXEC_OPERATION(DivideSigned, divide_signed(a, b))
EXEC_OPERATION(MulHighSigned, high_product_signed(a, b))
EXEC_OPERATION(MulHighUnsigned, high_product_unsigned(a, b))
// Variable shifts take their amount modulo the width.
EXEC_OPERATION(ShiftLeft, LSL::shift(a, static_cast<unsigned>(b % kBits<T>)))
EXEC_OPERATION(ShiftRight, LSR::shift(a, static_cast<unsigned>(b % kBits<T>)))
EXEC_OPERATION(ShiftArithmetic, ASR::shift(a, static_cast<unsigned>(b % kBits<T>)))
EXEC_OPERATION(RotateRight, ROR::shift(a, static_cast<unsigned>(b % kBits<T>)))
#undef EXEC_OPERATION

// Rd = Rn op imm
template <class Mode, class T, class Operation>
EXEC_INLINE void immediate(Pe& pe, const DecodedOp* op) {
    write_result(pe, op, Operation::template apply<T>(static_cast<T>(pe.x[op->rn]), static_cast<T>(op->imm)));
    return Mode::next(pe, op);
}
// Rd = Rn op Rm
template <class Mode, class T, class Operation>
EXEC_INLINE void registers(Pe& pe, const DecodedOp* op) {
    write_result(pe, op, Operation::template apply<T>(static_cast<T>(pe.x[op->rn]), static_cast<T>(pe.x[op->rm])));
    return Mode::next(pe, op);
}
// Rd = Rn op shifted Rm
template <class Mode, class T, class Operation, class Shift>
EXEC_INLINE void shifted(Pe& pe, const DecodedOp* op) {
    const T b = Shift::template shift<T>(static_cast<T>(pe.x[op->rm]), op->shift);
    write_result(pe, op, Operation::template apply<T>(static_cast<T>(pe.x[op->rn]), b));
    return Mode::next(pe, op);
}
// Rd = Rn op extended Rm
template <class Mode, class T, class Operation>
EXEC_INLINE void extended_register(Pe& pe, const DecodedOp* op) {
    const T b = static_cast<T>(extended(pe.x[op->rm], op));
    write_result(pe, op, Operation::template apply<T>(static_cast<T>(pe.x[op->rn]), b));
    return Mode::next(pe, op);
}

}  // namespace emu::exec
