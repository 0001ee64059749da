/* One instruction word in one state, before and after: what the two sides of the comparison exchange. Shared by the
   runner (AArch64, C and assembly offsets) and the host. */
#pragma once

#include <stdint.h>

/* The same virtual addresses on both sides, so that PC-relative results and branch targets compare exactly. */
#define RANDOM_CODE 0x3000100000u        /* words close together: kind `dense` */
#define RANDOM_CODE_BYTES 0x10000u
#define RANDOM_DATA 0x3000141000u        /* two pages, nothing mapped around them; in reach of LDR (literal) */
#define RANDOM_DATA_BYTES 0x2000u
#define RANDOM_EXIT 0x3003551000u        /* one page: where every slot goes on to */
#define RANDOM_EXIT_DATA 0x3003552000u   /* its data: on a page of their own, or QEMU would translate the code anew */
#define RANDOM_BRANCH_CODE 0x3004000000u /* words far apart, so that TBZ does not reach another: kind `sparse` */
#define RANDOM_BRANCH_STRIDE 0x11000u
#define RANDOM_SLOTS 256u
#define BATCH_SAMPLES (RANDOM_SLOTS * 16u)

/* A slot: loads X30 and X0 (runner only; the host enters behind), a branch to the prefix (targets of branches are what the
   host's translator takes up), the prefix, the word, and a branch to RANDOM_EXIT. */
#define SLOT_WORDS 8u
#define SLOT_ENTER 2u
#define SLOT_PREFIX 3u
#define SLOT_WORD 4u
#define SLOT_LEAVE 5u

struct sample_state {
    uint64_t x[31];
    uint64_t sp;   /* 248 */
    uint64_t pc;   /* 256; before: where to enter; after: where it stopped, if not at the exit */
    uint64_t nzcv; /* 264; as the NZCV register */
    uint64_t fpcr; /* 272 */
    uint64_t fpsr; /* 280 */
    uint64_t v[32][2]; /* 288 */
};

enum sample_outcome {
    OUTCOME_EXIT,  /* went on behind the word */
    OUTCOME_ABORT, /* SIGSEGV: a data abort, or an instruction abort of a branch target */
    OUTCOME_UNDEFINED, /* SIGILL */
    OUTCOME_ALIGNMENT, /* SIGBUS: data or PC alignment */
    OUTCOME_BREAKPOINT, /* SIGTRAP */
    OUTCOME_ENDLESS /* host only: runs in a circle */
};

#define MEMORY_CHANGES 10u

struct memory_effect {
    uint32_t count; /* 8-byte words of the data that changed */
    uint32_t offset[MEMORY_CHANGES]; /* of the first of them */
    uint32_t unused;
    uint64_t value[MEMORY_CHANGES];
    uint64_t hash; /* of all */
};

struct sample {
    struct sample_state state;
    struct memory_effect memory;
    uint32_t outcome;
    uint32_t watches_memory; /* in: look for changes of the data */
    uint64_t unused;
};

/* What one turn of the runner works on: a file that both sides map. */
struct batch {
    uint64_t slot_count;
    uint64_t sample_count;
    uint64_t slot_address[RANDOM_SLOTS];
    uint32_t slot[RANDOM_SLOTS][SLOT_WORDS];
    uint64_t data[RANDOM_DATA_BYTES / 8];
    struct sample samples[BATCH_SAMPLES]; /* in place: before, then after */
};

/* Mixes one change into a hash; the order of changes matters. */
static inline uint64_t hash_change(uint64_t hash, uint32_t offset, uint64_t value) {
    hash = (hash ^ value) * 0x9e3779b97f4a7c15u;
    return (hash ^ (hash >> 29) ^ offset) * 0xbf58476d1ce4e5b9u;
}

/* Compares the data with how it was, and puts that back. */
static inline void note_changes(uint64_t* data, const uint64_t* pristine, struct memory_effect* out) {
    out->count = 0;
    out->hash = 0;
    for (uint32_t i = 0; i < RANDOM_DATA_BYTES / 8; ++i) {
        if (data[i] == pristine[i]) continue;
        if (out->count < MEMORY_CHANGES) {
            out->offset[out->count] = i * 8;
            out->value[out->count] = data[i];
        }
        ++out->count;
        out->hash = hash_change(out->hash, i * 8, data[i]);
        data[i] = pristine[i];
    }
}
