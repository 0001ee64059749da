#include "emu/machine/call_follower.h"

namespace emu {

namespace {

using Kind = Transfer::Kind;

Kind kind_of(const InstructionRecord& record) {
    if (record.exception) return Kind::Exception;
    if (!record.taken) return Kind::Jump;  // from the last instruction of a function into the next one
    switch (record.op->timing.op_class) {
        case OpClass::Call:
        case OpClass::CallIndirect: return Kind::Call;
        case OpClass::Eret: return Kind::ExceptionReturn;
        default: return Kind::Jump;
    }
}

// Linux: __NR_clone and __NR_clone3 of arm64, in X8 by its system call convention.
bool is_fork(const Pe& pe, const InstructionRecord& record) {
    constexpr arch::u64 kClone = 220;
    constexpr arch::u64 kClone3 = 435;
    const bool is_call = record.exception_class == static_cast<arch::u8>(arch::ExceptionClass::Svc64);
    return is_call && (pe.x[8] == kClone || pe.x[8] == kClone3);
}

}  // namespace

Transfer CallFollower::transfer_of(const InstructionRecord& record) const {
    Transfer t{kind_of(record), pe_.el, record.next_pc, pe_.x[kRegSp], pe_.x[30], kernel_stack(pe_)};
    if (t.kind != Kind::Exception) return t;
    t.from_el = record.el;
    t.resume = pe_.sysreg(SysReg::ELR_EL1);
    t.from_sp = record.el == 0 ? pe_.sp_el[0] : t.sp;  // the kernel uses SP_EL1 throughout
    t.forks = is_fork(pe_, record);
    return t;
}

}  // namespace emu
