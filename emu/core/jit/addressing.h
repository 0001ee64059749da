// Addresses of loads and stores, and what becomes of the base register (see exec/memory_shapes.h).
#pragma once

#include "emu/core/jit/translator.h"

namespace emu::jit {

enum class Form : u8 { Offset, Register, Pre, Post };

// rcx = the address.
template <Form F>
inline void load_address(Translator& t, const DecodedOp& op) {
    const Xbyak::Reg64 base = t.x(op.rn, t.rcx);
    if (F == Form::Register) {
        t.load_extended(t.rdx, op);
        if (op.shift <= 3) return t.lea(t.rcx, t.ptr[base + t.rdx * (1 << op.shift)]);
        t.shl(t.rdx, op.shift);
        return t.lea(t.rcx, t.ptr[base + t.rdx]);
    }
    const u64 displacement = F == Form::Post ? 0 : op.imm;
    if (displacement != 0) t.lea(t.rcx, t.ptr[base + displacement]);
    else if (base.getIdx() != t.rcx.getIdx()) t.mov(t.rcx, base);
}
template <Form F>
inline void write_back(Translator& t, const DecodedOp& op) {
    if (F != Form::Pre && F != Form::Post) return;
    const bool was_checked = t.sp_is_checked();
    const Xbyak::Reg64 base = t.x(op.rn, t.rax);
    t.lea(base, t.ptr[base + op.imm]);
    t.put(op.rn, base);
    if (op.rn == kRegSp && op.imm % 16 == 0) t.set_sp_checked(was_checked);
}

}  // namespace emu::jit
