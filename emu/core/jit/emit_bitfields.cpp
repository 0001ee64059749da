// Shifts, bitfields, extraction, and reversals and counts of bits.
#include "emu/core/jit/translator.h"

namespace emu::jit {

using Xbyak::Reg;
using Xbyak::Reg64;

namespace {

// As the handlers: left by op.shift, then right by op.option.
template <bool Signed, bool Wide>
void shift_field(Translator& t, const DecodedOp& op) {
    const unsigned width = Wide ? 64 : 32;
    const Reg64 to = t.result(op.rd, t.rax);
    const Reg r = t.sized(to, Wide);
    if (op.shift == op.option && width - op.shift == 32 && Wide) {
        if (Signed) t.movsxd(to, t.source(op.rn, false));
        else t.mov(to.cvt32(), t.source(op.rn, false));
        return t.put(op.rd, to);
    }
    if (op.shift == op.option && (width - op.shift == 8 || width - op.shift == 16)) {
        t.extend_low(r, op.rn, width - op.shift, Signed);
        return t.put(op.rd, to);
    }
    t.clobber_flags();
    if (!t.same_host(op.rd, op.rn)) t.mov(r, t.source(op.rn, Wide));
    if (op.shift != 0) t.shl(r, op.shift);
    if (op.option != 0) Signed ? t.sar(r, op.option) : t.shr(r, op.option);
    if (op.shift == 0 && op.option == 0 && !Wide) t.mov(r, r);
    t.put(op.rd, to);
}

template <bool Wide>
void insert_field(Translator& t, const DecodedOp& op) {
    t.clobber_flags();
    const Reg field = t.sized(t.rax, Wide);
    const Reg mask = t.sized(t.rcx, Wide);
    const Reg kept = t.sized(t.rdx, Wide);
    t.mov(field, t.source(op.rn, Wide));
    if (op.shift != 0) t.ror(field, op.shift);
    t.load_constant(t.rcx, op.imm);
    t.mov(kept, t.source(op.ra, Wide));
    // (field ^ kept) & mask ^ kept
    t.xor_(field, kept);
    t.and_(field, mask);
    t.xor_(field, kept);
    t.put(op.rd, t.rax);
}

template <bool Wide>
void extract(Translator& t, const DecodedOp& op) {
    t.clobber_flags();
    const Reg low = t.sized(t.rax, Wide);
    t.mov(low, t.source(op.rm, Wide));
    if (op.rn == op.rm) {
        t.ror(low, op.shift);
    } else {
        t.mov(t.sized(t.rcx, Wide), t.source(op.rn, Wide));
        t.shrd(low, t.sized(t.rcx, Wide), op.shift);
    }
    if (!Wide) t.mov(low, low);
    t.put(op.rd, t.rax);
}

enum class Variable : u8 { Left, Right, Arithmetic, Rotate };
// Amounts count modulo the width, as the host's do.
template <Variable V, bool Wide>
void variable_shift(Translator& t, const DecodedOp& op) {
    t.clobber_flags();
    const Reg r = t.sized(t.rax, Wide);
    t.mov(t.ecx, t.source(op.rm, false));
    t.mov(r, t.source(op.rn, Wide));
    if (V == Variable::Left) t.shl(r, t.cl);
    if (V == Variable::Right) t.shr(r, t.cl);
    if (V == Variable::Arithmetic) t.sar(r, t.cl);
    if (V == Variable::Rotate) t.ror(r, t.cl);
    // A 32-bit shift by zero leaves the upper half, which the move before it has cleared.
    t.put(op.rd, t.rax);
}

template <bool Wide>
void reverse_bytes(Translator& t, const DecodedOp& op) {
    const Reg64 to = t.result(op.rd, t.rax);
    if (!t.same_host(op.rd, op.rn)) t.mov(t.sized(to, Wide), t.source(op.rn, Wide));
    if (Wide) t.bswap(to);
    else t.bswap(to.cvt32());
    t.put(op.rd, to);
}
void reverse_words(Translator& t, const DecodedOp& op) {
    t.clobber_flags();
    t.mov(t.rax, t.source(op.rn, true));
    t.bswap(t.rax);
    t.rol(t.rax, 32);
    t.put(op.rd, t.rax);
}

// Swaps neighbouring groups of `bits` in rax, of those under `mask`.
void swap_groups(Translator& t, bool wide, u64 mask, int bits) {
    const Reg a = t.sized(t.rax, wide);
    const Reg b = t.sized(t.rcx, wide);
    t.load_constant(t.rdx, wide ? mask : mask & 0xffff'ffff);
    t.mov(b, a);
    t.shr(b, bits);
    t.and_(a, t.sized(t.rdx, wide));
    t.and_(b, t.sized(t.rdx, wide));
    t.shl(a, bits);
    t.or_(a, b);
}
template <bool Wide>
void reverse_halfwords(Translator& t, const DecodedOp& op) {
    t.clobber_flags();
    t.mov(t.sized(t.rax, Wide), t.source(op.rn, Wide));
    swap_groups(t, Wide, 0x00ff'00ff'00ff'00ff, 8);
    t.put(op.rd, t.rax);
}
template <bool Wide>
void reverse_bits(Translator& t, const DecodedOp& op) {
    t.clobber_flags();
    t.mov(t.sized(t.rax, Wide), t.source(op.rn, Wide));
    if (Wide) t.bswap(t.rax);
    else t.bswap(t.eax);
    swap_groups(t, Wide, 0x0f0f'0f0f'0f0f'0f0f, 4);
    swap_groups(t, Wide, 0x3333'3333'3333'3333, 2);
    swap_groups(t, Wide, 0x5555'5555'5555'5555, 1);
    t.put(op.rd, t.rax);
}

template <bool Wide>
void count_zeros(Translator& t, const DecodedOp& op) {
    t.clobber_flags();
    t.lzcnt(t.sized(t.rax, Wide), t.source(op.rn, Wide));
    t.put(op.rd, t.rax);
}
template <bool Wide>
void count_signs(Translator& t, const DecodedOp& op) {
    t.clobber_flags();
    const Reg a = t.sized(t.rax, Wide);
    const Reg b = t.sized(t.rcx, Wide);
    t.mov(a, t.source(op.rn, Wide));
    t.mov(b, a);
    t.add(b, b);
    t.xor_(a, b);
    t.or_(a, 1);
    t.lzcnt(a, a);
    t.put(op.rd, t.rax);
}

// The host's CRC32 instruction has the polynomial of CRC32C.
template <int Bits>
void crc32c(Translator& t, const DecodedOp& op) {
    t.mov(t.eax, t.source(op.rn, false));
    t.mov(t.rcx, t.source(op.rm, true));
    if (Bits == 8) t.crc32(t.eax, t.cl);
    if (Bits == 16) t.crc32(t.eax, t.cx);
    if (Bits == 32) t.crc32(t.eax, t.ecx);
    if (Bits == 64) t.crc32(t.rax, t.rcx);
    t.put(op.rd, t.rax);
}

}  // namespace

void add_bitfields(RowTable& table) {
#define BOTH(name, function, ...)                                                   \
    table.data(Encoding::name##_32, &function<__VA_ARGS__ __VA_OPT__(, ) false>);  \
    table.data(Encoding::name##_64, &function<__VA_ARGS__ __VA_OPT__(, ) true>)
    BOTH(SBFM, shift_field, true);
    BOTH(UBFM, shift_field, false);
    BOTH(BFM, insert_field);
    BOTH(EXTR, extract);
    BOTH(LSLV, variable_shift, Variable::Left);
    BOTH(LSRV, variable_shift, Variable::Right);
    BOTH(ASRV, variable_shift, Variable::Arithmetic);
    BOTH(RORV, variable_shift, Variable::Rotate);
    BOTH(REV, reverse_bytes);
    BOTH(REV16, reverse_halfwords);
    BOTH(RBIT, reverse_bits);
    BOTH(CLZ, count_zeros);
    BOTH(CLS, count_signs);
#undef BOTH
    table.data(Encoding::REV32_64, &reverse_words);
    table.data(Encoding::CRC32CB, &crc32c<8>);
    table.data(Encoding::CRC32CH, &crc32c<16>);
    table.data(Encoding::CRC32CW, &crc32c<32>);
    table.data(Encoding::CRC32CX, &crc32c<64>);
}

}  // namespace emu::jit
