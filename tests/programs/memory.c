/* Large and small allocations, their growth and contents, and mappings. */
#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static uint64_t hash = 0xcbf29ce484222325u;
static void add(const unsigned char* bytes, size_t n) {
    for (size_t i = 0; i < n; i += 509) hash = (hash ^ bytes[i]) * 0x100000001b3u;
}
static unsigned random_of(unsigned bound) {
    static uint32_t state = 2463534242u;
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    return state % bound;
}

static void large(void) {
    const size_t size = 48u << 20;
    unsigned char* block = malloc(size);
    for (size_t i = 0; i < size; i += 4096) block[i] = (unsigned char)(i >> 12);
    add(block, size);
    block = realloc(block, 2 * size);
    add(block, 2 * size);
    block = realloc(block, size / 2);
    add(block, size / 2);
    free(block);
    unsigned* zeros = calloc(1 << 20, sizeof *zeros);
    unsigned sum = 0;
    for (int i = 0; i < 1 << 20; ++i) sum |= zeros[i];
    printf("zeros: %u, %016llx\n", sum, (unsigned long long)hash);
    free(zeros);
}

static void many(void) {
    enum { kBlocks = 2000 };
    static unsigned char* block[kBlocks];
    static size_t size[kBlocks];
    for (int step = 0; step < 30000; ++step) {
        const unsigned i = random_of(kBlocks);
        size[i] = random_of(step % 100 == 0 ? 300000 : 2000) + 1;
        block[i] = realloc(block[i], size[i]);
        memset(block[i], (int)i, size[i]);
    }
    for (unsigned i = 0; i < kBlocks; ++i) {
        if (block[i] == NULL) continue;
        for (size_t k = 0; k < size[i]; ++k)
            if (block[i][k] != (unsigned char)i) printf("block %u is damaged\n", i);
        add(block[i], size[i]);
        free(block[i]);
    }
    printf("blocks: %016llx\n", (unsigned long long)hash);
}

static void mappings(const char* path) {
    unsigned char* area = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    memset(area, 0x5a, 1 << 20);
    mprotect(area + 65536, 65536, PROT_READ);
    munmap(area + 262144, 262144);
    madvise(area + 524288, 262144, MADV_DONTNEED);
    unsigned char* moved = mremap(area, 65536, 1 << 22, MREMAP_MAYMOVE);
    printf("moved: %02x %02x %02x, not needed: %02x\n", moved[0], moved[60000], moved[1 << 20], area[600000]);
    FILE* file = fopen(path, "rb");
    if (file == NULL) return;
    fseek(file, 0, SEEK_END);
    const size_t bytes = (size_t)ftell(file);
    unsigned char* mapped = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE, fileno(file), 0);
    add(mapped, bytes);
    mapped[0] ^= 1;
    rewind(file);
    printf("file of %zu bytes: %016llx, private change seen by the file: %d\n", bytes, (unsigned long long)hash, fgetc(file) == mapped[0]);
    fclose(file);
    const char* heap = sbrk(0);
    sbrk(300000);
    memset((void*)(uintptr_t)heap, 1, 300000);
    printf("heap grew: %d\n", (const char*)sbrk(0) - heap == 300000);
}

int main(int count, char** arguments) {
    large();
    many();
    mappings(count > 1 ? arguments[1] : "/none");
    return 0;
}
