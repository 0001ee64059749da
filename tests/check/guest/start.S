// A bare guest at EL1: stack, vectors, and calls of EL0 code by ERET. The first reserved quadword of the header says
// which case to run; the test writes it.
#include "kernel_model/abi/image_entry.h"

    .section .head.text, "ax"
    .global _start, selected_case
_start:
    arm64_image_header entry
    .set selected_case, image_reserved
entry:
    bare_entry "stack_end - 256", guest_main  // what is above is the frame of exceptions

// void enter_user(pc, x0): until the code there executes SVC, or faults. SP is at its top meanwhile, as a kernel's is.
    .text
    .global enter_user
enter_user:
    stp x19, x20, [sp, #-96]!
    stp x21, x22, [sp, #16]
    stp x23, x24, [sp, #32]
    stp x25, x26, [sp, #48]
    stp x27, x28, [sp, #64]
    stp x29, x30, [sp, #80]
    ldr x2, =saved_sp
    mov x3, sp
    str x3, [x2]
    msr elr_el1, x0
    msr spsr_el1, xzr
    ldr x2, =stack_end
    mov sp, x2
    mov x0, x1
    eret

back:
    ldr x2, =saved_sp
    ldr x3, [x2]
    mov sp, x3
    ldp x21, x22, [sp, #16]
    ldp x23, x24, [sp, #32]
    ldp x25, x26, [sp, #48]
    ldp x27, x28, [sp, #64]
    ldp x29, x30, [sp, #80]
    ldp x19, x20, [sp], #96
    ret
    .ltorg

    .balign 2048
vectors:
    .rept 8
    .balign 128
    b .                     // an exception of the guest itself: the test runs into its limit
    .endr
    .balign 128
    b back                  // synchronous, from EL0
    .rept 7
    .balign 128
    b .
    .endr

// Code of EL0.
    .section .user, "ax"
    .balign 4096
    .global user_code, user_nothing, user_read, user_write
user_code:
user_nothing:
    svc #0
user_read:
    ldr x1, [x0]
    svc #0
user_write:
    str x0, [x0]
    svc #0
    .balign 4096

    .section .bss
    .balign 4096
    .space 16384
stack_end:
saved_sp:
    .quad 0
