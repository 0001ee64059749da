// The registers of struct FpState (fpsimd.h) to memory and back. The kernel is compiled without them: these two functions
// are their only use.

#define FP_FPSR 512
#define FP_FPCR 516

    .arch armv8-a+simd
    .macro each_pair instruction
    .irp n, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30
    pair \instruction, \n
    .endr
    .endm
    .altmacro
    .macro pair instruction, n
    pair_of \instruction, \n, %(\n + 1)
    .endm
    .macro pair_of instruction, n, m
    \instruction q\n, q\m, [x0, #16 * \n]
    .endm

    .text
    .global fpsimd_save_state
    .type fpsimd_save_state, %function
fpsimd_save_state:
    each_pair stp
    mrs x1, fpsr
    mrs x2, fpcr
    str w1, [x0, #FP_FPSR]
    str w2, [x0, #FP_FPCR]
    ret
    .size fpsimd_save_state, . - fpsimd_save_state

    .global fpsimd_load_state
    .type fpsimd_load_state, %function
fpsimd_load_state:
    each_pair ldp
    ldr w1, [x0, #FP_FPSR]
    ldr w2, [x0, #FP_FPCR]
    msr fpsr, x1
    msr fpcr, x2
    ret
    .size fpsimd_load_state, . - fpsimd_load_state
