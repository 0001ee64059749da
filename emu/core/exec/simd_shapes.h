// Shapes of vector operations: which elements an operation reads and writes. A body is one shape with one operation and
// one element type; the operation is a struct whose apply() works on single elements.
#pragma once

#include "emu/core/exec/simd_arithmetic.h"
#include "emu/core/exec/simd_bodies.h"
#include "emu/core/exec/simd_shuffle.h"

namespace emu::exec {

// Shapes with a second operand are computed with Vm, or with one of its elements in all lanes.
template <template <class, class> class Compute>
struct Registers {
    template <class Operation, class T>
    struct Shape {
        static void run(Pe& pe, const DecodedOp* op) { Compute<Operation, T>::compute(pe, op, pe.v[op->rm]); }
    };
};
template <template <class, class> class Compute>
struct ByElement {
    template <class Operation, class T>
    struct Shape {
        static void run(Pe& pe, const DecodedOp* op) {
            Compute<Operation, T>::compute(pe, op, broadcast<T>(pe.v[op->rm], op->imm));
        }
    };
};

// d = f(n, m)
template <class Operation, class T>
struct Same {
    static void compute(Pe& pe, const DecodedOp* op, const VectorRegister& last) {
        const Lanes<T> n = lanes_of<T>(pe.v[op->rn]);
        const Lanes<T> m = lanes_of<T>(last);
        Lanes<T> result;
        for (unsigned i = 0; i < Lanes<T>::kCount; ++i) result.lane[i] = Operation::apply(n.lane[i], m.lane[i]);
        write_lanes(pe, op, result);
    }
};
// d = f(d, n, m)
template <class Operation, class T>
struct SameUpdate {
    static void compute(Pe& pe, const DecodedOp* op, const VectorRegister& last) {
        const Lanes<T> n = lanes_of<T>(pe.v[op->rn]);
        const Lanes<T> m = lanes_of<T>(last);
        Lanes<T> result = lanes_of<T>(pe.v[op->rd]);
        for (unsigned i = 0; i < Lanes<T>::kCount; ++i)
            result.lane[i] = Operation::apply(result.lane[i], n.lane[i], m.lane[i]);
        write_lanes(pe, op, result);
    }
};
// d = f(n, m), with saturation: inactive lanes must not be computed, since they would set QC.
template <class Operation, class T>
struct SameSaturating {
    static void compute(Pe& pe, const DecodedOp* op, const VectorRegister& last) {
        const Lanes<T> n = lanes_of<T>(pe.v[op->rn]);
        const Lanes<T> m = lanes_of<T>(last);
        Lanes<T> result{};
        bool saturated = false;
        for_active_lanes<T>(op, [&](unsigned i) { result.lane[i] = Operation::apply(n.lane[i], m.lane[i], saturated); });
        note_saturation(pe, saturated);
        write_lanes(pe, op, result);
    }
};
// d = f(d, n, m), with saturation
template <class Operation, class T>
struct SameUpdateSaturating {
    static void compute(Pe& pe, const DecodedOp* op, const VectorRegister& last) {
        const Lanes<T> n = lanes_of<T>(pe.v[op->rn]);
        const Lanes<T> m = lanes_of<T>(last);
        Lanes<T> result = lanes_of<T>(pe.v[op->rd]);
        bool saturated = false;
        for_active_lanes<T>(op, [&](unsigned i) {
            result.lane[i] = Operation::apply(result.lane[i], n.lane[i], m.lane[i], saturated);
        });
        note_saturation(pe, saturated);
        write_lanes(pe, op, result);
    }
};

// Elements of Wider<T> from half of the elements of n and m.
template <class Operation, class T>
struct Long {
    static void compute(Pe& pe, const DecodedOp* op, const VectorRegister& last) {
        const Lanes<T> n = lanes_of<T>(pe.v[op->rn]);
        const Lanes<T> m = lanes_of<T>(last);
        const unsigned from = first_widened<T>(op);
        Lanes<Wider<T>> result;
        for (unsigned i = 0; i < Lanes<Wider<T>>::kCount; ++i)
            result.lane[i] = Operation::template apply<Wider<T>>(n.lane[from + i], m.lane[from + i]);
        write_widened(pe, op, result);
    }
};
template <class Operation, class T>
struct LongUpdate {
    static void compute(Pe& pe, const DecodedOp* op, const VectorRegister& last) {
        const Lanes<T> n = lanes_of<T>(pe.v[op->rn]);
        const Lanes<T> m = lanes_of<T>(last);
        const unsigned from = first_widened<T>(op);
        Lanes<Wider<T>> result = lanes_of<Wider<T>>(pe.v[op->rd]);
        for (unsigned i = 0; i < Lanes<Wider<T>>::kCount; ++i)
            result.lane[i] = Operation::template apply<Wider<T>>(result.lane[i], n.lane[from + i], m.lane[from + i]);
        write_widened(pe, op, result);
    }
};
// f(d, n, m), with saturation; d is not read where the operation does not use it.
template <class Operation, class T>
struct LongSaturating {
    static void compute(Pe& pe, const DecodedOp* op, const VectorRegister& last) {
        const Lanes<T> n = lanes_of<T>(pe.v[op->rn]);
        const Lanes<T> m = lanes_of<T>(last);
        const unsigned from = first_widened<T>(op);
        Lanes<Wider<T>> result = lanes_of<Wider<T>>(pe.v[op->rd]);
        bool saturated = false;
        for (unsigned i = 0; i < widened_lanes<T>(op); ++i)
            result.lane[i] = Operation::apply(result.lane[i], n.lane[from + i], m.lane[from + i], saturated);
        note_saturation(pe, saturated);
        write_widened(pe, op, result);
    }
};
// As Long, with n as wide as the result.
template <class Operation, class T>
struct Wide {
    static void run(Pe& pe, const DecodedOp* op) {
        const Lanes<Wider<T>> n = lanes_of<Wider<T>>(pe.v[op->rn]);
        const Lanes<T> m = lanes_of<T>(pe.v[op->rm]);
        const unsigned from = first_widened<T>(op);
        Lanes<Wider<T>> result;
        for (unsigned i = 0; i < Lanes<Wider<T>>::kCount; ++i)
            result.lane[i] = Operation::template apply<Wider<T>>(n.lane[i], m.lane[from + i]);
        write_widened(pe, op, result);
    }
};
// The high half of f(n, m), elements of Wider<T>.
template <class Operation, class T>
struct HighNarrow {
    static void run(Pe& pe, const DecodedOp* op) {
        const Lanes<Wider<T>> n = lanes_of<Wider<T>>(pe.v[op->rn]);
        const Lanes<Wider<T>> m = lanes_of<Wider<T>>(pe.v[op->rm]);
        Lanes<T> result{};
        for (unsigned i = 0; i < Lanes<Wider<T>>::kCount; ++i)
            result.lane[i] = static_cast<T>(Operation::apply(n.lane[i], m.lane[i]) >> kBits<T>);
        write_narrow_lanes(pe, op, result);
    }
};

// d = f(neighbours in n, then neighbours in m)
template <class Operation, class T>
struct Pairwise {
    static void run(Pe& pe, const DecodedOp* op) {
        const Lanes<T> even = reorder_active<Unzip<0>, T>(pe, op);
        const Lanes<T> odd = reorder_active<Unzip<1>, T>(pe, op);
        Lanes<T> result;
        for (unsigned i = 0; i < Lanes<T>::kCount; ++i) result.lane[i] = Operation::apply(even.lane[i], odd.lane[i]);
        write_lanes(pe, op, result);
    }
};

// d = f(n)
template <class Operation, class T>
struct Unary {
    static void run(Pe& pe, const DecodedOp* op) {
        const Lanes<T> n = lanes_of<T>(pe.v[op->rn]);
        Lanes<T> result;
        for (unsigned i = 0; i < Lanes<T>::kCount; ++i) result.lane[i] = Operation::apply(n.lane[i]);
        write_lanes(pe, op, result);
    }
};
// d = f(d, n), with saturation
template <class Operation, class T>
struct UnarySaturating {
    static void run(Pe& pe, const DecodedOp* op) {
        const Lanes<T> n = lanes_of<T>(pe.v[op->rn]);
        Lanes<T> result = lanes_of<T>(pe.v[op->rd]);
        bool saturated = false;
        for_active_lanes<T>(op, [&](unsigned i) {
            result.lane[i] = Operation::apply(result.lane[i], n.lane[i], saturated);
        });
        note_saturation(pe, saturated);
        write_lanes(pe, op, result);
    }
};

}  // namespace emu::exec
