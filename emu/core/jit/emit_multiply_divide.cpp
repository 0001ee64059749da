// Multiplication and division.
#include "emu/core/jit/translator.h"

namespace emu::jit {

using Xbyak::Reg;

namespace {

// rax = the product, addend put to it.
void add_product(Translator& t, const DecodedOp& op, bool wide, bool subtract) {
    const Reg product = t.sized(t.rax, wide);
    if (subtract) {
        t.neg(product);
        t.add(product, t.source(op.ra, wide));
    } else if (op.ra != kRegZero) {
        t.add(product, t.source(op.ra, wide));
    }
    t.put(op.rd, t.rax);
}
template <bool Subtract, bool Wide>
void multiply(Translator& t, const DecodedOp& op) {
    t.clobber_flags();
    t.mov(t.sized(t.rax, Wide), t.source(op.rn, Wide));
    t.imul(t.sized(t.rax, Wide), t.source(op.rm, Wide));
    add_product(t, op, Wide, Subtract);
}
// 32-bit factors, 64-bit product.
template <bool Subtract, bool Signed>
void multiply_long(Translator& t, const DecodedOp& op) {
    t.clobber_flags();
    if (Signed) {
        t.movsxd(t.rax, t.source(op.rn, false));
        t.movsxd(t.rcx, t.source(op.rm, false));
    } else {
        t.mov(t.eax, t.source(op.rn, false));
        t.mov(t.ecx, t.source(op.rm, false));
    }
    t.imul(t.rax, t.rcx);
    add_product(t, op, true, Subtract);
}
template <bool Signed>
void multiply_high(Translator& t, const DecodedOp& op) {
    t.clobber_flags();
    t.mov(t.rax, t.source(op.rn, true));
    if (Signed) t.imul(t.source(op.rm, true));
    else t.mul(t.source(op.rm, true));
    t.put(op.rd, t.rdx);
}

// By zero gives zero; the most negative number by -1 gives itself, where the host would trap.
template <bool Signed, bool Wide>
void divide(Translator& t, const DecodedOp& op) {
    t.clobber_flags();
    const Reg quotient = t.sized(t.rax, Wide);
    const Reg divisor = t.sized(t.rcx, Wide);
    Xbyak::Label zero, minus_one, done;
    t.mov(divisor, t.source(op.rm, Wide));
    t.mov(quotient, t.source(op.rn, Wide));
    t.test(divisor, divisor);
    t.jz(zero, t.T_NEAR);
    if (Signed) {
        t.cmp(divisor, u32{0xffff'ffff});
        t.je(minus_one, t.T_NEAR);
        Wide ? t.cqo() : t.cdq();
        t.idiv(divisor);
    } else {
        t.xor_(t.edx, t.edx);
        t.div(divisor);
    }
    t.jmp(done, t.T_NEAR);
    if (Signed) {
        t.L(minus_one);
        t.neg(quotient);
        t.jmp(done, t.T_NEAR);
    }
    t.L(zero);
    t.xor_(t.eax, t.eax);
    t.L(done);
    t.put(op.rd, t.rax);
}

}  // namespace

void add_multiply_divide(RowTable& table) {
    table.data(Encoding::MADD_32, &multiply<false, false>);
    table.data(Encoding::MADD_64, &multiply<false, true>);
    table.data(Encoding::MSUB_32, &multiply<true, false>);
    table.data(Encoding::MSUB_64, &multiply<true, true>);
    table.data(Encoding::SMADDL, &multiply_long<false, true>);
    table.data(Encoding::SMSUBL, &multiply_long<true, true>);
    table.data(Encoding::UMADDL, &multiply_long<false, false>);
    table.data(Encoding::UMSUBL, &multiply_long<true, false>);
    table.data(Encoding::SMULH, &multiply_high<true>);
    table.data(Encoding::UMULH, &multiply_high<false>);
    table.data(Encoding::UDIV_32, &divide<false, false>);
    table.data(Encoding::UDIV_64, &divide<false, true>);
    table.data(Encoding::SDIV_32, &divide<true, false>);
    table.data(Encoding::SDIV_64, &divide<true, true>);
}

}  // namespace emu::jit
