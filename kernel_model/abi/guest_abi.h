/* What host, guest kernel and guest programs agree on. Plain C, also readable by the assembler. */
#ifndef KERNEL_MODEL_ABI_GUEST_ABI_H
#define KERNEL_MODEL_ABI_GUEST_ABI_H

#define GUEST_ABI_VERSION 1

/* Markers: HINT #imm of the unallocated hint space, so a NOP on every other machine.
 * PHASE_BEGIN: x0-x2 = phase name, up to 24 characters, little endian, zero padded; x3 = flags.
 * PHASE_END: ends the phase opened last. Phases do not nest.
 * MAILBOX: x0 = physical address of struct guest_mailbox, x1 = of the counters that it is given a copy of when init exits
 * (GUEST_COUNTER_COUNT words, live until then), x2 = of struct guest_layout, or anything else; the guest kernel says so
 * once, at boot.
 * WINDOW: x0 = physical address of struct guest_window, which the host may refill with more of the trace.
 * INIT_EXIT: init has ended and its address space still stands; x0 = physical address of its root table.
 * OUTPUT: a program writes x2 bytes at physical address x1 to stream x0. A host that takes them makes x0
 * GUEST_OUTPUT_TAKEN; otherwise they go to the console, byte by byte.
 * SYSCALL_NOT_BUILT: a program asked for Linux system call x0, which the guest kernel does not have. */
#define GUEST_HINT_PHASE_BEGIN 80
#define GUEST_HINT_PHASE_END 81
#define GUEST_HINT_MAILBOX 82
#define GUEST_HINT_WINDOW 83
#define GUEST_HINT_INIT_EXIT 84
#define GUEST_HINT_OUTPUT 85
#define GUEST_HINT_SYSCALL_NOT_BUILT 86
#define GUEST_HINT_LAST GUEST_HINT_SYSCALL_NOT_BUILT

#define GUEST_STREAM_OUTPUT 1
#define GUEST_STREAM_ERROR 2
#define GUEST_OUTPUT_TAKEN 0

#define GUEST_PHASE_OF_INTEREST 1

/* System calls beyond Linux's, in a range Linux does not use. */
#define GUEST_SYS_RESULT 4096        /* x0 = checksum of the workload: goes to the mailbox */
#define GUEST_SYS_REPLAY 4097        /* from init: run the replay; from a traced process: its next operation */
#define GUEST_SYS_COUNTERS 4098      /* x0 = address for uint64_t[x1]: the first x1 counters */

#define GUEST_MAILBOX_MAGIC 0x4b4c5744464c4f46ull /* "FOLFDWLK" read as bytes */
#define GUEST_MAX_ORDER 10                        /* folio orders 0..10 */

#ifndef __ASSEMBLER__
#include <stdint.h>

/* Counters of the guest kernel, in the order of mm_counters.def. Those by order take one slot per order. */
enum guest_counter {
#define COUNTER(id, name, sentence) GUEST_##id,
#define COUNTER_BY_ORDER(id, name, sentence) GUEST_##id, GUEST_##id##_LAST = GUEST_##id + GUEST_MAX_ORDER,
#include "kernel_model/abi/mm_counters.def"
#undef COUNTER
#undef COUNTER_BY_ORDER
    GUEST_COUNTER_COUNT
};

struct guest_mailbox {
    uint64_t magic;
    uint32_t version;
    uint32_t counter_count;
    uint64_t state;          /* 0 running, 1 init exited, 2 panic */
    uint64_t exit_status;    /* of init, as wait4 reports it: status << 8, or the signal that killed it */
    uint64_t checksum;       /* GUEST_SYS_RESULT */
    uint64_t table_hash;     /* descriptors of all live tables at exit of init, without AF and dirty bits */
    uint64_t free_pages_after_teardown; /* equals FREE_PAGES_AT_BOOT unless pages leak */
    uint64_t counters[GUEST_COUNTER_COUNT];
};

/* The kernel's array of frame descriptors (km::page_array): one of GUEST_FRAME_DESCRIPTOR_BYTES for each page frame from
 * first_frame on. Whoever watches the page allocator from outside learns from it which memory is meant. */
#define GUEST_FRAME_DESCRIPTOR_BYTES 64
struct guest_frame_array {
    uint64_t descriptors;
    uint64_t first_frame;
    uint64_t end_frame;
};

/* Where the guest kernel keeps what a debugger would look for, so that the host can name the region and the folio behind
 * an address without the guest doing anything for it. Pointers in guest memory are virtual. */
#define GUEST_LAYOUT_MAGIC 0x54554f59414c4b46ull /* "FKLAYOUT" read as bytes */
struct guest_layout {
    uint64_t magic;
    uint64_t linear_map;      /* virtual address of physical address 0 */
    uint64_t address_spaces;  /* physical address of the pointer to the first address space */
    uint64_t page_array;      /* physical address of {struct page *first; uint64_t first_pfn, end_pfn;} */
    /* Byte offsets: in an address space, */
    uint64_t mm_next, mm_pgd, mm_first_vma, mm_start_brk, mm_brk;
    /* in a region, */
    uint64_t vma_start, vma_end, vma_flags, vma_file, vma_next;
    /* and in a page: of the second one of a large folio, the order of the folio is 32 bits wide. */
    uint64_t page_bytes, page_flags, page_compound_head, second_page_order;
    uint64_t page_flag_head;  /* the bit of flags that marks the first page of a large folio */
    /* vm_flags. */
    uint64_t vma_exec, vma_shared, vma_grows_down;
};

/* A window on a trace, which may be longer than guest memory. `length` bytes of it follow this structure. The guest
 * consumes them, sets `length` to 0 and executes the WINDOW marker when it wants more; `done` says that there is none. */
struct guest_window {
    uint64_t capacity;       /* bytes that may follow */
    uint64_t length;
    uint64_t done;
    uint64_t reserved;
};
#endif
#endif
