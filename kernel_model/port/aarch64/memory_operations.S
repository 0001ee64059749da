// memcpy, memmove, memset and memcmp: the compiler calls them in freestanding code too. Sixteen bytes at a time
// where there are as many, then single bytes; destination and source need no alignment once the MMU is on.

    .text
    .global memcpy
    .type memcpy, %function
memcpy:
    mov x3, x0
1:  subs x2, x2, #16
    b.lo 2f
    ldp x4, x5, [x1], #16
    stp x4, x5, [x3], #16
    b 1b
2:  adds x2, x2, #16
    b.eq 4f
3:  ldrb w4, [x1], #1
    strb w4, [x3], #1
    subs x2, x2, #1
    b.ne 3b
4:  ret
    .size memcpy, . - memcpy

    .global memmove
    .type memmove, %function
memmove:
    sub x3, x0, x1
    cmp x3, x2
    b.hs memcpy             // below the source, or not overlapping: forwards is right
    add x1, x1, x2
    add x3, x0, x2
1:  subs x2, x2, #16
    b.lo 2f
    ldp x4, x5, [x1, #-16]!
    stp x4, x5, [x3, #-16]!
    b 1b
2:  adds x2, x2, #16
    b.eq 4f
3:  ldrb w4, [x1, #-1]!
    strb w4, [x3, #-1]!
    subs x2, x2, #1
    b.ne 3b
4:  ret
    .size memmove, . - memmove

    .global memset
    .type memset, %function
memset:
    mov x3, x0
    and x1, x1, #0xff
    orr x1, x1, x1, lsl #8
    orr x1, x1, x1, lsl #16
    orr x1, x1, x1, lsl #32
1:  subs x2, x2, #16
    b.lo 2f
    stp x1, x1, [x3], #16
    b 1b
2:  adds x2, x2, #16
    b.eq 4f
3:  strb w1, [x3], #1
    subs x2, x2, #1
    b.ne 3b
4:  ret
    .size memset, . - memset

    .global memcmp
    .type memcmp, %function
memcmp:
    cbz x2, 2f
1:  ldrb w3, [x0], #1
    ldrb w4, [x1], #1
    subs w3, w3, w4
    b.ne 3f
    subs x2, x2, #1
    b.ne 1b
2:  mov w3, wzr
3:  mov w0, w3
    ret
    .size memcmp, . - memcmp
