/* The user part of a traced process. Position independent, no stack, no data; copied to a page of its own. */
#include "kernel_model/abi/guest_abi.h"
#include "kernel_model/process/replay_stub.h"

    .section .rodata.replay_stub, "a"
    .balign 8
    .global replay_stub_start, replay_stub_end
replay_stub_start:
next_operation:
    mov     x8, #GUEST_SYS_REPLAY
    svc     #0
    cmp     x9, #REPLAY_STEP_CALL
    b.eq    call
    cmp     x9, #REPLAY_STEP_WRITE
    b.eq    write
    cmp     x9, #REPLAY_STEP_EXECUTE
    b.eq    execute
    ldrb    w1, [x0]
    b       next_operation
write:
    strb    w1, [x0]
    b       next_operation
execute:
    blr     x0
    b       next_operation
call:
    svc     #0
    b       next_operation
replay_stub_end:
