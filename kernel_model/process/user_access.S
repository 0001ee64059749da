// The loops behind user_access.h. Every instruction that touches user memory has a row in the exception table
// {instruction - ., continuation - .}; the continuation returns what is left.

#define EFAULT 14

    .macro user_access continuation, instruction:vararg
9001: \instruction
    .pushsection __ex_table, "a"
    .word 9001b - ., \continuation - .
    .popsection
    .endm

    .text
    .global __arch_copy_from_user
    .type __arch_copy_from_user, %function
__arch_copy_from_user:
    subs x2, x2, #8
    b.lo .Lfrom_bytes
1:  user_access .Lfrom_words_left, ldtr x3, [x1]
    add x1, x1, #8
    str x3, [x0], #8
    subs x2, x2, #8
    b.hs 1b
.Lfrom_bytes:
    adds x2, x2, #8
    b.eq .Lleft
1:  user_access .Lleft, ldtrb w3, [x1]
    add x1, x1, #1
    strb w3, [x0], #1
    subs x2, x2, #1
    b.ne 1b
.Lleft:
    mov x0, x2
    ret
.Lfrom_words_left:
    add x0, x2, #8
    ret
    .size __arch_copy_from_user, . - __arch_copy_from_user

    .global __arch_copy_to_user
    .type __arch_copy_to_user, %function
__arch_copy_to_user:
    subs x2, x2, #8
    b.lo .Lto_bytes
1:  ldr x3, [x1], #8
    user_access .Lfrom_words_left, sttr x3, [x0]
    add x0, x0, #8
    subs x2, x2, #8
    b.hs 1b
.Lto_bytes:
    adds x2, x2, #8
    b.eq .Lleft
1:  ldrb w3, [x1], #1
    user_access .Lleft, sttrb w3, [x0]
    add x0, x0, #1
    subs x2, x2, #1
    b.ne 1b
    b .Lleft
    .size __arch_copy_to_user, . - __arch_copy_to_user

    .global __arch_clear_user
    .type __arch_clear_user, %function
__arch_clear_user:
    subs x1, x1, #8
    b.lo .Lclear_bytes
1:  user_access .Lclear_words_left, sttr xzr, [x0]
    add x0, x0, #8
    subs x1, x1, #8
    b.hs 1b
.Lclear_bytes:
    adds x1, x1, #8
    b.eq .Lclear_left
1:  user_access .Lclear_left, sttrb wzr, [x0]
    add x0, x0, #1
    subs x1, x1, #1
    b.ne 1b
.Lclear_left:
    mov x0, x1
    ret
.Lclear_words_left:
    add x0, x1, #8
    ret
    .size __arch_clear_user, . - __arch_clear_user

    .global __arch_strncpy_from_user
    .type __arch_strncpy_from_user, %function
__arch_strncpy_from_user:
    mov x3, xzr
1:  cmp x3, x2
    b.eq 2f
    add x4, x1, x3
    user_access .Lstring_fault, ldtrb w5, [x4]
    strb w5, [x0, x3]
    cbz w5, 2f
    add x3, x3, #1
    b 1b
2:  mov x0, x3
    ret
.Lstring_fault:
    mov x0, #-EFAULT
    ret
    .size __arch_strncpy_from_user, . - __arch_strncpy_from_user
