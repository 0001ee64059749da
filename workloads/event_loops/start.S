// A guest of its own, without a kernel: loops over single events, which no program can do that has a kernel between itself and
// the event. Entry as the arm64 boot protocol has it: EL1, MMU off, x0 = device tree.
#include "kernel_model/abi/guest_abi.h"
#include "kernel_model/abi/image_entry.h"

    .section .head.text, "ax"
    .global _start
_start:
    arm64_image_header entry
entry:
    bare_entry stack_end, event_loops

    .section .bss
    .balign 16
    .space 16384
stack_end:

    .text
// void announce_mailbox(u64 mailbox, u64 counters)
    .global announce_mailbox
announce_mailbox:
    hint #GUEST_HINT_MAILBOX
    ret

// void enable_mmu(u64 root, u64 tcr, u64 mair)
    .global enable_mmu
enable_mmu:
    msr ttbr0_el1, x0
    msr tcr_el1, x1
    msr mair_el1, x2
    tlbi vmalle1
    dsb nsh
    isb
    mrs x3, sctlr_el1
    mov x4, #0x1005         // M, C, I
    orr x3, x3, x4
    msr sctlr_el1, x3
    isb
    ret

// void enable_upper_half(u64 root, u64 tcr)
    .global enable_upper_half
enable_upper_half:
    dsb ishst
    msr ttbr1_el1, x0
    msr tcr_el1, x1
    tlbi vmalle1
    dsb nsh
    isb
    ret

// void svc_loop(u64 count, u64 user_code): `count` times SVC from EL0 and ERET back.
    .global svc_loop
svc_loop:
    mov x8, #0              // the handler saves nothing
calls:
    msr elr_el1, x1
    mov x2, #0x3c0          // EL0t, DAIF masked
    msr spsr_el1, x2
    eret

// void tlbi_refill(u64 count, u64 page): `count` times TLBI of a page, its completion, and the load that walks again.
    .global tlbi_refill
tlbi_refill:
    lsr x2, x1, #12
1:  tlbi vale1is, x2
    dsb ish
    ldr x3, [x1]
    subs x0, x0, #1
    b.ne 1b
    ret

// void walk_storm(u64 count, u64 region, u64 mask): `count` loads from ever other pages of a region of mask + 1 bytes. Five pages
// and a line further each time, so that no page, and no four pages that share an entry, are still in a TLB when they come again.
    .global walk_storm
walk_storm:
    mov x3, #0
    mov x4, #0x5040
1:  ldr x5, [x1, x3]
    add x3, x3, x4
    and x3, x3, x2
    subs x0, x0, #1
    b.ne 1b
    ret

// u64 chase(u64 count, u64 at)
    .global chase
chase:
    lsr x0, x0, #3
    .balign 64
1:
    .rept 8
    ldr x1, [x1]
    .endr
    subs x0, x0, #1
    b.ne 1b
    mov x0, x1
    ret

// void system_call(u64 count, u64 user_code): as svc_loop, but each call saves and restores what a kernel does.
    .global system_call
system_call:
    mov x8, #1
    b calls

// What EL0 executes: calls until x0 is 0.
    .balign 4096
    .global user_code
user_code:
1:  sub x0, x0, #1
    svc #0
    b 1b

    .macro unexpected_vector
    .balign 128
    b power_off
    .endm

    .balign 2048
vectors:
    .rept 8
    unexpected_vector
    .endr
    .balign 128             // synchronous, from EL0
    cbz x0, 1f
    cbnz x8, save_and_restore
    eret
1:  ret                     // to the caller of svc_loop: nothing has touched x30
    .rept 7
    unexpected_vector
    .endr

    .macro each_pair operation
    \operation x0, x1, [sp]
    \operation x2, x3, [sp, #16]
    \operation x4, x5, [sp, #32]
    \operation x6, x7, [sp, #48]
    \operation x8, x9, [sp, #64]
    \operation x10, x11, [sp, #80]
    \operation x12, x13, [sp, #96]
    \operation x14, x15, [sp, #112]
    \operation x16, x17, [sp, #128]
    \operation x18, x19, [sp, #144]
    \operation x20, x21, [sp, #160]
    \operation x22, x23, [sp, #176]
    \operation x24, x25, [sp, #192]
    \operation x26, x27, [sp, #208]
    \operation x28, x29, [sp, #224]
    .endm

save_and_restore:
    sub sp, sp, #272
    each_pair stp
    mrs x21, sp_el0
    mrs x22, elr_el1
    mrs x23, spsr_el1
    stp x30, x21, [sp, #240]
    stp x22, x23, [sp, #256]
    mrs x24, esr_el1
    ldp x22, x23, [sp, #256]
    ldp x30, x21, [sp, #240]
    msr sp_el0, x21
    msr elr_el1, x22
    msr spsr_el1, x23
    each_pair ldp
    add sp, sp, #272
    eret
