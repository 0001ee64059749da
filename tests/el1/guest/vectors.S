// Into a probe by ERET, out of it by any exception. Neither side needs a stack of the other: a probe may leave any SP.
#include "tests/el1/guest/frame_layout.h"

    .text
// void enter_probe(Frame*): returns when an exception is taken; the frame then says which.
    .global enter_probe
enter_probe:
    stp x19, x20, [sp, #-96]!
    stp x21, x22, [sp, #16]
    stp x23, x24, [sp, #32]
    stp x25, x26, [sp, #48]
    stp x27, x28, [sp, #64]
    stp x29, x30, [sp, #80]
    mov x1, sp
    str x1, [x0, #FRAME_HARNESS_SP]
    mov x1, #1
    str x1, [x0, #FRAME_RUNNING]
    msr tpidr_el1, x0
    ldr x1, [x0, #FRAME_ELR]
    msr elr_el1, x1
    ldr x1, [x0, #FRAME_SPSR]
    msr spsr_el1, x1
    ldr x1, [x0, #FRAME_SP_EL0]
    msr sp_el0, x1
    ldr x1, [x0, #FRAME_SP_EL1]
    mov sp, x1
    ldr x1, [x0, #FRAME_X(1)]
    ldp x2, x3, [x0, #FRAME_X(2)]
    ldp x4, x5, [x0, #FRAME_X(4)]
    ldp x6, x7, [x0, #FRAME_X(6)]
    ldp x8, x9, [x0, #FRAME_X(8)]
    ldp x10, x11, [x0, #FRAME_X(10)]
    ldp x12, x13, [x0, #FRAME_X(12)]
    ldp x14, x15, [x0, #FRAME_X(14)]
    ldp x16, x17, [x0, #FRAME_X(16)]
    ldp x18, x19, [x0, #FRAME_X(18)]
    ldp x20, x21, [x0, #FRAME_X(20)]
    ldp x22, x23, [x0, #FRAME_X(22)]
    ldp x24, x25, [x0, #FRAME_X(24)]
    ldp x26, x27, [x0, #FRAME_X(26)]
    ldp x28, x29, [x0, #FRAME_X(28)]
    ldr x30, [x0, #FRAME_X(30)]
    ldr x0, [x0, #FRAME_X(0)]
    eret

taken:                      // x0 = frame, x1 = vector, x0 of the probe in TPIDRRO_EL0
    str x1, [x0, #FRAME_VECTOR]
    ldr x1, [x0, #FRAME_RUNNING]
    cbz x1, unexpected
    str xzr, [x0, #FRAME_RUNNING]
    stp x3, x4, [x0, #FRAME_X(3)]
    stp x5, x6, [x0, #FRAME_X(5)]
    stp x7, x8, [x0, #FRAME_X(7)]
    stp x9, x10, [x0, #FRAME_X(9)]
    stp x11, x12, [x0, #FRAME_X(11)]
    stp x13, x14, [x0, #FRAME_X(13)]
    stp x15, x16, [x0, #FRAME_X(15)]
    stp x17, x18, [x0, #FRAME_X(17)]
    stp x19, x20, [x0, #FRAME_X(19)]
    stp x21, x22, [x0, #FRAME_X(21)]
    stp x23, x24, [x0, #FRAME_X(23)]
    stp x25, x26, [x0, #FRAME_X(25)]
    stp x27, x28, [x0, #FRAME_X(27)]
    stp x29, x30, [x0, #FRAME_X(29)]
    mrs x1, tpidrro_el0
    str x1, [x0, #FRAME_X(0)]
    mov x1, sp
    str x1, [x0, #FRAME_SP_EL1]
    mrs x1, sp_el0
    str x1, [x0, #FRAME_SP_EL0]
    mrs x1, esr_el1
    str x1, [x0, #FRAME_ESR]
    mrs x1, far_el1
    str x1, [x0, #FRAME_FAR]
    mrs x1, elr_el1
    str x1, [x0, #FRAME_ELR]
    mrs x1, spsr_el1
    str x1, [x0, #FRAME_SPSR]
    .inst 0xd500409f        // msr pan, #0
    ldr x1, [x0, #FRAME_HARNESS_SP]
    mov sp, x1
    ldp x21, x22, [sp, #16]
    ldp x23, x24, [sp, #32]
    ldp x25, x26, [sp, #48]
    ldp x27, x28, [sp, #64]
    ldp x29, x30, [sp, #80]
    ldp x19, x20, [sp], #96
    ret

unexpected:                 // the harness itself has failed
    ldr x1, =harness_stack_end
    sub x1, x1, #0x8000
    mov sp, x1
    ldr x0, [x0, #FRAME_VECTOR]
    mrs x1, esr_el1
    mrs x2, elr_el1
    mrs x3, far_el1
    b unexpected_exception

    .macro vector offset
    .balign 128
    msr tpidrro_el0, x0
    mrs x0, tpidr_el1
    stp x1, x2, [x0, #FRAME_X(1)]
    mov x1, #\offset
    b taken
    .endm

    .balign 2048
    .global vectors
vectors:
    .irp offset, 0x000, 0x080, 0x100, 0x180, 0x200, 0x280, 0x300, 0x380
    vector \offset
    .endr
    .irp offset, 0x400, 0x480, 0x500, 0x580, 0x600, 0x680, 0x700, 0x780
    vector \offset
    .endr
