// Branches.
#include "emu/core/jit/translator.h"

namespace emu::jit {

using Xbyak::Reg;

namespace {

constexpr u8 kAlways = 14;

void branch(Translator& t, const DecodedOp& op) { t.go_taken(op); }

void link(Translator& t, const DecodedOp& op) {
    const Xbyak::Reg64 to = t.result(op.rd, t.rcx);
    t.load_pc(to, op.page_offset + 4u);
    t.put(op.rd, to);
}
void branch_and_link(Translator& t, const DecodedOp& op) {
    link(t, op);
    t.go_taken(op);
}
void branch_on_condition(Translator& t, const DecodedOp& op) {
    if (op.option >= kAlways) return t.go_taken(op);
    t.branch_if(op, t.condition(op.option));
}

template <bool Wide, bool IfZero>
void compare_and_branch(Translator& t, const DecodedOp& op) {
    t.clobber_flags();
    const Reg r = t.sized(t.x(op.rd, t.rax), Wide);
    t.test(r, r);
    t.branch_if(op, IfZero ? HostCondition::e : HostCondition::ne);
}
template <bool IfZero>
void test_and_branch(Translator& t, const DecodedOp& op) {
    t.clobber_flags();
    if (op.shift < 31) {
        t.test(t.source(op.rd, false), u32{1} << op.shift);
        return t.branch_if(op, IfZero ? HostCondition::e : HostCondition::ne);
    }
    t.bt(t.x(op.rd, t.rax), op.shift);
    t.branch_if(op, IfZero ? HostCondition::ae : HostCondition::b);
}

// The target may be the link register itself.
template <bool Link, bool IsReturn>
void branch_to_register(Translator& t, const DecodedOp& op) {
    t.clobber_flags();
    if (!IsReturn && t.types_branches()) return t.interpret(op);
    t.mov(t.rax, t.source(op.rn, true));
    if (Link) link(t, op);
    t.go_indirect();
}

}  // namespace

void add_branches(RowTable& table) {
    table.branch(Encoding::B, Flow::Jump, &branch);
    table.branch(Encoding::BL, Flow::Call, &branch_and_link);
    table.branch(Encoding::B_cond, Flow::Branch, &branch_on_condition);
    table.branch(Encoding::CBZ_32, Flow::Branch, &compare_and_branch<false, true>);
    table.branch(Encoding::CBZ_64, Flow::Branch, &compare_and_branch<true, true>);
    table.branch(Encoding::CBNZ_32, Flow::Branch, &compare_and_branch<false, false>);
    table.branch(Encoding::CBNZ_64, Flow::Branch, &compare_and_branch<true, false>);
    table.branch(Encoding::TBZ, Flow::Branch, &test_and_branch<true>);
    table.branch(Encoding::TBNZ, Flow::Branch, &test_and_branch<false>);
    table.branch(Encoding::BR, Flow::Indirect, &branch_to_register<false, false>);
    table.branch(Encoding::RET, Flow::Indirect, &branch_to_register<false, true>);
    table.branch(Encoding::BLR, Flow::IndirectCall, &branch_to_register<true, false>);
}

}  // namespace emu::jit
