/* Executes samples from standard input on a real or emulated AArch64 and writes them, changed, to standard output.
   Exit 0 done, 1 input or memory failed. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "tests/isa/user_sample.h"

enum { RET = 0xd65f03c0 };

void run_word(struct sample* in_out, const void* code);

static struct sample* read_all(size_t* count) {
    size_t capacity = 1024;
    struct sample* samples = malloc(capacity * sizeof *samples);
    *count = 0;
    while (samples != NULL && fread(&samples[*count], sizeof *samples, 1, stdin) == 1) {
        if (++*count == capacity) samples = realloc(samples, (capacity *= 2) * sizeof *samples);
    }
    return samples;
}

/* All code is written before any of it runs, so that the instruction cache is cleaned once. */
static uint32_t* write_code(const struct sample* samples, size_t count) {
    const size_t bytes = count * 2 * sizeof(uint32_t);
    uint32_t* code =
        mmap(NULL, bytes, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (code == MAP_FAILED) return NULL;
    for (size_t i = 0; i < count; ++i) {
        code[2 * i] = (uint32_t)samples[i].word;
        code[2 * i + 1] = RET;
    }
    __builtin___clear_cache((char*)code, (char*)code + bytes);
    return code;
}

int main(void) {
    size_t count = 0;
    struct sample* samples = read_all(&count);
    uint32_t* code = samples == NULL || count == 0 ? NULL : write_code(samples, count);
    if (code == NULL) return 1;
    for (size_t i = 0; i < count; ++i) run_word(&samples[i], &code[2 * i]);
    return fwrite(samples, sizeof *samples, count, stdout) == count ? 0 : 1;
}
