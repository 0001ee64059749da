/* What the kernel puts into x9 for the stub: the kind of its next step. Read by the assembler too. */
#ifndef KERNEL_MODEL_PROCESS_REPLAY_STUB_H
#define KERNEL_MODEL_PROCESS_REPLAY_STUB_H

#define REPLAY_STEP_READ 0    /* load a byte at x0 */
#define REPLAY_STEP_WRITE 1   /* store the byte x1 at x0 */
#define REPLAY_STEP_EXECUTE 2 /* call x0, where a RET stands */
#define REPLAY_STEP_CALL 3    /* system call x8 with x0..x5; its result comes back in x0 */

/* Far from anything that a recorded Linux program maps. */
#define REPLAY_STUB_ADDRESS 0x200000000000

#endif
