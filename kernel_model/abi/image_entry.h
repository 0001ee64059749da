// How an arm64 Image begins. Linux: Documentation/arch/arm64/booting.rst. Assembly only.
#pragma once

// The header, which is also the first instruction. `image_reserved` is its three reserved quadwords.
.macro arm64_image_header first
    b \first
    .long 0
    .quad 0                 // text_offset
    .quad _image_size
    .quad 0xa               // little endian, 4K pages, anywhere in memory
    .global image_reserved
image_reserved:
    .quad 0
    .quad 0
    .quad 0
    .ascii "ARMd"
    .long 0
.endm

// The first steps of an image without a kernel, at EL1 with the MMU off: clears .bss, and calls `main` with x0 as it was,
// exceptions going to `vectors`. Powers off when that returns.
.macro bare_entry stack, main
    msr daifset, #0xf
    ldr x1, =__bss_start
    ldr x2, =__bss_end
1:  stp xzr, xzr, [x1], #16
    cmp x1, x2
    b.lo 1b
    ldr x1, =\stack
    mov sp, x1
    ldr x1, =vectors
    msr vbar_el1, x1
    isb
    bl \main
    .global power_off
power_off:
    ldr x0, =0x84000008     // PSCI SYSTEM_OFF
    hvc #0
    b .
    .ltorg
.endm
