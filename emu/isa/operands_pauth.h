// Operands of pointer authentication.
#pragma once

#include "emu/isa/operands_memory.h"

namespace emu::operands {

// PACIA and the like: rd the pointer, read and written; rn the modifier, which may be SP.
struct AuthRegister {
    using Fields = Reads<Rn, Rd>;
    static bool fill(u32 word, DecodedOp& op) {
        op.rn = source_or_sp(op, Rn::get(word));
        op.rm = source(op, Rd::get(word));
        op.rd = result(op, Rd::get(word));
        return true;
    }
};
// The same with a modifier of zero.
struct AuthZero {
    using Fields = Reads<Rd>;
    static bool fill(u32 word, DecodedOp& op) {
        op.rn = kRegZero;
        op.rm = source(op, Rd::get(word));
        op.rd = result(op, Rd::get(word));
        return true;
    }
};
// PACGA: rn the data, rm the modifier, which may be SP.
struct AuthGeneric {
    using Fields = Reads<Rm, Rn, Rd>;
    static bool fill(u32 word, DecodedOp& op) {
        op.rn = source(op, Rn::get(word));
        op.rm = source_or_sp(op, Rm::get(word));
        op.rd = result(op, Rd::get(word));
        return true;
    }
};
using RmModifier = At<FieldId::Rm, 0>;
// BRAA: rn the target, rm the modifier, which may be SP; BRAAZ has none.
struct AuthBranch {
    using Fields = Reads<Rn, RmModifier>;
    static bool fill(u32 word, DecodedOp& op) {
        op.rn = source(op, Rn::get(word));
        op.rm = source_or_sp(op, RmModifier::get(word));
        return true;
    }
};
struct AuthBranchZero {
    using Fields = Reads<Rn>;
    static bool fill(u32 word, DecodedOp& op) {
        op.rn = source(op, Rn::get(word));
        op.rm = kRegZero;
        return true;
    }
};
// BLRAA: as the above, and X30 in rd.
template <class Branch>
struct AuthCall {
    using Fields = typename Branch::Fields;
    static bool fill(u32 word, DecodedOp& op) {
        op.rd = result(op, 30);
        return Branch::fill(word, op);
    }
};
using AuthBranchAndLink = AuthCall<AuthBranch>;
using AuthBranchAndLinkZero = AuthCall<AuthBranchZero>;
// RETAA: the target is X30, the modifier SP.
struct AuthReturn {
    using Fields = Reads<>;
    static bool fill(u32, DecodedOp& op) {
        op.rn = source(op, 30);
        op.rm = source_or_sp(op, 31);
        return true;
    }
};
// LDRAA: rn the base, imm the byte displacement; with write-back, the base is written with the address.
using S_sign = At<FieldId::S, 22>;
struct AuthLoad {
    using Fields = Reads<S_sign, imm9, Rn, Rt>;
    static bool fill(u32 word, DecodedOp& op) {
        const u64 units = u64{S_sign::get(word)} << 9 | imm9::get(word);
        op.imm = static_cast<u64>(arch::sign_extend(units, 10)) << 3;
        op.rn = source_or_sp(op, Rn::get(word));
        op.rd = result(op, Rt::get(word));
        return true;
    }
};
struct AuthLoadWriteback {
    using Fields = AuthLoad::Fields;
    static bool fill(u32 word, DecodedOp& op) {
        AuthLoad::fill(word, op);
        add_writeback(op);
        return true;
    }
};

}  // namespace emu::operands
