// Entry at EL1 with the MMU off, as the arm64 boot protocol has it: a stack, vectors, cleared .bss, main.
    .section .head.text, "ax"
    .global _start
_start:
    b 1f
    .long 0
    .quad 0                 // text_offset
    .quad _image_size
    .quad 0xa               // little endian, 4K pages, anywhere in memory
    .quad 0
    .quad 0
    .quad 0
    .ascii "ARMd"
    .long 0

1:  msr daifset, #0xf
    ldr x0, =__bss_start
    ldr x1, =__bss_end
2:  stp xzr, xzr, [x0], #16
    cmp x0, x1
    b.lo 2b
    ldr x0, =harness_stack_end
    mov sp, x0
    ldr x0, =vectors
    msr vbar_el1, x0
    isb
    bl suite_main
    // PSCI SYSTEM_OFF
    .global power_off
power_off:
    ldr x0, =0x84000008
    hvc #0
    b .
    .ltorg

    .section .bss
    .balign 4096
    .space 65536
    .global harness_stack_end
harness_stack_end:
