// The guest programs of the core's tests, one after another, behind a directory of {offset, name} entries of 64
// bytes that ends with offset 0. Every program ends with HVC, which stops the run.
    .arch armv8.4-a

.macro program name
    .text 0
    .quad \name - directory
    .asciz "\name"
    .balign 64
    .text 1
    .balign 64
\name:
.endm

// One instruction on x0-x4, x5 and sp.
.macro one name, instruction:vararg
    program \name
    \instruction
    hvc #0
.endm

    .text 0
directory:
    .text 1

// ---- Loads: result in x0 (and x3), base x1, index x2.
    one ldrb_imm,       ldrb w0, [x1, #5]
    one ldrh_imm,       ldrh w0, [x1, #6]
    one ldr_imm_32,     ldr w0, [x1, #12]
    one ldr_imm_64,     ldr x0, [x1, #24]
    one ldrsb_imm_64,   ldrsb x0, [x1, #5]
    one ldrsb_imm_32,   ldrsb w0, [x1, #5]
    one ldrsh_imm_64,   ldrsh x0, [x1, #6]
    one ldrsh_imm_32,   ldrsh w0, [x1, #6]
    one ldrsw_imm,      ldrsw x0, [x1, #12]
    one ldurb,          ldurb w0, [x1, #-3]
    one ldurh,          ldurh w0, [x1, #-3]
    one ldur_32,        ldur w0, [x1, #-5]
    one ldur_64,        ldur x0, [x1, #-9]
    one ldursb_64,      ldursb x0, [x1, #-3]
    one ldursb_32,      ldursb w0, [x1, #-3]
    one ldursh_64,      ldursh x0, [x1, #-3]
    one ldursh_32,      ldursh w0, [x1, #-3]
    one ldursw,         ldursw x0, [x1, #-5]
    one ldrb_post,      ldrb w0, [x1], #-7
    one ldrh_post,      ldrh w0, [x1], #3
    one ldr_post_32,    ldr w0, [x1], #4
    one ldr_post_64,    ldr x0, [x1], #255
    one ldrsb_post_64,  ldrsb x0, [x1], #-256
    one ldrsb_post_32,  ldrsb w0, [x1], #1
    one ldrsh_post_64,  ldrsh x0, [x1], #2
    one ldrsh_post_32,  ldrsh w0, [x1], #2
    one ldrsw_post,     ldrsw x0, [x1], #-4
    one ldrb_pre,       ldrb w0, [x1, #-7]!
    one ldrh_pre,       ldrh w0, [x1, #2]!
    one ldr_pre_32,     ldr w0, [x1, #4]!
    one ldr_pre_64,     ldr x0, [x1, #-16]!
    one ldrsb_pre_64,   ldrsb x0, [x1, #9]!
    one ldrsb_pre_32,   ldrsb w0, [x1, #9]!
    one ldrsh_pre_64,   ldrsh x0, [x1, #10]!
    one ldrsh_pre_32,   ldrsh w0, [x1, #10]!
    one ldrsw_pre,      ldrsw x0, [x1, #-4]!
    one ldrb_reg,       ldrb w0, [x1, x2]
    one ldrh_reg,       ldrh w0, [x1, x2, lsl #1]
    one ldr_reg_32,     ldr w0, [x1, w2, sxtw]
    one ldr_reg_64,     ldr x0, [x1, w2, sxtw #3]
    one ldr_reg_uxtw,   ldr x0, [x1, w2, uxtw #3]
    one ldrsb_reg_64,   ldrsb x0, [x1, x2, sxtx]
    one ldrsb_reg_32,   ldrsb w0, [x1, w2, uxtw]
    one ldrsh_reg_64,   ldrsh x0, [x1, w2, sxtw #1]
    one ldrsh_reg_32,   ldrsh w0, [x1, x2]
    one ldrsw_reg,      ldrsw x0, [x1, x2, lsl #2]
    one ldtrb,          ldtrb w0, [x1, #5]
    one ldtrh,          ldtrh w0, [x1, #6]
    one ldtr_32,        ldtr w0, [x1, #12]
    one ldtr_64,        ldtr x0, [x1, #24]
    one ldtrsb_64,      ldtrsb x0, [x1, #5]
    one ldtrsb_32,      ldtrsb w0, [x1, #5]
    one ldtrsh_64,      ldtrsh x0, [x1, #6]
    one ldtrsh_32,      ldtrsh w0, [x1, #6]
    one ldtrsw,         ldtrsw x0, [x1, #12]
    one ldarb,          ldarb w0, [x1]
    one ldarh,          ldarh w0, [x1]
    one ldar_32,        ldar w0, [x1]
    one ldar_64,        ldar x0, [x1]
    one ldapr_64,       ldapr x0, [x1]
    one ldlar_64,       .inst 0xc8df7c20
    one ldp_off_32,     ldp w0, w3, [x1, #-8]
    one ldp_off_64,     ldp x0, x3, [x1, #16]
    one ldp_post_32,    ldp w0, w3, [x1], #8
    one ldp_post_64,    ldp x0, x3, [x1], #-512
    one ldp_pre_32,     ldp w0, w3, [x1, #-8]!
    one ldp_pre_64,     ldp x0, x3, [x1, #16]!
    one ldpsw_off,      ldpsw x0, x3, [x1, #4]
    one ldpsw_post,     ldpsw x0, x3, [x1], #8
    one ldpsw_pre,      ldpsw x0, x3, [x1, #-4]!
    one ldnp_64,        ldnp x0, x3, [x1, #16]
    one ldxp_64,        ldxp x0, x3, [x1]
    one ldaxp_32,       ldaxp w0, w3, [x1]

    program ldr_lit
    ldr w0, 1f
    ldr x3, 2f
    ldrsw x4, 1f
    prfm pldl1keep, 2f
    hvc #0
    .balign 8
1:  .word 0x89abcdef
    .word 0
2:  .quad 0x0123456789abcdef

    program load_to_xzr
    ldr xzr, [x1], #8
    ldp xzr, x0, [x1], #16
    hvc #0

// ---- Stores: value x0 (and x3), base x1, index x2.
    one strb_imm,       strb w0, [x1, #5]
    one strh_imm,       strh w0, [x1, #6]
    one str_imm_32,     str w0, [x1, #12]
    one str_imm_64,     str x0, [x1, #24]
    one sturb,          sturb w0, [x1, #-3]
    one sturh,          sturh w0, [x1, #-3]
    one stur_32,        stur w0, [x1, #-5]
    one stur_64,        stur x0, [x1, #-9]
    one strb_post,      strb w0, [x1], #-7
    one strh_post,      strh w0, [x1], #3
    one str_post_32,    str w0, [x1], #4
    one str_post_64,    str x0, [x1], #255
    one strb_pre,       strb w0, [x1, #-7]!
    one strh_pre,       strh w0, [x1, #2]!
    one str_pre_32,     str w0, [x1, #4]!
    one str_pre_64,     str x0, [x1, #-16]!
    one strb_reg,       strb w0, [x1, x2]
    one strh_reg,       strh w0, [x1, x2, lsl #1]
    one str_reg_32,     str w0, [x1, w2, sxtw]
    one str_reg_64,     str x0, [x1, w2, sxtw #3]
    one sttrb,          sttrb w0, [x1, #5]
    one sttrh,          sttrh w0, [x1, #6]
    one sttr_32,        sttr w0, [x1, #12]
    one sttr_64,        sttr x0, [x1, #24]
    one stlrb,          stlrb w0, [x1]
    one stlrh,          stlrh w0, [x1]
    one stlr_32,        stlr w0, [x1]
    one stlr_64,        stlr x0, [x1]
    one str_xzr,        str xzr, [x1]
    one stp_off_32,     stp w0, w3, [x1, #-8]
    one stp_off_64,     stp x0, x3, [x1, #16]
    one stp_post_32,    stp w0, w3, [x1], #8
    one stp_post_64,    stp x0, x3, [x1], #-512
    one stp_pre_32,     stp w0, w3, [x1, #-8]!
    one stp_pre_64,     stp x0, x3, [x1, #16]!
    one stnp_64,        stnp x0, x3, [x1, #16]

// ---- Exclusives: address x1, value x0 (and x3), status to w4.
    program exclusive_passes
    ldaxr x5, [x1]
    stlxr w4, x0, [x1]
    hvc #0

    program exclusive_fails_without_load
    stxr w4, x0, [x1]
    hvc #0

    program exclusive_fails_after_clrex
    ldxr x5, [x1]
    clrex
    stxr w4, x0, [x1]
    hvc #0

    program exclusive_fails_elsewhere
    ldxr x5, [x1]
    add x6, x1, #64
    stxr w4, x0, [x6]
    hvc #0

    program exclusive_fails_twice
    ldxr x5, [x1]
    stxr w4, x0, [x1]
    mov w6, w4
    stxr w4, x0, [x1]
    hvc #0

    program exclusive_fails_after_eret
    ldxr x5, [x1]
    adr x6, 1f
    msr elr_el1, x6
    mov x6, #0x3c5
    msr spsr_el1, x6
    eret
1:  stxr w4, x0, [x1]
    hvc #0

    program exclusive_sizes
    ldxrb w5, [x1]
    stxrb w6, w0, [x1]
    add x1, x1, #2
    ldaxrh w7, [x1]
    stlxrh w8, w0, [x1]
    add x1, x1, #2
    ldxr w9, [x1]
    stxr w10, w0, [x1]
    add x1, x1, #4
    ldxp w11, w12, [x1]
    stxp w13, w0, w3, [x1]
    add x1, x1, #8
    ldaxp x14, x15, [x1]
    stlxp w16, x0, x3, [x1]
    hvc #0

// ---- Atomics: address x1, operand x0, old value to x4.
.macro atomic name
    one \name\()_8,  \name\()b w0, w4, [x1]
    one \name\()_16, \name\()h w0, w4, [x1]
    one \name\()_32, \name\()a w0, w4, [x1]
    one \name\()_64, \name\()al x0, x4, [x1]
.endm
    atomic ldadd
    atomic ldclr
    atomic ldeor
    atomic ldset
    atomic ldsmax
    atomic ldsmin
    atomic ldumax
    atomic ldumin
    atomic swp
    one cas_8,   casb w4, w0, [x1]
    one cas_16,  cash w4, w0, [x1]
    one cas_32,  casa w4, w0, [x1]
    one cas_64,  casal x4, x0, [x1]
    one casp_32, casp w4, w5, w2, w3, [x1]
    one casp_64, caspal x4, x5, x2, x3, [x1]

// ---- Exceptions. Vectors: entry n does x28 = its offset, then HVC.
    program vectors
    .rept 16
1:  mov x28, #(1b - vectors)
    hvc #0
    .skip 120
    .endr

    one svc_1234,       svc #0x1234
    one brk_42,         brk #42
    one udf,            udf #7
    one svc_only,       svc #0
    one smc_0,          smc #0
    one eret_here,      eret
    one nop,            nop
    one wfi,            wfi
    one wfe,            wfe
    one dit_imm,        .inst 0xd503415f
    one bfcvt,          .inst 0x1e634020
    one fp_divide,      .inst 0x1e621820  // fdiv d0, d1, d2
    one branch_odd,     br x1
    one load_64,        ldr x0, [x1]
    one store_64,       str x0, [x1]
    one load_pair,      ldp x0, x3, [x1]
    one store_pair,     stp x0, x3, [x1]
    one load_sp,        ldr x0, [sp]
    one store_sp_pre,   str x0, [sp, #-16]!
    one prefetch_sp,    prfm pldl1keep, [sp]
    one load_acquire,   ldar x0, [x1]
    one load_exclusive, ldxr x0, [x1]
    one store_exclusive_unaligned, stxr w4, x0, [x1]
    one atomic_add,     ldadd x0, x4, [x1]
    one load_unprivileged,  ldtr x0, [x1]
    one store_unprivileged, sttr x0, [x1]
    one prefetch,       prfm pldl1keep, [x1]
    one zero_block,     dc zva, x1
    one clean_line,     dc cvac, x1
    one clean_persist,  dc cvap, x1
    one invalidate_line, dc ivac, x1
    one ic_ivau,        ic ivau, x1
    one ic_iallu,       ic iallu
    one hint_80,        hint #80
    one hint_86,        hint #86
    one hint_79,        hint #79
    one hint_87,        hint #87

    program return_to_el0       // x1 = where, x2 = SPSR
    msr elr_el1, x1
    msr spsr_el1, x2
    eret

    program stack_selection
    mov x5, #0x1110
    mov sp, x5
    mov x5, #0x2220
    msr sp_el0, x5
    msr spsel, #0
    mov x6, sp
    mov x5, #0x3330
    mov sp, x5
    msr spsel, #1
    mov x7, sp
    mrs x8, sp_el0
    mrs x9, spsel
    hvc #0

// ---- System registers.
    one read_currentel,  mrs x0, currentel
    one read_midr,       mrs x0, midr_el1
    one read_reserved_id, mrs x0, s3_0_c0_c7_7
    one read_unallocated, mrs x0, s3_0_c0_c0_1
    one read_isar0,      mrs x0, id_aa64isar0_el1
    one read_ctr,        mrs x3, ctr_el0
    one read_dczid,      mrs x0, dczid_el0
    one read_cntvct,     mrs x0, cntvct_el0
    one read_tpidr,      mrs x0, tpidr_el0
    one write_tpidr,     msr tpidr_el0, x0
    one write_tpidrro,   msr tpidrro_el0, x0
    one write_midr,      .inst 0xd5180000
    one read_sp_el0,     mrs x0, sp_el0
    one read_pmccntr,    mrs x0, pmccntr_el0
    one read_fpcr,       mrs x0, fpcr
    one write_daif,      msr daif, x0
    one daifset,         msr daifset, #2
    one write_pan,       msr pan, #1
    one clear_pan,       msr pan, #0
    one write_uao,       msr uao, #1
    one write_nzcv,      msr nzcv, x0
    one write_tcr,       msr tcr_el1, x0
    one write_dbgbvr,    msr dbgbvr0_el1, x0
    one tlbi_all,        tlbi vmalle1
    one tlbi_os,         tlbi vmalle1os
    one tlbi_range,      tlbi rvae1is, x0
    one tlbi_va,         tlbi vaae1is, x0
    one at_read,         at s1e1r, x1
    one at_write,        at s1e1w, x1
    one at_user_read,    at s1e0r, x1
    one at_user_write,   at s1e0w, x1
    one at_pan_read,     at s1e1rp, x1

    program daif_bits
    msr daifclr, #15
    mrs x0, daif
    msr daifset, #5
    mrs x1, daif
    mov x2, #0x80
    msr daif, x2
    mrs x2, daif
    hvc #0

    program csselr_selects
    mov x5, #0
    msr csselr_el1, x5
    mrs x0, ccsidr_el1
    mov x5, #1
    msr csselr_el1, x5
    mrs x1, ccsidr_el1
    mov x5, #2
    msr csselr_el1, x5
    mrs x2, ccsidr_el1
    hvc #0

    program pmu_counts          // x0 = event: ten instructions between reset and read
    msr pmevtyper0_el0, x0
    mov x5, #1
    msr pmcntenset_el0, x5
    mov x5, #3
    msr pmcr_el0, x5
    .rept 8
    ldr x6, [x1]
    .endr
    mrs x2, pmevcntr0_el0
    mov x5, #1
    msr pmcntenclr_el0, x5
    ldr x6, [x1]
    mrs x3, pmevcntr0_el0
    mov x5, #0
    msr pmselr_el0, x5
    mrs x4, pmxevtyper_el0
    mrs x7, pmcr_el0
    hvc #0

    program pmu_six_counters    // x0: page, x1: pages; reads each page twice while six counters run
    mov x5, #0x05               // L1D_TLB_REFILL
    msr pmevtyper0_el0, x5
    mov x5, #0x2d               // L2D_TLB_REFILL
    msr pmevtyper1_el0, x5
    mov x5, #0x34               // DTLB_WALK
    msr pmevtyper2_el0, x5
    mov x5, #0x25               // L1D_TLB
    msr pmevtyper3_el0, x5
    mov x5, #0x66               // MEM_ACCESS_RD
    msr pmevtyper4_el0, x5
    mov x5, #0x66               // the same, not at EL1
    movk x5, #0x8000, lsl #16
    msr pmevtyper5_el0, x5
    mov x5, #0x3f
    msr pmcntenset_el0, x5
    mov x5, #3
    msr pmcr_el0, x5
    mov x8, #2
1:  mov x6, x0
    mov x7, x1
2:  ldr x9, [x6]
    add x6, x6, #4096
    subs x7, x7, #1
    b.ne 2b
    subs x8, x8, #1
    b.ne 1b
    msr pmcr_el0, xzr
    mrs x10, pmevcntr0_el0
    mrs x11, pmevcntr1_el0
    mrs x12, pmevcntr2_el0
    mrs x13, pmevcntr3_el0
    mrs x14, pmevcntr4_el0
    mrs x15, pmevcntr5_el0
    mrs x16, pmceid0_el0
    mrs x17, pmceid1_el0
    hvc #0

    program pmu_cycles          // x0: page, x1: pages; the clock before, between and after reading each page
    mov x5, #0x11               // CPU_CYCLES
    msr pmevtyper0_el0, x5
    mov x5, #1
    orr x5, x5, #0x80000000     // counter 0 and the cycle counter
    msr pmcntenset_el0, x5
    mov x5, #0x47               // E, P, C, LC
    msr pmcr_el0, x5
    mrs x2, pmccntr_el0
    mov x6, x0
    mov x7, x1
1:  ldr x9, [x6]
    add x6, x6, #4096
    subs x7, x7, #1
    b.ne 1b
    mrs x3, pmccntr_el0
    dsb ish
    isb
    mrs x4, pmccntr_el0
    mrs x8, pmevcntr0_el0
    hvc #0

    program pmu_overflows
    mov x5, #8
    msr pmevtyper0_el0, x5
    mov w5, #0xfffffffe
    msr pmevcntr0_el0, x5
    mov x5, #1
    msr pmcntenset_el0, x5
    msr pmcr_el0, x5
    nop
    nop
    nop
    mrs x2, pmovsset_el0
    mrs x3, pmevcntr0_el0
    mov x5, #1
    msr pmovsclr_el0, x5
    mrs x4, pmovsclr_el0
    hvc #0

    program timer_fires
    mov x5, #1
    msr cntv_ctl_el0, x5
    mrs x6, cntvct_el0
    add x6, x6, #10
    msr cntv_cval_el0, x6
    mrs x0, cntv_ctl_el0
    mrs x1, cntv_tval_el0
    .rept 12
    nop
    .endr
    mrs x2, cntv_ctl_el0
    mov x5, #-1
    msr cntp_tval_el0, x5
    mov x5, #3
    msr cntp_ctl_el0, x5
    mrs x3, cntp_ctl_el0
    hvc #0

// ---- Self-modifying code.
    program patches_next        // stores the word x0 over the instruction behind the store
    adr x5, 1f
    str w0, [x5]
1:  mov x6, #1
    hvc #0

    program patches_loop        // second round executes what the first one wrote
    adr x5, 1f
    mov x7, #2
    mov x8, #0
1:  add x8, x8, #1
    str w0, [x5]
    dc cvau, x5
    dsb ish
    ic ivau, x5
    dsb ish
    isb
    subs x7, x7, #1
    b.ne 1b
    hvc #0

// ---- Loops for the equality and speed tests.
    program mixed_work          // x0 rounds, x1 data, 64 KiB
    mov x2, #0
    mov x9, #0x4321
    movk x9, #0x8765, lsl #16
1:  mov x10, #0x4e6d
    movk x10, #0x41c6, lsl #16
    madd x9, x9, x10, x0
    ubfx x3, x9, #13, #12
    lsl x3, x3, #4
    ldr x4, [x1, x3]
    add x4, x4, x9
    str x4, [x1, x3]
    add x5, x1, x3
    ldp x6, x7, [x5]
    stp x7, x6, [x5]
    ldur x6, [x5, #3]
    eor x2, x2, x6
    tbz x9, #17, 2f
    bl mixed_leaf
2:  ands x8, x0, #63
    b.ne 3f
    svc #0
3:  ands x8, x0, #255
    b.ne 4f
    tlbi vmalle1
    dsb nsh
    isb
4:  ldxr x6, [x5]
    add x6, x6, #1
    stxr w7, x6, [x5]
    ldadd x2, x6, [x5]
    prfm pldl1keep, [x5, #4096]
    dc cvac, x5
    dc zva, x5
    subs x0, x0, #1
    b.ne 1b
    hvc #0
    .skip 4096
mixed_leaf:
    add x2, x2, #1
    cmp x2, x9
    csel x2, x2, x9, lo
    ret

    program unmask_irq
    msr daifclr, #2
    mov x0, #1
    hvc #0
    program store_and_jump      // x1: a device
    str x0, [x1]
    mov x0, #1
    mov x0, #2
    b 1f
    mov x0, #3
1:  mov x0, #4
    hvc #0
    one read_isr,       mrs x0, isr_el1
    program wait_masked
    wfi
    mov x0, #1
    hvc #0

    program returning_vectors   // every exception: count it in x27, and return
    .rept 16
    add x27, x27, #1
    eret
    .skip 120
    .endr

    program straight_line       // more than a page without a branch
    .rept 1500
    add x2, x2, #1
    .endr
    subs x0, x0, #1
    b.ne straight_line
    hvc #0

    program loop_forever
    b loop_forever

    program alu_loop            // x0 rounds
1:  add x2, x2, x0
    eor x3, x3, x2, lsl #3
    sub x4, x4, x3
    orr x5, x5, #0xff
    and x6, x5, x4
    add x7, x7, x6, lsr #2
    subs x0, x0, #1
    b.ne 1b
    hvc #0

    program memory_loop         // x0 rounds, x1 data
1:  ldr x2, [x1]
    add x2, x2, #1
    str x2, [x1]
    ldp x3, x4, [x1, #16]
    add x3, x3, x4
    str x3, [x1, #32]
    subs x0, x0, #1
    b.ne 1b
    hvc #0

    program last
    hvc #0

    .text 0
    .quad 0
