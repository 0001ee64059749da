#include "emu/core/jit/translator.h"

#include <cstddef>

#include "emu/core/exec/handlers.h"
#include "mmu/base/assert.h"

namespace emu::jit {

using Xbyak::Address;
using Xbyak::Label;
using Xbyak::Operand;
using Xbyak::Reg;
using Xbyak::Reg64;

namespace {

// Host registers that hold guest registers.
constexpr std::array kHostRegisters{Operand::RBX, Operand::RSI, Operand::RDI, Operand::R8,
                                    Operand::R9,  Operand::R10, Operand::R11, Operand::R13};
constexpr unsigned kSlots = 34;

[[nodiscard]] unsigned index_of(const DecodedOp& op) { return op.page_offset / 4u; }
[[nodiscard]] u64 address_of(const void* p) { return reinterpret_cast<std::uintptr_t>(p); }

}  // namespace

Translator::Translator(const DecodedPage& page, const Region& region, const Surroundings& surroundings, TranslationMode mode,
                       std::uint8_t* at, std::size_t size)
    : CodeGenerator{size, at}, page_{page}, region_{region}, around_{surroundings}, mode_{mode}, labels_(region.blocks.size()),
      entries_(region.blocks.size()) {
    for (unsigned slot = 0; slot < kSlots; ++slot) {
        home_[0].push_back(dword[rbp + offsetof(Pe, x) + 8 * slot]);
        home_[1].push_back(qword[rbp + offsetof(Pe, x) + 8 * slot]);
    }
    map_registers();
}

void Translator::map_registers() {
    map_.fill(-1);
    for (std::size_t i = 0; i < std::min(kHostRegisters.size(), region_.hot_registers.size()); ++i) {
        const u8 slot = region_.hot_registers[i];
        map_[slot] = kHostRegisters[i];
        mapped_[0][slot] = Xbyak::Reg32{kHostRegisters[i]};
        mapped_[1][slot] = Reg64{kHostRegisters[i]};
    }
}

void Translator::translate() {
    for (const Block& b : region_.blocks) emit_block(b);
    for (Detour& d : detours_) emit_detour(d);
    emit_limit_exits();
    emit_handler_caller();
    for (const Block& b : region_.blocks) emit_entry(b);
    emit_copies();
}

void Translator::emit_entry(const Block& b) {
    entries_[number_of(b)] = getCurr();
    check_mode();
    jne(around_.other_mode);
    fill();
    jmp(labels_[number_of(b)], T_NEAR);
}

// ZF: the mode is that of the translation. Uses rax and rcx.
void Translator::check_mode() {
    static_assert(offsetof(Pe, fp_enabled) == offsetof(Pe, strict_alignment) + 1);
    const u32 wanted = static_cast<u32>(mode_.strict_alignment) | static_cast<u32>(mode_.fp_enabled) << 8 |
                       u32{mode_.el} << 16 | u32{mode_.sp_alignment_mask} << 24;
    movzx(ecx, word[rbp + offsetof(Pe, strict_alignment)]);
    mov(ah, byte[rbp + offsetof(Pe, sp_alignment_mask)]);
    mov(al, byte[rbp + offsetof(Pe, el)]);
    shl(eax, 16);
    or_(eax, ecx);
    cmp(eax, wanted);
}

void Translator::emit_block(const Block& b) {
    L(labels_[number_of(b)]);
    block_ = &b;
    form_ = FlagForm::None;
    stored_ = true;
    sp_checked_ = false;
    reads_ = writes_ = 0;
    // Counted at once; a way out of the block's middle takes back what was not done.
    count_block(b);
    adjust(offsetof(Pe, mem_reads), block_reads_);
    adjust(offsetof(Pe, mem_writes), block_writes_);
    for (unsigned i = b.first; i <= b.last; ++i) emit_operation(op_at(i), row_of(op_at(i)));
    if (b.flow != Flow::Straight) return;
    count_through(op_at(b.last));
    go_to(b.last, b.last + 1, false);
}

// Accesses of all its operations.
void Translator::count_block(const Block& b) {
    block_reads_ = block_writes_ = 0;
    for (unsigned i = b.first; i <= b.last; ++i) {
        block_reads_ += row_of(op_at(i)).loads ? 1u : 0u;
        block_writes_ += row_of(op_at(i)).stores ? 1u : 0u;
    }
}

void Translator::emit_operation(const DecodedOp& op, const Row& row) {
    live_behind_ = flags_needed(op);
    live_before_ = row.reads_flags || row.may_fault || (live_behind_ && !row.sets_flags);
    if (row.emit != nullptr) {
        if (row.flow != Flow::Straight) count_through(op);
        row.emit(*this, op);
        reads_ += row.loads ? 1u : 0u;
        writes_ += row.stores ? 1u : 0u;
        return;
    }
    clobber_flags();
    sp_checked_ = false;
    is_quiet(op, row) ? call_quietly(op, row) : call_handler(op, reads_, writes_);
}

// ---- Guest registers

Reg64 Translator::x(u8 slot, const Reg64& scratch) {
    if (is_mapped(slot)) return Reg64{map_[slot]};
    if (slot == kRegZero) mov(scratch.cvt32(), 0);
    else mov(scratch, home_[1][slot]);
    return scratch;
}
const Operand& Translator::source(u8 slot, bool wide) {
    if (is_mapped(slot)) return mapped_[wide][slot];
    return home_[wide][slot];
}
Reg64 Translator::result(u8 slot, const Reg64& scratch) const { return is_mapped(slot) ? Reg64{map_[slot]} : scratch; }

void Translator::put(u8 slot, const Reg64& value) {
    if (slot == kRegDiscard) return;
    EMU_ASSERT((region_.written >> slot & 1) != 0, "the timing of an operation lists every register it writes");
    if (slot == kRegSp) sp_checked_ = false;
    if (!is_mapped(slot)) mov(home_[1][slot], value);
    else if (map_[slot] != value.getIdx()) mov(Reg64{map_[slot]}, value);
}

void Translator::load_constant(const Reg64& to, u64 value) {
    if (value <= 0xffff'ffff) mov(to.cvt32(), static_cast<u32>(value));
    else mov(to, value);
}

void Translator::load_pc(const Reg64& to, u64 displacement) {
    const auto d = static_cast<i64>(displacement);
    if (d == static_cast<std::int32_t>(d)) {
        mov(to, qword[rbp + offsetof(Pe, page_va)]);
        lea(to, ptr[to + disp(d)]);
        return;
    }
    mov(rcx, displacement);
    mov(to, qword[rbp + offsetof(Pe, page_va)]);
    lea(to, ptr[to + rcx]);
}

void Translator::extend_low(const Reg& to, u8 slot, unsigned bits, bool is_signed) {
    const auto extend = [&](const Operand& from) { is_signed ? movsx(to, from) : movzx(to, from); };
    if (!is_mapped(slot)) extend(bits == 8 ? byte[rbp + offsetof(Pe, x) + 8 * slot] : word[rbp + offsetof(Pe, x) + 8 * slot]);
    else if (bits == 8) extend(Reg64{map_[slot]}.cvt8());
    else extend(Reg64{map_[slot]}.cvt16());
}

void Translator::load_extended(const Reg64& to, const DecodedOp& op) {
    const bool is_signed = op.option != 0;
    switch (op.imm) {
        case 0xff: return extend_low(to, op.rm, 8, is_signed);
        case 0xffff: return extend_low(to, op.rm, 16, is_signed);
        case 0xffff'ffff:
            if (is_signed) movsxd(to, source(op.rm, false));
            else mov(to.cvt32(), source(op.rm, false));
            return;
        default: mov(to, source(op.rm, true));
    }
}

void Translator::spill() {
    for (u8 slot = 0; slot < kSlots; ++slot)
        if (is_mapped(slot) && (region_.written >> slot & 1) != 0) mov(home_[1][slot], Reg64{map_[slot]});
}
void Translator::fill() {
    for (u8 slot = 0; slot < kSlots; ++slot)
        if (is_mapped(slot)) mov(Reg64{map_[slot]}, home_[1][slot]);
}

// ---- NZCV

void Translator::store_flags() {
    if (form_ == FlagForm::None || stored_) return;
    if (form_ == FlagForm::Straight) cmc();
    form_ = FlagForm::Inverted;
    lahf();
    seto(al);
    mov(word[rbp + offsetof(Pe, host_flags)], ax);
    stored_ = true;
}

void Translator::clobber_flags() {
    if (live_before_) store_flags();
    form_ = FlagForm::None;
}

void Translator::load_flags() {
    if (form_ != FlagForm::None) return;
    mov(ax, word[rbp + offsetof(Pe, host_flags)]);
    add(al, 0x7f);  // OF from V
    sahf();
    form_ = FlagForm::Inverted;
    stored_ = true;
}

HostCondition Translator::condition(u8 arm_condition) {
    using enum HostCondition;
    static constexpr std::array kInverted{e, ne, ae, b, s, ns, o, no, a, be, ge, l, g, le};
    load_flags();
    const unsigned pair = arm_condition >> 1;
    if (form_ == FlagForm::Straight && pair == 1) return arm_condition == 2 ? b : ae;
    if (form_ == FlagForm::Straight && pair == 4) {
        cmc();
        form_ = FlagForm::Inverted;
    }
    return kInverted[arm_condition];
}

void Translator::carry_to_cf(bool inverted) {
    if (live_behind_) store_flags();
    load_flags();
    if ((form_ == FlagForm::Inverted) != inverted) cmc();
    form_ = FlagForm::None;
}

void Translator::jump_if(HostCondition c, const Label& to) {
    using Jump = void (CodeGenerator::*)(const Label&, LabelType);
    static constexpr std::array<Jump, 16> kJumps{&CodeGenerator::jo, &CodeGenerator::jno, &CodeGenerator::jb, &CodeGenerator::jae,
                                                 &CodeGenerator::je, &CodeGenerator::jne, &CodeGenerator::jbe, &CodeGenerator::ja,
                                                 &CodeGenerator::js, &CodeGenerator::jns, &CodeGenerator::jp, &CodeGenerator::jnp,
                                                 &CodeGenerator::jl, &CodeGenerator::jge, &CodeGenerator::jle, &CodeGenerator::jg};
    (this->*kJumps[static_cast<u8>(c)])(to, T_NEAR);
}
void Translator::move_if(HostCondition c, const Reg& to, const Operand& from) {
    using Move = void (CodeGenerator::*)(const Reg&, const Operand&);
    static constexpr std::array<Move, 16> kMoves{&CodeGenerator::cmovo, &CodeGenerator::cmovno, &CodeGenerator::cmovb, &CodeGenerator::cmovae,
                                                 &CodeGenerator::cmove, &CodeGenerator::cmovne, &CodeGenerator::cmovbe, &CodeGenerator::cmova,
                                                 &CodeGenerator::cmovs, &CodeGenerator::cmovns, &CodeGenerator::cmovp, &CodeGenerator::cmovnp,
                                                 &CodeGenerator::cmovl, &CodeGenerator::cmovge, &CodeGenerator::cmovle, &CodeGenerator::cmovg};
    (this->*kMoves[static_cast<u8>(c)])(to, from);
}
void Translator::set_if(HostCondition c, const Xbyak::Reg8& to) {
    using Set = void (CodeGenerator::*)(const Operand&);
    static constexpr std::array<Set, 16> kSets{&CodeGenerator::seto, &CodeGenerator::setno, &CodeGenerator::setb, &CodeGenerator::setae,
                                               &CodeGenerator::sete, &CodeGenerator::setne, &CodeGenerator::setbe, &CodeGenerator::seta,
                                               &CodeGenerator::sets, &CodeGenerator::setns, &CodeGenerator::setp, &CodeGenerator::setnp,
                                               &CodeGenerator::setl, &CodeGenerator::setge, &CodeGenerator::setle, &CodeGenerator::setg};
    (this->*kSets[static_cast<u8>(c)])(to);
}

// ---- Handlers, called

void Translator::add_to(const Reg64& counter, i64 n) {
    if (n != 0) lea(counter, ptr[counter + disp(n)]);
}
void Translator::adjust(std::size_t pe_offset, i64 n) {
    if (n != 0) add(qword[rbp + pe_offset], static_cast<u32>(n));
}
i64 Translator::groups(unsigned from, unsigned to) const {
    return (4 * to >> around_.fetch_shift) - (4 * from >> around_.fetch_shift);
}

// Brings every count to what it is before `op`, calls its handler, and takes that back. A handler that has changed
// translated code of this page, or ended the run at its next branch (an interrupt is due), is the last thing here.
void Translator::call_handler(const DecodedOp& op, unsigned reads, unsigned writes) {
    const unsigned i = index_of(op);
    const Row& row = row_of(op);
    const i64 retired = i - block_->first;
    const i64 reads_to_come = static_cast<i64>(block_reads_) - reads;
    const i64 writes_to_come = static_cast<i64>(block_writes_) - writes;
    Label changed, unchanged;
    add_to(r14, -retired);
    add_to(r15, groups(block_->first, i));
    adjust(offsetof(Pe, mem_reads), -reads_to_come);
    adjust(offsetof(Pe, mem_writes), -writes_to_come);
    mov(rcx, address_of(&op));
    call(handler_caller_);
    mov(rax, address_of(&page_.translations_dropped));
    cmp(byte[rax], 0);
    jne(changed, T_NEAR);
    test(r14, r14);
    jg(unchanged, T_NEAR);
    L(changed);
    add_to(r14, -1);
    add_to(r15, groups(i, i + 1));
    mov(rsi, address_of(&op + 1));
    jmp(around_.leave);
    L(unchanged);
    add_to(r14, retired);
    add_to(r15, -groups(block_->first, i));
    adjust(offsetof(Pe, mem_reads), reads_to_come - (row.loads ? 1 : 0));
    adjust(offsetof(Pe, mem_writes), writes_to_come - (row.stores ? 1 : 0));
}

void Translator::emit_detour(Detour& d) {
    block_ = d.block;
    count_block(*d.block);
    L(d.begin);
    call_handler(*d.op, d.reads, d.writes);
    jmp(d.resume, T_NEAR);
}

// Nothing but registers is read and written, and nothing raised: the operation computes on V registers.
bool Translator::is_quiet(const DecodedOp& op, const Row& row) const {
    const OpClass c = op.timing.op_class;
    const bool computes = (c >= OpClass::FpSimple && c <= OpClass::Simd) || c == OpClass::Crypto;
    return computes && mode_.fp_enabled && !row.reads_flags;
}

// No count need be settled for such a handler. Registers that calls preserve stay where they are, unless it uses them.
void Translator::call_quietly(const DecodedOp& op, const Row& row) {
    u64 used = 0;
    for (unsigned i = 0; i < op.timing.source_count; ++i) used |= u64{1} << (op.timing.source[i] & 63);
    for (unsigned i = 0; i < op.timing.result_count; ++i) used |= u64{1} << (op.timing.result[i] & 63);
    const auto moves = [&](u8 slot) {
        const bool preserved = map_[slot] == Operand::RBX || map_[slot] == Operand::R13;
        return is_mapped(slot) && (!preserved || (used >> slot & 1) != 0);
    };
    for (u8 slot = 0; slot < kSlots; ++slot)
        if (moves(slot) && (region_.written >> slot & 1) != 0) mov(home_[1][slot], Reg64{map_[slot]});
    CalledCopy& copy = copies_.emplace_back();
    copy.op = &op;
    lea(rsi, ptr[rip + copy.place]);
    mov(rdi, rbp);
    mov(rax, reinterpret_cast<std::uintptr_t>(kHandlers[op.encoding].plain));
    call(rax);
    for (u8 slot = 0; slot < kSlots; ++slot)
        if (moves(slot)) mov(Reg64{map_[slot]}, home_[1][slot]);
    if (!row.sets_flags) return;
    mov(eax, dword[rbp + offsetof(Pe, nzcv)]);
    shr(eax, 28);
    mov(rcx, address_of(around_.host_flags));
    mov(ax, word[rcx + rax * 2]);
    mov(word[rbp + offsetof(Pe, host_flags)], ax);
}

void Translator::emit_copies() {
    for (CalledCopy& copy : copies_) {
        align(alignof(DecodedOp));
        L(copy.place);
        for (const DecodedOp* part : {copy.op, &around_.called[1]})
            db(reinterpret_cast<const std::uint8_t*>(part), sizeof(DecodedOp));
    }
}

void Translator::emit_handler_caller() {
    L(handler_caller_);
    spill();
    mov(rsi, rcx);
    call(around_.call_handler);
    fill();
    ret();
}

}  // namespace emu::jit
