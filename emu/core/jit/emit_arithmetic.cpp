// Addition, subtraction and logic, with immediate, shifted and extended operands; moves and addresses.
#include "emu/core/jit/translator.h"

namespace emu::jit {

using Xbyak::Operand;
using Xbyak::Reg;
using Xbyak::Reg64;

namespace {

enum class Alu : u8 { Add, Sub, And, Or, Xor };
enum class Shift : u8 { Lsl, Lsr, Asr, Ror };

[[nodiscard]] constexpr bool commutes(Alu a) { return a != Alu::Sub; }
[[nodiscard]] bool fits_int32(u64 value) { return static_cast<u64>(static_cast<i64>(static_cast<std::int32_t>(value))) == value; }

void apply(Translator& t, Alu alu, const Reg& to, const Operand& b) {
    switch (alu) {
        case Alu::Add: return t.add(to, b);
        case Alu::Sub: return t.sub(to, b);
        case Alu::And: return t.and_(to, b);
        case Alu::Or: return t.or_(to, b);
        case Alu::Xor: return t.xor_(to, b);
    }
}
void apply(Translator& t, Alu alu, const Reg& to, u32 imm) {
    switch (alu) {
        case Alu::Add: return t.add(to, imm);
        case Alu::Sub: return t.sub(to, imm);
        case Alu::And: return t.and_(to, imm);
        case Alu::Or: return t.or_(to, imm);
        case Alu::Xor: return t.xor_(to, imm);
    }
}
void note_flags(Translator& t, Alu alu) { t.flags_set(alu == Alu::Sub ? FlagForm::Inverted : FlagForm::Straight); }

// A comparison: only the flags are wanted.
template <class B>
void compare(Translator& t, const DecodedOp& op, Alu alu, bool wide, const B& b) {
    if (!t.flags_needed(op)) return;
    if (alu == Alu::Add) {
        t.mov(t.sized(t.rax, wide), t.source(op.rn, wide));
        apply(t, alu, t.sized(t.rax, wide), b);
        return note_flags(t, alu);
    }
    const Reg a = t.sized(t.x(op.rn, t.rax), wide);
    if (alu == Alu::Sub) t.cmp(a, b);
    else if constexpr (std::is_same_v<B, u32>) t.test(a, b);
    else t.test(b, a);
    note_flags(t, alu);
}

// rd = rn op b, where b is not the register of rd.
template <class B>
void compute(Translator& t, const DecodedOp& op, Alu alu, bool wide, bool flags, const B& b) {
    t.clobber_flags();
    if (flags && op.rd == kRegDiscard) return compare(t, op, alu, wide, b);
    const Reg64 to = t.result(op.rd, t.rax);
    if (!t.same_host(op.rd, op.rn)) t.mov(t.sized(to, wide), t.source(op.rn, wide));
    apply(t, alu, t.sized(to, wide), b);
    if (flags) note_flags(t, alu);
    t.put(op.rd, to);
}

// rd = rn op rm, any of which may be the same.
void compute_registers(Translator& t, const DecodedOp& op, Alu alu, bool wide, bool flags) {
    if (!t.same_host(op.rd, op.rm) || op.rd == op.rn) return compute(t, op, alu, wide, flags, t.source(op.rm, wide));
    t.clobber_flags();
    const Reg64 to = t.result(op.rd, t.rax);
    if (commutes(alu)) {
        apply(t, alu, t.sized(to, wide), t.source(op.rn, wide));
    } else {
        t.mov(t.sized(t.rax, wide), t.source(op.rn, wide));
        apply(t, alu, t.sized(t.rax, wide), t.sized(to, wide));
        t.mov(to, t.rax);
    }
    if (flags) note_flags(t, alu);
    t.put(op.rd, to);
}

template <Alu A, bool Flags, bool Wide>
void immediate(Translator& t, const DecodedOp& op) {
    const u64 value = Wide ? op.imm : static_cast<u64>(static_cast<i64>(static_cast<std::int32_t>(op.imm)));
    if (fits_int32(value)) return compute(t, op, A, Wide, Flags, static_cast<u32>(value));
    t.load_constant(t.rcx, value);
    compute(t, op, A, Wide, Flags, static_cast<const Operand&>(t.sized(t.rcx, Wide)));
}

// Keeps the flags.
template <bool Subtract, bool Wide>
void add_immediate(Translator& t, const DecodedOp& op) {
    const bool sp_stays_aligned = op.rn == kRegSp && op.imm % 16 == 0;
    const bool was_checked = t.sp_is_checked();
    const Reg64 to = t.result(op.rd, t.rax);
    t.lea(t.sized(to, Wide), t.ptr[t.x(op.rn, t.rax) + (Subtract ? u64{0} - op.imm : op.imm)]);
    t.put(op.rd, to);
    if (op.rd == kRegSp && sp_stays_aligned) t.set_sp_checked(was_checked);
}

template <Shift S>
void shift_by(Translator& t, const Reg& r, unsigned amount) {
    const auto n = static_cast<int>(amount);
    if (S == Shift::Lsl) t.shl(r, n);
    if (S == Shift::Lsr) t.shr(r, n);
    if (S == Shift::Asr) t.sar(r, n);
    if (S == Shift::Ror) t.ror(r, n);
}
// rcx = rm, shifted.
template <Shift S, bool Wide>
void load_shifted(Translator& t, const DecodedOp& op) {
    t.clobber_flags();
    t.mov(t.sized(t.rcx, Wide), t.source(op.rm, Wide));
    if (op.shift != 0) shift_by<S>(t, t.sized(t.rcx, Wide), op.shift);
}

template <bool Wide>
void move(Translator& t, const DecodedOp& op) {
    const Reg64 to = t.result(op.rd, t.rax);
    t.mov(t.sized(to, Wide), t.source(op.rm, Wide));
    t.put(op.rd, to);
}

template <Alu A, bool Flags, bool Wide, Shift S>
void shifted(Translator& t, const DecodedOp& op) {
    if (A == Alu::Or && op.rn == kRegZero && op.shift == 0) return move<Wide>(t, op);
    if (A == Alu::Add && !Flags && S == Shift::Lsl && op.shift <= 3) {
        const Reg64 to = t.result(op.rd, t.rax);
        const Reg64 a = t.x(op.rn, t.rax);
        t.lea(t.sized(to, Wide), t.ptr[a + t.x(op.rm, t.rcx) * (1 << op.shift)]);
        return t.put(op.rd, to);
    }
    if (op.shift == 0) return compute_registers(t, op, A, Wide, Flags);
    load_shifted<S, Wide>(t, op);
    compute(t, op, A, Wide, Flags, static_cast<const Operand&>(t.sized(t.rcx, Wide)));
}
// With rm inverted: BIC, ORN, EON.
template <Alu A, bool Flags, bool Wide, Shift S>
void inverted(Translator& t, const DecodedOp& op) {
    load_shifted<S, Wide>(t, op);
    t.not_(t.sized(t.rcx, Wide));
    if (A != Alu::Or || op.rn != kRegZero) return compute(t, op, A, Wide, Flags, static_cast<const Operand&>(t.sized(t.rcx, Wide)));
    t.put(op.rd, t.rcx);
}

template <Alu A, bool Flags, bool Wide>
void extended(Translator& t, const DecodedOp& op) {
    t.load_extended(t.rcx, op);
    if (op.shift != 0) {
        t.clobber_flags();
        t.shl(t.rcx, op.shift);
    }
    compute(t, op, A, Wide, Flags, static_cast<const Operand&>(t.sized(t.rcx, Wide)));
}

// rn + rm + C, or rn - rm - !C.
template <bool Subtract, bool Flags, bool Wide>
void with_carry(Translator& t, const DecodedOp& op) {
    t.carry_to_cf(Subtract);
    const Reg a = t.sized(t.rcx, Wide);
    t.mov(a, t.source(op.rn, Wide));
    if (Subtract) t.sbb(a, t.source(op.rm, Wide));
    else t.adc(a, t.source(op.rm, Wide));
    if (Flags) note_flags(t, Subtract ? Alu::Sub : Alu::Add);
    t.put(op.rd, t.rcx);
}

void move_value(Translator& t, const DecodedOp& op) {
    const Reg64 to = t.result(op.rd, t.rax);
    t.load_constant(to, op.imm);
    t.put(op.rd, to);
}
template <bool Wide>
void move_keep(Translator& t, const DecodedOp& op) {
    const Reg64 to = t.result(op.rd, t.rax);
    const u64 mask = ~(u64{0xffff} << op.shift);
    if (op.shift != 0) t.clobber_flags();
    if (!t.same_host(op.rd, op.ra)) t.mov(t.sized(to, Wide), t.source(op.ra, Wide));
    if (op.shift == 0) {
        if (!Wide) t.mov(to.cvt32(), to.cvt32());
        t.mov(to.cvt16(), static_cast<u32>(op.imm));
    } else if (!Wide) {
        t.and_(to.cvt32(), static_cast<u32>(mask));
        t.or_(to.cvt32(), static_cast<u32>(op.imm));
    } else {
        t.load_constant(t.rcx, mask);
        t.and_(to, t.rcx);
        t.load_constant(t.rcx, op.imm);
        t.or_(to, t.rcx);
    }
    t.put(op.rd, to);
}

void address(Translator& t, const DecodedOp& op) {
    const Reg64 to = t.result(op.rd, t.rax);
    t.load_pc(to, op.page_offset + op.imm);
    t.put(op.rd, to);
}
void page_address(Translator& t, const DecodedOp& op) {
    const Reg64 to = t.result(op.rd, t.rax);
    t.load_pc(to, op.imm);
    t.put(op.rd, to);
}

}  // namespace

void add_arithmetic(RowTable& table) {
#define BOTH(name, function, ...)                                                   \
    table.data(Encoding::name##_32, &function<__VA_ARGS__ __VA_OPT__(, ) false>);  \
    table.data(Encoding::name##_64, &function<__VA_ARGS__ __VA_OPT__(, ) true>)
#define SHIFT(name, function, type, alu, flags)                                             \
    table.data(Encoding::name##_32, &function<Alu::alu, flags, false, Shift::type>);        \
    table.data(Encoding::name##_64, &function<Alu::alu, flags, true, Shift::type>)
#define SHIFTS(name, function, alu, flags)                \
    SHIFT(name##_LSL, function, Lsl, alu, flags);         \
    SHIFT(name##_LSR, function, Lsr, alu, flags);         \
    SHIFT(name##_ASR, function, Asr, alu, flags)
#define SHIFTS_ROR(name, function, alu, flags)            \
    SHIFTS(name, function, alu, flags);                   \
    SHIFT(name##_ROR, function, Ror, alu, flags)
    BOTH(ADD_imm, add_immediate, false);
    BOTH(SUB_imm, add_immediate, true);
    BOTH(ADDS_imm, immediate, Alu::Add, true);
    BOTH(SUBS_imm, immediate, Alu::Sub, true);
    BOTH(AND_imm, immediate, Alu::And, false);
    BOTH(ORR_imm, immediate, Alu::Or, false);
    BOTH(EOR_imm, immediate, Alu::Xor, false);
    BOTH(ANDS_imm, immediate, Alu::And, true);
    SHIFTS(ADD, shifted, Add, false);
    SHIFTS(SUB, shifted, Sub, false);
    SHIFTS(ADDS, shifted, Add, true);
    SHIFTS(SUBS, shifted, Sub, true);
    SHIFTS_ROR(AND, shifted, And, false);
    SHIFTS_ROR(ORR, shifted, Or, false);
    SHIFTS_ROR(EOR, shifted, Xor, false);
    SHIFTS_ROR(ANDS, shifted, And, true);
    SHIFTS_ROR(BIC, inverted, And, false);
    SHIFTS_ROR(ORN, inverted, Or, false);
    SHIFTS_ROR(EON, inverted, Xor, false);
    SHIFTS_ROR(BICS, inverted, And, true);
    BOTH(ADD_ext, extended, Alu::Add, false);
    BOTH(SUB_ext, extended, Alu::Sub, false);
    BOTH(ADDS_ext, extended, Alu::Add, true);
    BOTH(SUBS_ext, extended, Alu::Sub, true);
    BOTH(ADC, with_carry, false, false);
    BOTH(ADCS, with_carry, false, true);
    BOTH(SBC, with_carry, true, false);
    BOTH(SBCS, with_carry, true, true);
    BOTH(MOVK, move_keep);
    table.data(Encoding::MOVZ_32, &move_value);
    table.data(Encoding::MOVZ_64, &move_value);
    table.data(Encoding::ADR, &address);
    table.data(Encoding::ADRP, &page_address);
#undef BOTH
#undef SHIFT
#undef SHIFTS
#undef SHIFTS_ROR
}

}  // namespace emu::jit
