// Exception entry and return. Linux: arch/arm64/kernel/entry.S, kernel_entry and kernel_exit: all general registers,
// SP_EL0, ELR and SPSR go to struct pt_regs on the kernel stack; while in the kernel SP_EL0 holds the current task.
// The mitigations, per-task SSBD state and lockdep calls of Linux's entry are not here.

#include "kernel_model/process/pt_regs.h"

    .macro ventry label
    .balign 128
    sub sp, sp, #S_SIZE
    b \label
    .endm

    .text
    .cfi_sections .debug_frame
    .balign 2048
    .global vectors
vectors:
    ventry el1_bad   // EL1t: SP_EL0 is never the kernel's stack
    ventry el1_bad
    ventry el1_bad
    ventry el1_bad
    ventry el1_sync
    ventry el1_bad   // interrupts are masked in the kernel, and no device raises one
    ventry el1_bad
    ventry el1_bad
    ventry el0_sync
    ventry el0_bad
    ventry el0_bad
    ventry el0_bad
    ventry el0_bad  // 32-bit EL0
    ventry el0_bad
    ventry el0_bad
    ventry el0_bad

    .macro save_registers
    stp x0, x1, [sp, #16 * 0]
    stp x2, x3, [sp, #16 * 1]
    stp x4, x5, [sp, #16 * 2]
    stp x6, x7, [sp, #16 * 3]
    stp x8, x9, [sp, #16 * 4]
    stp x10, x11, [sp, #16 * 5]
    stp x12, x13, [sp, #16 * 6]
    stp x14, x15, [sp, #16 * 7]
    stp x16, x17, [sp, #16 * 8]
    stp x18, x19, [sp, #16 * 9]
    stp x20, x21, [sp, #16 * 10]
    stp x22, x23, [sp, #16 * 11]
    stp x24, x25, [sp, #16 * 12]
    stp x26, x27, [sp, #16 * 13]
    stp x28, x29, [sp, #16 * 14]
    .endm

    // x21 = the interrupted stack pointer.
    .macro save_state
    mrs x22, elr_el1
    mrs x23, spsr_el1
    stp x30, x21, [sp, #S_LR]
    stp x22, x23, [sp, #S_PC]
    mov x21, #-1
    str x21, [sp, #S_SYSCALLNO]
    .endm

    .macro load_registers
    ldp x0, x1, [sp, #16 * 0]
    ldp x2, x3, [sp, #16 * 1]
    ldp x4, x5, [sp, #16 * 2]
    ldp x6, x7, [sp, #16 * 3]
    ldp x8, x9, [sp, #16 * 4]
    ldp x10, x11, [sp, #16 * 5]
    ldp x12, x13, [sp, #16 * 6]
    ldp x14, x15, [sp, #16 * 7]
    ldp x16, x17, [sp, #16 * 8]
    ldp x18, x19, [sp, #16 * 9]
    ldp x20, x21, [sp, #16 * 10]
    ldp x22, x23, [sp, #16 * 11]
    ldp x24, x25, [sp, #16 * 12]
    ldp x26, x27, [sp, #16 * 13]
    ldp x28, x29, [sp, #16 * 14]
    ldr x30, [sp, #S_LR]
    add sp, sp, #S_SIZE
    .endm

    .macro enter_from_el0
    save_registers
    mrs x21, sp_el0
    mrs x20, tpidr_el1
    ldr x28, [x20]          // this_cpu.current_task
    msr sp_el0, x28
    save_state
    stp xzr, xzr, [sp, #S_STACKFRAME]
    add x29, sp, #S_STACKFRAME
    .endm

    .macro enter_from_el1
    save_registers
    add x21, sp, #S_SIZE
    save_state
    stp x29, x22, [sp, #S_STACKFRAME]
    add x29, sp, #S_STACKFRAME
    .endm

    // Debuggers unwind to here and no further: what was interrupted is no caller.
    .cfi_startproc
    .cfi_undefined x30
    .global el0_sync
el0_sync:
    enter_from_el0
    mov x0, sp
    bl el0_sync_handler

    .global ret_to_user
ret_to_user:
    mrs x28, sp_el0
    ldr x1, [x28, #TASK_WORK_PENDING]
    cbnz x1, 2f
1:  ldp x21, x22, [sp, #S_PC]
    ldr x23, [sp, #S_SP]
    msr sp_el0, x23
    msr elr_el1, x21
    msr spsr_el1, x22
    load_registers
    eret
2:  mov x0, sp
    bl do_notify_resume
    b 1b

el1_sync:
    enter_from_el1
    mov x0, sp
    bl el1_sync_handler
    ldp x21, x22, [sp, #S_PC]
    msr elr_el1, x21
    msr spsr_el1, x22
    load_registers
    eret

el1_bad:
    enter_from_el1
    mov x0, sp
    bl bad_mode_handler

el0_bad:
    enter_from_el0
    mov x0, sp
    bl bad_mode_handler

// A new task starts here (cpu_switch_to returns to it): x19 = function or 0, x20 = its argument.
    .global ret_from_fork
ret_from_fork:
    cbz x19, ret_to_user
    mov x0, x20
    blr x19
    b ret_to_user

    .cfi_endproc

// cpu_switch_to(previous, next): saves what a function call keeps, and swaps stacks.
    .global cpu_switch_to
cpu_switch_to:
    .cfi_startproc
    add x8, x0, #TASK_CONTEXT
    mov x9, sp
    stp x19, x20, [x8], #16
    stp x21, x22, [x8], #16
    stp x23, x24, [x8], #16
    stp x25, x26, [x8], #16
    stp x27, x28, [x8], #16
    stp x29, x9, [x8], #16
    str x30, [x8]
    add x8, x1, #TASK_CONTEXT
    ldp x19, x20, [x8], #16
    ldp x21, x22, [x8], #16
    ldp x23, x24, [x8], #16
    ldp x25, x26, [x8], #16
    ldp x27, x28, [x8], #16
    ldp x29, x9, [x8], #16
    ldr x30, [x8]
    mov sp, x9
    msr sp_el0, x1
    ret
    .cfi_endproc
