// Loads and stores of general registers, served by the memos of the L1 data TLB (mmu/host_tlb.h).
#include <cstddef>

#include "emu/core/jit/addressing.h"
#include "mmu/host_tlb.h"

namespace emu::jit {

using Xbyak::Reg64;
using Layout = mmu::HostTlbLayout;
static_assert(Layout::kMemoBytes == std::size_t{1} << kMemoShift);

// As HostTlb::hit. The handler serves what memos do not, and what is not aligned where it must be.
Translator::Detour& Translator::access(const DecodedOp& op, const Access& access) {
    Detour& d = detours_.emplace_back();
    d.op = &op;
    d.block = block_;
    d.reads = reads_;
    d.writes = writes_;
    const i64 tlb = around_.host_tlb[mode_.el];
    const i64 memos = tlb + static_cast<i64>(Layout::kDataMemos);
    const auto memo = [&](std::size_t member) { return qword[rbp + rdx + disp(memos) + member]; };

    if (op.rn == kRegSp) check_sp(d);
    if (access.element > 1 && (access.must_align || mode_.strict_alignment)) {
        test(cl, access.element - 1);
        jnz(d.begin, T_NEAR);
    }
    mov(rdx, rcx);
    shr(rdx, 12 - kMemoShift);
    and_(edx, around_.memo_index_mask << kMemoShift);
    lea(rax, ptr[rcx + (access.bytes - 1)]);  // the page of the last byte
    and_(rax, 0xffff'f000);  // sign-extended
    or_(rax, qword[rbp + disp(tlb) + Layout::kEpoch]);
    cmp(rax, memo(access.is_write ? Layout::kWriteTag : Layout::kTag));
    jne(d.begin, T_NEAR);
    mov(rax, memo(Layout::kSlot));
    add(rcx, memo(Layout::kAddend));
    mov(rdx, memo(Layout::kLife));
    cmp(rdx, qword[rax + offsetof(mmu::SlotUse, life)]);
    jne(d.begin, T_NEAR);
    inc(r12);
    mov(qword[rax + offsetof(mmu::SlotUse, stamp)], r12);
    and_(edx, static_cast<u32>(mmu::Life::ReachClass::kMask));
    inc(qword[rbp + rdx * 8 + disp(tlb) + Layout::kDataHits]);
    return d;
}

// A misaligned SP faults before anything else; it stays aligned while it changes by multiples of 16.
void Translator::check_sp(Detour& d) {
    if (sp_checked_ || mode_.sp_alignment_mask == 0) return;
    test(source(kRegSp, false), u32{mode_.sp_alignment_mask});
    jnz(d.begin, T_NEAR);
    sp_checked_ = true;
}

namespace {

// How a loaded value becomes a register.
enum class Extend : u8 { Zero, Sign32, Sign64 };

template <unsigned Bytes, Extend E>
void load_value(Translator& t, u8 slot, unsigned offset) {
    const Reg64 to = t.result(slot, t.rax);
    const auto place = t.rcx + offset;
    if (E == Extend::Zero) {
        if (Bytes == 1) t.movzx(to.cvt32(), t.byte[place]);
        if (Bytes == 2) t.movzx(to.cvt32(), t.word[place]);
        if (Bytes == 4) t.mov(to.cvt32(), t.dword[place]);
        if (Bytes == 8) t.mov(to, t.qword[place]);
    } else {
        const Xbyak::Reg r = t.sized(to, E == Extend::Sign64);
        if (Bytes == 1) t.movsx(r, t.byte[place]);
        if (Bytes == 2) t.movsx(r, t.word[place]);
        if (Bytes == 4) t.movsxd(to, t.dword[place]);
    }
    t.put(slot, to);
}
template <unsigned Bytes>
void store_value(Translator& t, u8 slot, unsigned offset) {
    const Reg64 from = t.x(slot, t.rax);
    const auto place = t.rcx + offset;
    if (Bytes == 1) t.mov(t.byte[place], from.cvt8());
    if (Bytes == 2) t.mov(t.word[place], from.cvt16());
    if (Bytes == 4) t.mov(t.dword[place], from.cvt32());
    if (Bytes == 8) t.mov(t.qword[place], from);
}

template <Form F, unsigned Bytes, Extend E, bool Ordered = false>
void load(Translator& t, const DecodedOp& op) {
    t.clobber_flags();
    load_address<F>(t, op);
    auto& detour = t.access(op, {Bytes, false, Bytes, Ordered});
    write_back<F>(t, op);
    load_value<Bytes, E>(t, op.rd, 0);
    t.L(detour.resume);
}
template <Form F, unsigned Bytes, bool Ordered = false>
void store(Translator& t, const DecodedOp& op) {
    t.clobber_flags();
    load_address<F>(t, op);
    auto& detour = t.access(op, {Bytes, true, Bytes, Ordered});
    store_value<Bytes>(t, op.rd, 0);
    write_back<F>(t, op);
    t.L(detour.resume);
}
template <Form F, unsigned Bytes, Extend E>
void load_pair(Translator& t, const DecodedOp& op) {
    t.clobber_flags();
    load_address<F>(t, op);
    auto& detour = t.access(op, {2 * Bytes, false, Bytes});
    // The base may be loaded as well, so it changes first.
    write_back<F>(t, op);
    load_value<Bytes, E>(t, op.rd, 0);
    load_value<Bytes, E>(t, op.ra, Bytes);
    t.L(detour.resume);
}
template <Form F, unsigned Bytes>
void store_pair(Translator& t, const DecodedOp& op) {
    t.clobber_flags();
    load_address<F>(t, op);
    auto& detour = t.access(op, {2 * Bytes, true, Bytes});
    store_value<Bytes>(t, op.rd, 0);
    store_value<Bytes>(t, op.ra, Bytes);
    write_back<F>(t, op);
    t.L(detour.resume);
}
template <unsigned Bytes, Extend E>
void load_literal(Translator& t, const DecodedOp& op) {
    t.clobber_flags();
    t.load_pc(t.rcx, op.page_offset + op.imm);
    auto& detour = t.access(op, {Bytes, false, Bytes});
    load_value<Bytes, E>(t, op.rd, 0);
    t.L(detour.resume);
}

}  // namespace

void add_loads_stores(RowTable& table) {
#define LOADS(stem, width, bytes, extend)                                                            \
    table.load(Encoding::stem##_imm##width, &load<Form::Offset, bytes, Extend::extend>);             \
    table.load(Encoding::stem##_reg##width, &load<Form::Register, bytes, Extend::extend>);           \
    table.load(Encoding::stem##_pre##width, &load<Form::Pre, bytes, Extend::extend>);                \
    table.load(Encoding::stem##_post##width, &load<Form::Post, bytes, Extend::extend>)
#define STORES(stem, width, bytes)                                                    \
    table.store(Encoding::stem##_imm##width, &store<Form::Offset, bytes>);            \
    table.store(Encoding::stem##_reg##width, &store<Form::Register, bytes>);          \
    table.store(Encoding::stem##_pre##width, &store<Form::Pre, bytes>);               \
    table.store(Encoding::stem##_post##width, &store<Form::Post, bytes>)
#define LOAD_PAIRS(stem, width, bytes, extend)                                                       \
    table.load(Encoding::stem##_off##width, &load_pair<Form::Offset, bytes, Extend::extend>);        \
    table.load(Encoding::stem##_pre##width, &load_pair<Form::Pre, bytes, Extend::extend>);           \
    table.load(Encoding::stem##_post##width, &load_pair<Form::Post, bytes, Extend::extend>)
#define STORE_PAIRS(stem, width, bytes)                                                \
    table.store(Encoding::stem##_off##width, &store_pair<Form::Offset, bytes>);        \
    table.store(Encoding::stem##_pre##width, &store_pair<Form::Pre, bytes>);           \
    table.store(Encoding::stem##_post##width, &store_pair<Form::Post, bytes>)
    LOADS(LDRB, , 1, Zero);
    LOADS(LDRH, , 2, Zero);
    LOADS(LDR, _32, 4, Zero);
    LOADS(LDR, _64, 8, Zero);
    LOADS(LDRSB, _32, 1, Sign32);
    LOADS(LDRSB, _64, 1, Sign64);
    LOADS(LDRSH, _32, 2, Sign32);
    LOADS(LDRSH, _64, 2, Sign64);
    LOADS(LDRSW, , 4, Sign64);
    STORES(STRB, , 1);
    STORES(STRH, , 2);
    STORES(STR, _32, 4);
    STORES(STR, _64, 8);
    LOAD_PAIRS(LDP, _32, 4, Zero);
    LOAD_PAIRS(LDP, _64, 8, Zero);
    LOAD_PAIRS(LDPSW, , 4, Sign64);
    STORE_PAIRS(STP, _32, 4);
    STORE_PAIRS(STP, _64, 8);
    table.load(Encoding::LDR_lit_32, &load_literal<4, Extend::Zero>);
    table.load(Encoding::LDR_lit_64, &load_literal<8, Extend::Zero>);
    table.load(Encoding::LDRSW_lit, &load_literal<4, Extend::Sign64>);
    // Ordered accesses differ from the others only where they are not aligned.
    table.load(Encoding::LDARB, &load<Form::Offset, 1, Extend::Zero, true>);
    table.load(Encoding::LDARH, &load<Form::Offset, 2, Extend::Zero, true>);
    table.load(Encoding::LDAR_32, &load<Form::Offset, 4, Extend::Zero, true>);
    table.load(Encoding::LDAR_64, &load<Form::Offset, 8, Extend::Zero, true>);
    table.store(Encoding::STLRB, &store<Form::Offset, 1, true>);
    table.store(Encoding::STLRH, &store<Form::Offset, 2, true>);
    table.store(Encoding::STLR_32, &store<Form::Offset, 4, true>);
    table.store(Encoding::STLR_64, &store<Form::Offset, 8, true>);
#undef LOADS
#undef STORES
#undef LOAD_PAIRS
#undef STORE_PAIRS
}

}  // namespace emu::jit
