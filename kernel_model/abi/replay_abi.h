/* The replay program: what the host's trace importer hands to the guest's replay engine. An array of
 * struct replay_op, in the order of the trace. `pid` names an address space, not a task id. */
#ifndef KERNEL_MODEL_ABI_REPLAY_ABI_H
#define KERNEL_MODEL_ABI_REPLAY_ABI_H

/* Kinds of operation; a[] as said. */
#define REPLAY_END 0      /* no more */
#define REPLAY_SPAWN 1    /* new process `pid` with an empty address space */
#define REPLAY_EXEC 2     /* `pid` drops its address space and starts with an empty one */
#define REPLAY_FORK 3     /* a[0] = child: duplicate `pid` */
#define REPLAY_EXIT 4     /* `pid` ends */
#define REPLAY_REGION 5   /* a[0] start, a[1] end, a[2] vm_flags (Linux's), a[3] page offset, a[4] file id or 0: a region that no call made */
#define REPLAY_BRK_INIT 6 /* a[0] = where the heap starts */
#define REPLAY_SYSCALL 7  /* nr, a[0..5] arguments; `expect` = result of the trace; fd of mmap = REPLAY_FD_BASE + file id */
#define REPLAY_ACCESS 8   /* a[0] address, a[1] type below */

#define REPLAY_ACCESS_READ 0        /* from EL0 */
#define REPLAY_ACCESS_WRITE 1
#define REPLAY_ACCESS_EXECUTE 2
#define REPLAY_ACCESS_KERNEL_READ 3 /* from EL1, as copy_from_user does */
#define REPLAY_ACCESS_KERNEL_WRITE 4

#define REPLAY_FD_BASE 0x10000
/* Every page of a replayed file holds this word throughout: RET, so that it can be executed. */
#define REPLAY_FILE_WORD 0xd65f03c0u
#define REPLAY_FILE_NAME "replay.bin"

#ifndef __ASSEMBLER__
#include <stdint.h>
struct replay_op {
    uint16_t kind;
    uint16_t nr; /* system-call number (arm64) of REPLAY_SYSCALL */
    uint32_t pid;
    uint64_t a[6];
    uint64_t expect;
};
#endif
#endif
