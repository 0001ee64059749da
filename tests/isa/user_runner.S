// void run_word(struct sample* in_out, const void* code)
//
// Loads X0..X27, SP and NZCV from the sample, calls `code` (one instruction and RET), and stores them back.
// X28 keeps the caller's SP, X29 the sample, X30 returns. Layout: x[28] at 0, sp at 224, nzcv at 232.
        .text
        .global run_word
run_word:
        stp     x29, x30, [sp, #-96]!
        stp     x19, x20, [sp, #16]
        stp     x21, x22, [sp, #32]
        stp     x23, x24, [sp, #48]
        stp     x25, x26, [sp, #64]
        stp     x27, x28, [sp, #80]
        mov     x28, sp
        mov     x29, x0
        mov     x30, x1
        ldr     x0, [x29, #224]
        mov     sp, x0
        ldr     x0, [x29, #232]
        msr     nzcv, x0
        ldp     x0, x1, [x29, #0]
        ldp     x2, x3, [x29, #16]
        ldp     x4, x5, [x29, #32]
        ldp     x6, x7, [x29, #48]
        ldp     x8, x9, [x29, #64]
        ldp     x10, x11, [x29, #80]
        ldp     x12, x13, [x29, #96]
        ldp     x14, x15, [x29, #112]
        ldp     x16, x17, [x29, #128]
        ldp     x18, x19, [x29, #144]
        ldp     x20, x21, [x29, #160]
        ldp     x22, x23, [x29, #176]
        ldp     x24, x25, [x29, #192]
        ldp     x26, x27, [x29, #208]
        blr     x30
        stp     x0, x1, [x29, #0]
        stp     x2, x3, [x29, #16]
        stp     x4, x5, [x29, #32]
        stp     x6, x7, [x29, #48]
        stp     x8, x9, [x29, #64]
        stp     x10, x11, [x29, #80]
        stp     x12, x13, [x29, #96]
        stp     x14, x15, [x29, #112]
        stp     x16, x17, [x29, #128]
        stp     x18, x19, [x29, #144]
        stp     x20, x21, [x29, #160]
        stp     x22, x23, [x29, #176]
        stp     x24, x25, [x29, #192]
        stp     x26, x27, [x29, #208]
        mrs     x0, nzcv
        str     x0, [x29, #232]
        mov     x0, sp
        str     x0, [x29, #224]
        mov     sp, x28
        ldp     x19, x20, [sp, #16]
        ldp     x21, x22, [sp, #32]
        ldp     x23, x24, [sp, #48]
        ldp     x25, x26, [sp, #64]
        ldp     x27, x28, [sp, #80]
        ldp     x29, x30, [sp], #96
        ret
        .section .note.GNU-stack, "", @progbits
