// Operands of the cryptographic extensions: whole V registers. The `Update` forms read the destination too.
#pragma once

#include "emu/isa/operands_data.h"
#include "emu/isa/operands_vector.h"

namespace emu::operands {

using imm2_lane = At<FieldId::imm2, 12>;

// Vd = f(Vn)
struct CryptoUnary {
    using Fields = Reads<Rn, Rd>;
    static bool fill(u32 word, DecodedOp& op) {
        op.rn = v_source(op, Rn::get(word));
        op.rd = v_result(op, Rd::get(word));
        return true;
    }
};
// Vd = f(Vd, Vn)
struct CryptoUpdate {
    using Fields = Reads<Rn, Rd>;
    static bool fill(u32 word, DecodedOp& op) {
        (void)v_source(op, Rd::get(word));
        return CryptoUnary::fill(word, op);
    }
};
// Vd = f(Vn, Vm)
struct CryptoBinary {
    using Fields = Reads<Rm, Rn, Rd>;
    static bool fill(u32 word, DecodedOp& op) {
        op.rm = v_source(op, Rm::get(word));
        return CryptoUnary::fill(word, op);
    }
};
// Vd = f(Vd, Vn, Vm)
struct CryptoUpdate2 {
    using Fields = Reads<Rm, Rn, Rd>;
    static bool fill(u32 word, DecodedOp& op) {
        op.rm = v_source(op, Rm::get(word));
        return CryptoUpdate::fill(word, op);
    }
};
// As CryptoUpdate2; imm: the word of Vm that is used.
struct CryptoUpdate2At {
    using Fields = Reads<Rm, imm2_lane, Rn, Rd>;
    static bool fill(u32 word, DecodedOp& op) {
        op.imm = imm2_lane::get(word);
        return CryptoUpdate2::fill(word, op);
    }
};
// As CryptoBinary; imm: the rotation.
struct CryptoBinaryImm {
    using Fields = Reads<Rm, imm6, Rn, Rd>;
    static bool fill(u32 word, DecodedOp& op) {
        op.imm = imm6::get(word);
        return CryptoBinary::fill(word, op);
    }
};
// Vd = f(Vn, Vm, Va)
struct CryptoTernary {
    using Fields = Reads<Rm, Ra, Rn, Rd>;
    static bool fill(u32 word, DecodedOp& op) {
        op.ra = v_source(op, Ra::get(word));
        return CryptoBinary::fill(word, op);
    }
};

}  // namespace emu::operands
