// Loads and stores of V registers, which live in the Pe.
#include <cstddef>

#include "emu/core/jit/addressing.h"

namespace emu::jit {

namespace {

[[nodiscard]] std::size_t place_of(u8 v) { return offsetof(Pe, v) + sizeof(VectorRegister) * v; }

// What memory does not fill is zero.
template <unsigned Bytes>
void load_value(Translator& t, u8 v, unsigned offset) {
    const auto from = t.rcx + offset;
    if (Bytes == 16) t.movups(t.xmm0, t.xword[from]);
    if (Bytes == 8) t.movq(t.xmm0, t.qword[from]);
    if (Bytes == 4) t.movd(t.xmm0, t.dword[from]);
    if (Bytes < 4) {
        t.movzx(t.eax, Bytes == 2 ? t.word[from] : t.byte[from]);
        t.movd(t.xmm0, t.eax);
    }
    t.movups(t.xword[t.rbp + place_of(v)], t.xmm0);
}
template <unsigned Bytes>
void store_value(Translator& t, u8 v, unsigned offset) {
    const auto to = t.rcx + offset;
    const auto from = t.rbp + place_of(v);
    if (Bytes == 16) {
        t.movups(t.xmm0, t.xword[from]);
        return t.movups(t.xword[to], t.xmm0);
    }
    t.mov(t.rax, t.qword[from]);
    if (Bytes == 1) t.mov(t.byte[to], t.al);
    if (Bytes == 2) t.mov(t.word[to], t.ax);
    if (Bytes == 4) t.mov(t.dword[to], t.eax);
    if (Bytes == 8) t.mov(t.qword[to], t.rax);
}

// true: the access traps, and its handler has been called for that.
bool traps(Translator& t, const DecodedOp& op) {
    t.clobber_flags();
    if (t.mode().fp_enabled) return false;
    t.call_out(op);
    return true;
}

template <Form F, unsigned Bytes>
void load(Translator& t, const DecodedOp& op) {
    if (traps(t, op)) return;
    load_address<F>(t, op);
    auto& detour = t.access(op, {Bytes, false, Bytes});
    load_value<Bytes>(t, op.rd, 0);
    write_back<F>(t, op);
    t.L(detour.resume);
}
template <Form F, unsigned Bytes>
void store(Translator& t, const DecodedOp& op) {
    if (traps(t, op)) return;
    load_address<F>(t, op);
    auto& detour = t.access(op, {Bytes, true, Bytes});
    store_value<Bytes>(t, op.rd, 0);
    write_back<F>(t, op);
    t.L(detour.resume);
}
template <Form F, unsigned Bytes>
void load_pair(Translator& t, const DecodedOp& op) {
    if (traps(t, op)) return;
    load_address<F>(t, op);
    auto& detour = t.access(op, {2 * Bytes, false, Bytes});
    load_value<Bytes>(t, op.rd, 0);
    load_value<Bytes>(t, op.ra, Bytes);
    write_back<F>(t, op);
    t.L(detour.resume);
}
template <Form F, unsigned Bytes>
void store_pair(Translator& t, const DecodedOp& op) {
    if (traps(t, op)) return;
    load_address<F>(t, op);
    auto& detour = t.access(op, {2 * Bytes, true, Bytes});
    store_value<Bytes>(t, op.rd, 0);
    store_value<Bytes>(t, op.ra, Bytes);
    write_back<F>(t, op);
    t.L(detour.resume);
}
template <unsigned Bytes>
void load_literal(Translator& t, const DecodedOp& op) {
    if (traps(t, op)) return;
    t.load_pc(t.rcx, op.page_offset + op.imm);
    auto& detour = t.access(op, {Bytes, false, Bytes});
    load_value<Bytes>(t, op.rd, 0);
    t.L(detour.resume);
}

}  // namespace

void add_vector_memory(RowTable& table) {
#define SINGLE(width, bytes)                                                          \
    table.load(Encoding::LDR_imm_##width, &load<Form::Offset, bytes>);                \
    table.load(Encoding::LDR_reg_##width, &load<Form::Register, bytes>);              \
    table.load(Encoding::LDR_pre_##width, &load<Form::Pre, bytes>);                   \
    table.load(Encoding::LDR_post_##width, &load<Form::Post, bytes>);                 \
    table.store(Encoding::STR_imm_##width, &store<Form::Offset, bytes>);              \
    table.store(Encoding::STR_reg_##width, &store<Form::Register, bytes>);            \
    table.store(Encoding::STR_pre_##width, &store<Form::Pre, bytes>);                 \
    table.store(Encoding::STR_post_##width, &store<Form::Post, bytes>)
#define PAIR(width, bytes)                                                            \
    table.load(Encoding::LDP_off_##width, &load_pair<Form::Offset, bytes>);           \
    table.load(Encoding::LDP_pre_##width, &load_pair<Form::Pre, bytes>);              \
    table.load(Encoding::LDP_post_##width, &load_pair<Form::Post, bytes>);            \
    table.store(Encoding::STP_off_##width, &store_pair<Form::Offset, bytes>);         \
    table.store(Encoding::STP_pre_##width, &store_pair<Form::Pre, bytes>);            \
    table.store(Encoding::STP_post_##width, &store_pair<Form::Post, bytes>);          \
    table.load(Encoding::LDR_lit_##width, &load_literal<bytes>)
    SINGLE(B, 1);
    SINGLE(H, 2);
    SINGLE(S, 4);
    SINGLE(D, 8);
    SINGLE(Q, 16);
    PAIR(S, 4);
    PAIR(D, 8);
    PAIR(Q, 16);
#undef SINGLE
#undef PAIR
}

}  // namespace emu::jit
