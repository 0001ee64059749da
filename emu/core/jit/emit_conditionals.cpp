// Conditional selects and compares. Nothing here but the compares changes the host's flags.
#include "emu/core/jit/translator.h"

namespace emu::jit {

using Xbyak::Reg;
using Xbyak::Reg64;

namespace {

constexpr u8 kAlways = 14;  // and 15

// rcx = rm, inverted and incremented as the row says.
template <bool Invert, bool Increment, bool Wide>
void load_alternative(Translator& t, const DecodedOp& op) {
    const Reg r = t.sized(t.rcx, Wide);
    t.mov(r, t.source(op.rm, Wide));
    if (Invert) t.not_(r);
    if (Increment) t.lea(r, t.ptr[t.rcx + 1]);
}

template <bool Invert, bool Increment, bool Wide>
void select(Translator& t, const DecodedOp& op) {
    if (op.option >= kAlways) {
        t.mov(t.sized(t.rcx, Wide), t.source(op.rn, Wide));
        return t.put(op.rd, t.rcx);
    }
    const HostCondition holds = t.condition(op.option);
    if (op.rn == kRegZero && op.rm == kRegZero && Increment && !Invert) {  // CSET
        t.set_if(inverse(holds), t.al);
        t.movzx(t.eax, t.al);
        return t.put(op.rd, t.rax);
    }
    load_alternative<Invert, Increment, Wide>(t, op);
    t.move_if(holds, t.sized(t.rcx, Wide), t.source(op.rn, Wide));
    t.put(op.rd, t.rcx);
}

// Host flags from the four literal ones.
void load_literal_flags(Translator& t, unsigned nzcv, bool inverted_carry) {
    const bool n = (nzcv & 8) != 0, z = (nzcv & 4) != 0, c = (nzcv & 2) != 0, v = (nzcv & 1) != 0;
    const u32 ah = u32{n} << 7 | u32{z} << 6 | u32{c != inverted_carry};
    t.mov(t.eax, ah << 8 | u32{v});
    t.add(t.al, 0x7f);  // sets OF if al is 1
    t.sahf();
}

template <bool Add, bool Immediate, bool Wide>
void compare_if(Translator& t, const DecodedOp& op) {
    if (!t.flags_needed(op)) return t.clobber_flags();
    Xbyak::Label literal, done;
    const bool conditional = op.option < kAlways;
    if (conditional) {
        const HostCondition holds = t.condition(op.option);
        t.jump_if(inverse(holds), literal);
    }
    const Reg a = t.sized(t.rcx, Wide);
    t.mov(a, t.source(op.rn, Wide));
    if (Immediate) Add ? t.add(a, static_cast<u32>(op.imm)) : t.cmp(a, static_cast<u32>(op.imm));
    else Add ? t.add(a, t.source(op.rm, Wide)) : t.cmp(a, t.source(op.rm, Wide));
    if (conditional) {
        t.jmp(done, t.T_NEAR);
        t.L(literal);
        load_literal_flags(t, op.shift, !Add);
        t.L(done);
    }
    t.flags_set(Add ? FlagForm::Straight : FlagForm::Inverted);
}

}  // namespace

void add_conditionals(RowTable& table) {
#define BOTH(name, function, ...)                                      \
    table.data(Encoding::name##_32, &function<__VA_ARGS__, false>);   \
    table.data(Encoding::name##_64, &function<__VA_ARGS__, true>)
    BOTH(CSEL, select, false, false);
    BOTH(CSINC, select, false, true);
    BOTH(CSINV, select, true, false);
    BOTH(CSNEG, select, true, true);
    BOTH(CCMN_reg, compare_if, true, false);
    BOTH(CCMN_imm, compare_if, true, true);
    BOTH(CCMP_reg, compare_if, false, false);
    BOTH(CCMP_imm, compare_if, false, true);
#undef BOTH
}

}  // namespace emu::jit
