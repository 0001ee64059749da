/* The page that signal handlers return through, when the program names no restorer of its own. Debuggers and unwinders know
 * this pair of instructions. Linux: arch/arm64/kernel/vdso/sigreturn.S. */
    .section .rodata.signal_return, "a"
    .balign 8
    .global signal_return_start, signal_return_end
signal_return_start:
    mov     x8, #139        // rt_sigreturn
    svc     #0
signal_return_end:
