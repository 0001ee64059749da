// Start of every workload: the kernel leaves argc, argv... at the stack pointer, as Linux does.
    .text
    .global _start
_start:
    mov x29, xzr
    mov x30, xzr
    mov x0, sp
    bl start_workload
    brk #0
