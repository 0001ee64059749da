// Ends of blocks: from one to another, and out of the region.
#include <cstddef>

#include "emu/core/jit/translator.h"

namespace emu::jit {

using Xbyak::Label;

// Counts what the block has done when its last operation has. Taken branches inside the page look up their target as well.
void Translator::count_through(const DecodedOp& op) {
    const unsigned i = op.page_offset / 4u;
    add_to(r14, block_->first - static_cast<i64>(i) - 1);
    add_to(r15, groups(block_->first, i));
}

// NZCV into memory where the target wants it there.
void Translator::flags_for(unsigned target) {
    const Block* b = region_.block(target);
    if (b == nullptr || b->flags_live) store_flags();
}

void Translator::go_to(unsigned from, unsigned target, bool taken) {
    add_to(r15, taken ? 1 : groups(from, target));
    flags_for(target);
    if (taken && target <= from) check_limit(target);
    const Block* b = region_.block(target);
    if (b == nullptr) return leave_to(target);
    if (taken || target != from + 1) jmp(labels_[number_of(*b)], T_NEAR);
}

// Out at pe.run_limit, on every way backwards: forwards a page ends soon enough. NZCV must be complete there, even where the
// target does not want it.
void Translator::check_limit(unsigned target) {
    LimitExit& exit = limit_exits_.emplace_back();
    exit.target = target;
    exit.form = stored_ ? FlagForm::None : form_;
    if (exit.form != FlagForm::None) {
        lahf();
        seto(al);
    }
    test(r14, r14);
    jle(exit.begin, T_NEAR);
}

void Translator::emit_limit_exits() {
    for (LimitExit& exit : limit_exits_) {
        L(exit.begin);
        if (exit.form == FlagForm::Straight) xor_(ah, 1);
        if (exit.form != FlagForm::None) mov(word[rbp + offsetof(Pe, host_flags)], ax);
        add_to(r15, -1);  // the loop looks the target up
        spill();
        load_pc(rax, 4 * exit.target);
        jmp(around_.go_to_page);
    }
}

void Translator::leave_to(unsigned target) {
    spill();
    mov(rsi, reinterpret_cast<std::uintptr_t>(&op_at(target)));
    jmp(qword[rsi + offsetof(DecodedOp, translated)]);
}

void Translator::leave_page(const DecodedOp& op) {
    store_flags();
    spill();
    load_pc(rax, op.page_offset + op.imm);
    jmp(around_.go_to_page);
}

void Translator::go_taken(const DecodedOp& op) {
    const unsigned target = target_in_page(op);
    if (target == kNoOp) return leave_page(op);
    go_to(op.page_offset / 4u, target, true);
}

void Translator::branch_if(const DecodedOp& op, HostCondition c) {
    const FlagForm form = form_;
    const bool stored = stored_;
    Label not_taken;
    jump_if(inverse(c), not_taken);
    go_taken(op);
    L(not_taken);
    form_ = form;
    stored_ = stored;
    const unsigned i = op.page_offset / 4u;
    go_to(i, i + 1, false);
}

void Translator::interpret(const DecodedOp& op) {
    add_to(r14, 1);
    spill();
    mov(rsi, reinterpret_cast<std::uintptr_t>(&op));
    jmp(around_.interpret);
}

void Translator::go_indirect() {
    spill();
    jmp(around_.go_indirect);
}

}  // namespace emu::jit
