// void enter_sample(struct sample_state* state)
//
// Loads everything but X0 and X30 from the state and jumps to state->pc, a slot, which loads those two. X30 arrives
// there as the slot's own address. Comes back through resume_runner, from the exit stub or from a signal handler.
        .altmacro
        .macro  load_x n
        load_pair x, \n, %(\n+1), %(\n*8)
        .endm
        .macro  store_x n
        store_pair x, \n, %(\n+1), %(\n*8)
        .endm
        .macro  load_q n
        load_pair q, \n, %(\n+1), %(288+\n*16)
        .endm
        .macro  store_q n
        store_pair q, \n, %(\n+1), %(288+\n*16)
        .endm
        .macro  load_pair kind, a, b, offset
        ldp     \kind\a, \kind\b, [x0, #\offset]
        .endm
        .macro  store_pair kind, a, b, offset
        stp     \kind\a, \kind\b, [x0, #\offset]
        .endm

        .text
        .global enter_sample
        .global resume_runner
enter_sample:
        stp     x29, x30, [sp, #-160]!
        stp     x19, x20, [sp, #16]
        stp     x21, x22, [sp, #32]
        stp     x23, x24, [sp, #48]
        stp     x25, x26, [sp, #64]
        stp     x27, x28, [sp, #80]
        stp     d8, d9, [sp, #96]
        stp     d10, d11, [sp, #112]
        stp     d12, d13, [sp, #128]
        stp     d14, d15, [sp, #144]
        ldr     x1, =0x3003552000       // RANDOM_EXIT_DATA
        mov     x2, sp
        stp     x0, x2, [x1]
        mrs     x3, tpidr_el0
        adr     x4, resume_runner
        stp     x3, x4, [x1, #16]
        ldr     x1, [x0, #248]
        mov     sp, x1
        ldp     x1, x2, [x0, #264]
        msr     nzcv, x1
        msr     fpcr, x2
        ldr     x1, [x0, #280]
        msr     fpsr, x1
        .irp    n, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30
        load_q  \n
        .endr
        ldr     x30, [x0, #256]
        .irp    n, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27
        load_x  \n
        .endr
        ldr     x29, [x0, #232]
        br      x30
resume_runner:
        ldp     x19, x20, [sp, #16]
        ldp     x21, x22, [sp, #32]
        ldp     x23, x24, [sp, #48]
        ldp     x25, x26, [sp, #64]
        ldp     x27, x28, [sp, #80]
        ldp     d8, d9, [sp, #96]
        ldp     d10, d11, [sp, #112]
        ldp     d12, d13, [sp, #128]
        ldp     d14, d15, [sp, #144]
        ldp     x29, x30, [sp], #160
        ret
        .ltorg

// Copied to RANDOM_EXIT. No register is free when it begins: TPIDR_EL0 takes X0.
        .global exit_stub
        .global exit_stub_end
exit_stub:
        msr     tpidr_el0, x0
        adr     x0, exit_stub + 0x1000
        ldr     x0, [x0]
        .irp    n, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29
        store_x \n
        .endr
        mrs     x1, tpidr_el0
        str     x1, [x0]
        mov     x1, sp
        str     x1, [x0, #248]
        mrs     x1, nzcv
        mrs     x2, fpcr
        stp     x1, x2, [x0, #264]
        mrs     x1, fpsr
        str     x1, [x0, #280]
        .irp    n, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30
        store_q \n
        .endr
        adr     x0, exit_stub + 0x1000
        ldp     x1, x2, [x0, #8]
        mov     sp, x1
        msr     tpidr_el0, x2
        ldr     x2, [x0, #24]
        br      x2
exit_stub_end:
        .section .note.GNU-stack, "", @progbits
