// Shifts by an immediate, which is DecodedOp::imm. Arm: C4.1, Advanced SIMD shift by immediate.
#include "emu/core/exec/simd_shapes.h"

namespace emu::exec {
namespace {

// d = f(d, n, amount)
template <class Operation, class T>
struct Shift {
    static void run(Pe& pe, const DecodedOp* op) {
        const Lanes<T> n = lanes_of<T>(pe.v[op->rn]);
        const auto amount = static_cast<unsigned>(op->imm);
        Lanes<T> result = lanes_of<T>(pe.v[op->rd]);
        for (unsigned i = 0; i < Lanes<T>::kCount; ++i) result.lane[i] = Operation::apply(result.lane[i], n.lane[i], amount);
        write_lanes(pe, op, result);
    }
};
// d = f(n, amount), with saturation
template <class Operation, class T>
struct ShiftSaturating {
    static void run(Pe& pe, const DecodedOp* op) {
        const Lanes<T> n = lanes_of<T>(pe.v[op->rn]);
        const auto amount = static_cast<unsigned>(op->imm);
        Lanes<T> result{};
        bool saturated = false;
        for_active_lanes<T>(op, [&](unsigned i) { result.lane[i] = Operation::apply(n.lane[i], amount, saturated); });
        note_saturation(pe, saturated);
        write_lanes(pe, op, result);
    }
};
// Half of the elements of n, widened and shifted left.
template <class Unused, class T>
struct ShiftLong {
    static void run(Pe& pe, const DecodedOp* op) {
        const Lanes<T> n = lanes_of<T>(pe.v[op->rn]);
        const unsigned from = first_widened<T>(op);
        Lanes<Wider<T>> result;
        for (unsigned i = 0; i < Lanes<Wider<T>>::kCount; ++i)
            result.lane[i] = shift_left(Wider<T>{n.lane[from + i]}, static_cast<unsigned>(op->imm));
        write_widened(pe, op, result);
    }
};
// Elements of n, twice as wide, shifted right to elements of T.
template <class Operation, class T>
struct ShiftNarrow {
    static void run(Pe& pe, const DecodedOp* op) {
        const Lanes<Wider<T>> n = lanes_of<Wider<T>>(pe.v[op->rn]);
        const auto amount = static_cast<unsigned>(op->imm);
        Lanes<T> result{};
        for (unsigned i = 0; i < Lanes<Wider<T>>::kCount; ++i)
            result.lane[i] = static_cast<T>(Operation::apply(Wider<T>{}, n.lane[i], amount));
        write_narrow_lanes(pe, op, result);
    }
};
// With saturation, from elements of From<T>.
template <template <class> class From>
struct SaturatingFrom {
    template <class Operation, class T>
    struct ShiftNarrow {
        static void run(Pe& pe, const DecodedOp* op) {
            using Source = From<T>;
            const Lanes<Source> n = lanes_of<Source>(pe.v[op->rn]);
            const auto amount = static_cast<unsigned>(op->imm);
            Lanes<T> result{};
            bool saturated = false;
            for (unsigned i = 0; i < widened_lanes<T>(op); ++i)
                result.lane[i] = saturate<T>(Operation::apply(Source{}, n.lane[i], amount), saturated);
            note_saturation(pe, saturated);
            write_narrow_lanes(pe, op, result);
        }
    };
};
template <class T>
using SignedWider = Signed<Wider<T>>;

#define VECTOR_SHIFT(name, expression)                                            \
    struct name {                                                                 \
        template <class T>                                                        \
        EXEC_INLINE static T apply([[maybe_unused]] T d, T n, unsigned amount) {  \
            return static_cast<T>(expression);                                    \
        }                                                                         \
    };
// The narrowing moves (XTN, SQXTN ...) are narrowing shifts by 0.
VECTOR_SHIFT(Right, shift_right(n, amount))
VECTOR_SHIFT(RightRounded, shift_right_rounded(n, amount))
VECTOR_SHIFT(RightAdd, wrapping_add(d, shift_right(n, amount)))
VECTOR_SHIFT(RightRoundedAdd, wrapping_add(d, shift_right_rounded(n, amount)))
VECTOR_SHIFT(Left, shift_left(n, amount))
// The bits that are shifted in are those of d.
VECTOR_SHIFT(LeftInsert, shift_left(n, amount) | (d & ~shift_left(static_cast<T>(-1), amount)))
VECTOR_SHIFT(RightInsert, shift_right(n, amount) | (d & ~shift_right(static_cast<T>(-1), amount)))

struct LeftSaturating {
    template <class T>
    EXEC_INLINE static T apply(T n, unsigned amount, bool& saturated) {
        return saturating_shift_left(n, amount, saturated);
    }
};
// The result is unsigned. Arm: SQSHLU.
struct LeftSaturatingUnsigned {
    template <class T>
    EXEC_INLINE static T apply(T n, unsigned amount, bool& saturated) {
        if (n >= 0) return static_cast<T>(saturating_shift_left(static_cast<Unsigned<T>>(n), amount, saturated));
        saturated = true;
        return 0;
    }
};

}  // namespace

namespace bodies {

const VectorBodies SSHR_vec_B = signed_bhsd<Shift, Right>();
const VectorBodies USHR_vec_B = unsigned_bhsd<Shift, Right>();
const VectorBodies SRSHR_vec_B = signed_bhsd<Shift, RightRounded>();
const VectorBodies URSHR_vec_B = unsigned_bhsd<Shift, RightRounded>();
const VectorBodies SSRA_vec_B = signed_bhsd<Shift, RightAdd>();
const VectorBodies USRA_vec_B = unsigned_bhsd<Shift, RightAdd>();
const VectorBodies SRSRA_vec_B = signed_bhsd<Shift, RightRoundedAdd>();
const VectorBodies URSRA_vec_B = unsigned_bhsd<Shift, RightRoundedAdd>();
const VectorBodies SHL_vec_B = unsigned_bhsd<Shift, Left>();
const VectorBodies SLI_vec_B = unsigned_bhsd<Shift, LeftInsert>();
const VectorBodies SRI_vec_B = unsigned_bhsd<Shift, RightInsert>();
const VectorBodies SQSHL_imm_vec_B = signed_bhsd<ShiftSaturating, LeftSaturating>();
const VectorBodies UQSHL_imm_vec_B = unsigned_bhsd<ShiftSaturating, LeftSaturating>();
const VectorBodies SQSHLU_vec_B = signed_bhsd<ShiftSaturating, LeftSaturatingUnsigned>();
const VectorBodies SSHLL_vec_B = signed_bhs<ShiftLong, void>();
const VectorBodies USHLL_vec_B = unsigned_bhs<ShiftLong, void>();
const VectorBodies SHRN_vec_B = unsigned_bhs<ShiftNarrow, Right>();
const VectorBodies RSHRN_vec_B = unsigned_bhs<ShiftNarrow, RightRounded>();
const VectorBodies SQSHRN_vec_B = signed_bhs<SaturatingFrom<Wider>::ShiftNarrow, Right>();
const VectorBodies SQRSHRN_vec_B = signed_bhs<SaturatingFrom<Wider>::ShiftNarrow, RightRounded>();
const VectorBodies UQSHRN_vec_B = unsigned_bhs<SaturatingFrom<Wider>::ShiftNarrow, Right>();
const VectorBodies UQRSHRN_vec_B = unsigned_bhs<SaturatingFrom<Wider>::ShiftNarrow, RightRounded>();
const VectorBodies SQSHRUN_vec_B = unsigned_bhs<SaturatingFrom<SignedWider>::ShiftNarrow, Right>();
const VectorBodies SQRSHRUN_vec_B = unsigned_bhs<SaturatingFrom<SignedWider>::ShiftNarrow, RightRounded>();

}  // namespace bodies

}  // namespace emu::exec
