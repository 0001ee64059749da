// Entry at EL1 with the MMU off, as the arm64 boot protocol has it: a stack, vectors, cleared .bss, main.
#include "kernel_model/abi/image_entry.h"

    .section .head.text, "ax"
    .global _start
_start:
    arm64_image_header entry
entry:
    bare_entry harness_stack_end, suite_main

    .section .bss
    .balign 4096
    .space 65536
    .global harness_stack_end
harness_stack_end:
