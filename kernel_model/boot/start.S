// Entry of the kernel image. Linux: Documentation/arch/arm64/booting.rst (the header and the state at entry),
// arch/arm64/kernel/head.S (the order of steps).
//
// x0 = physical address of the device tree, MMU and data cache off, EL1 or EL2, interrupts masked. This file maps
// the image to itself, turns the MMU on and lets early_map.cpp, which still runs at physical addresses, make the
// kernel's own mapping. From primary_switched on everything runs at the linked address.

#include "kernel_model/abi/image_entry.h"
#include "kernel_model/boot/layout.h"

#define SCTLR_M (1 << 0)
#define SCTLR_C (1 << 2)
#define SCTLR_SA (1 << 3)
#define SCTLR_SA0 (1 << 4)
#define SCTLR_SED (1 << 8)
#define SCTLR_I (1 << 12)
#define SCTLR_DZE (1 << 14)
#define SCTLR_UCT (1 << 15)
#define SCTLR_nTWI (1 << 16)
#define SCTLR_nTWE (1 << 18)
#define SCTLR_SPAN (1 << 23)
#define SCTLR_UCI (1 << 26)
// Bits that are RES1 in ARMv8.0: EOS, TSCXT, EIS (22, 20, 11), nTLSMD, LSMAOE (28, 29).
#define SCTLR_RES1 ((1 << 11) | (1 << 20) | (1 << 22) | (1 << 28) | (1 << 29))
#define SCTLR_MMU_OFF (SCTLR_RES1 | SCTLR_SPAN)
#define SCTLR_MMU_ON (SCTLR_MMU_OFF | SCTLR_M | SCTLR_C | SCTLR_SA | SCTLR_SA0 | SCTLR_SED | SCTLR_I | SCTLR_DZE | \
                      SCTLR_UCT | SCTLR_nTWI | SCTLR_nTWE | SCTLR_UCI)

// 48-bit regions both sides, 4K granule, write-back inner-shareable walks, ASID in TTBR1_EL1, top byte of user
// addresses ignored: Linux's TCR_EL1.
#define TCR_TxSZ ((16 << 0) | (16 << 16))
#define TCR_WALKS ((1 << 8) | (1 << 10) | (3 << 12) | (1 << 24) | (1 << 26) | (3 << 28))
#define TCR_TG1_4K (2 << 30)
#define TCR_A1 (1 << 22)
#define TCR_AS (1 << 36)
#define TCR_TBI0 (1 << 37)
#define TCR_HA (1 << 39)
#define TCR_HD (1 << 40)
#define TCR_BASE (TCR_TxSZ | TCR_WALKS | TCR_TG1_4K | TCR_A1 | TCR_TBI0)

#define TABLE_DESCRIPTOR 3
// Normal memory, inner shareable, accessed, block, not executable at EL0.
#define IDENTITY_BLOCK (1 | (KM_MT_NORMAL << 2) | (3 << 8) | (1 << 10) | (1 << 54))

    .section .head.text, "ax"
    .global _start
_start:
    arm64_image_header primary_entry

primary_entry:
    mov x21, x0
    mrs x0, CurrentEL
    cmp x0, #(2 << 2)
    b.ne at_el1

    // Leave EL2 for good: no traps, no stage 2, virtual counter equals physical.
    adr x0, at_el1
    msr elr_el2, x0
    mov x0, #(1 << 31)      // HCR_EL2.RW: EL1 is AArch64
    msr hcr_el2, x0
    mov x0, #3              // EL1 may read the counters and the timer
    msr cnthctl_el2, x0
    msr cntvoff_el2, xzr
    mov x0, #0x33ff         // CPTR_EL2 RES1: no traps
    msr cptr_el2, x0
    msr hstr_el2, xzr
    msr vttbr_el2, xzr
    mrs x0, midr_el1
    msr vpidr_el2, x0
    mrs x0, mpidr_el1
    msr vmpidr_el2, x0
    mov x0, #0x3c5          // EL1h, DAIF masked
    msr spsr_el2, x0
    ldr x0, =SCTLR_MMU_OFF
    msr sctlr_el1, x0
    isb
    eret

at_el1:
    ldr x0, =SCTLR_MMU_OFF
    msr sctlr_el1, x0
    isb
    msr daifset, #0xf

    // Clear the boot tables, and drop stale clean lines over them: the stores below bypass the cache.
    adrp x0, __boot_tables_start
    adrp x1, __boot_tables_end
1:  stp xzr, xzr, [x0], #16
    cmp x0, x1
    b.lo 1b

    // Identity map of the 2 MiB that hold the image.
    adrp x20, _text
    adrp x0, identity_level0
    adrp x1, identity_level1
    adrp x2, identity_level2
    orr x3, x1, #TABLE_DESCRIPTOR
    ubfx x4, x20, #39, #9
    str x3, [x0, x4, lsl #3]
    orr x3, x2, #TABLE_DESCRIPTOR
    ubfx x4, x20, #30, #9
    str x3, [x1, x4, lsl #3]
    ldr x3, =IDENTITY_BLOCK
    orr x3, x3, x20
    ubfx x4, x20, #21, #9
    str x3, [x2, x4, lsl #3]
    dmb sy
    adrp x0, __boot_tables_start
    adrp x1, __boot_tables_end
    mrs x2, ctr_el0
    ubfx x2, x2, #16, #4
    mov x3, #4
    lsl x3, x3, x2          // smallest data cache line in bytes
1:  dc ivac, x0
    add x0, x0, x3
    cmp x0, x1
    b.lo 1b
    dsb sy

    // MMU on.
    ldr x0, =KM_MAIR_EL1
    msr mair_el1, x0
    ldr x1, =TCR_BASE
    mrs x2, id_aa64mmfr0_el1
    and x3, x2, #0xf        // PARange; 52 bits need another table format
    mov x4, #5
    cmp x3, x4
    csel x3, x3, x4, lo
    bfi x1, x3, #32, #3     // IPS
    ubfx x3, x2, #4, #4     // ASIDBits
    cmp x3, #2
    b.ne 1f
    orr x1, x1, #TCR_AS
1:  mrs x2, id_aa64mmfr1_el1
    ands x2, x2, #0xf       // HAFDBS
    b.eq 1f
    orr x1, x1, #TCR_HA
    cmp x2, #2
    b.lo 1f
    orr x1, x1, #TCR_HD
1:  msr tcr_el1, x1
    adrp x0, identity_level0
    msr ttbr0_el1, x0
    adrp x0, swapper_pg_dir
    msr ttbr1_el1, x0
    tlbi vmalle1
    dsb nsh
    isb
    ldr x0, =SCTLR_MMU_ON
    msr sctlr_el1, x0
    isb

    adrp x0, __bss_start
    add x0, x0, :lo12:__bss_start
    adrp x1, __bss_end
    add x1, x1, :lo12:__bss_end
1:  stp xzr, xzr, [x0], #16
    cmp x0, x1
    b.lo 1b

    adrp x0, boot_stack_end
    mov sp, x0
    mov x29, xzr
    mov x30, xzr
    bl early_setup
    ldr x0, =primary_switched
    br x0

primary_switched:
    adrp x0, boot_stack_end
    mov sp, x0
    adrp x0, vectors
    add x0, x0, :lo12:vectors
    msr vbar_el1, x0
    adrp x0, boot_task
    add x0, x0, :lo12:boot_task
    msr sp_el0, x0
    adrp x1, this_cpu
    add x1, x1, :lo12:this_cpu
    msr tpidr_el1, x1
    str x0, [x1]
    isb
    mov x29, xzr
    mov x30, xzr
    mov x0, x21
    bl kernel_main
    brk #0
    .ltorg

    .section .bss
    .balign 4096
boot_stack:
    .space KM_STACK_SIZE
boot_stack_end:

// Early tables. swapper_pg_dir stays the kernel's root table; its two neighbours hold the image and the devices.
    .section .boot_tables, "aw", %nobits
    .balign 4096
    .global swapper_pg_dir, reserved_pg_dir, identity_level0, boot_table_pool, boot_table_pool_end
swapper_pg_dir:  .space 4096
reserved_pg_dir: .space 4096 // TTBR0_EL1 when no address space is installed: maps nothing
identity_level0: .space 4096
identity_level1: .space 4096
identity_level2: .space 4096
boot_table_pool: .space 4096 * 24
boot_table_pool_end:
