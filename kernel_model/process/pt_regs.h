/* The interrupted context, as the entry code (vectors.S) leaves it at the top of the kernel stack. Order is Linux's
 * struct pt_regs. Also read by the assembler. */
#ifndef KERNEL_MODEL_PROCESS_PT_REGS_H
#define KERNEL_MODEL_PROCESS_PT_REGS_H

#define S_LR 240
#define S_SP 248
#define S_PC 256
#define S_SYSCALLNO 280
#define S_STACKFRAME 288
#define S_SIZE 304

/* Of struct Task and struct CpuContext (task.h). */
#define TASK_WORK_PENDING 0
#define TASK_CONTEXT 8

#ifndef __ASSEMBLER__
#include <cstddef>

#include "mmu/arch/bits.h"

namespace km {

struct PtRegs {
    arch::u64 regs[31];
    arch::u64 sp;
    arch::u64 pc;
    arch::u64 pstate;
    arch::u64 orig_x0;          // x0 at SVC: regs[0] becomes the result
    arch::u64 syscallno;        // -1 outside system calls
    arch::u64 stackframe[2];    // a frame record, so that callers can be followed through an exception

    [[nodiscard]] bool user_mode() const { return (pstate & 0xf) == 0; }
};

static_assert(offsetof(PtRegs, regs[30]) == S_LR && offsetof(PtRegs, sp) == S_SP && offsetof(PtRegs, pc) == S_PC);
static_assert(offsetof(PtRegs, syscallno) == S_SYSCALLNO && offsetof(PtRegs, stackframe) == S_STACKFRAME);
static_assert(sizeof(PtRegs) == S_SIZE && S_SIZE % 16 == 0);

}  // namespace km
#endif
#endif
