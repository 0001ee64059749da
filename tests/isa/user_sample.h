/* One instruction with its registers, before and after. Shared by user_runner.c (AArch64) and its test (host);
   user_runner.S knows the offsets. */
#pragma once

#include <stdint.h>

#define SAMPLE_REGISTERS 28

struct sample {
    uint64_t x[SAMPLE_REGISTERS];
    uint64_t sp;
    uint64_t nzcv; /* as the NZCV register */
    uint64_t word;
    uint64_t unused;
};
