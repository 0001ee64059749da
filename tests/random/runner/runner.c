/* Executes batches of samples on a real or emulated AArch64: one byte on standard input is one turn on the batch that
   is mapped from the file named as argument, answered by one byte. Exit 0 end of input, 1 set-up failed, 2 a signal
   outside of a sample. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#include "tests/random/sample.h"

void enter_sample(struct sample_state* state);
void resume_runner(void);
extern const char exit_stub[], exit_stub_end[];

/* What enter_sample leaves for the exit stub, and for the handler. */
struct exit_data {
    struct sample_state* state;
    uint64_t sp;
    uint64_t tpidr;
    uint64_t resume;
};
static volatile struct exit_data* const kExit = (struct exit_data*)RANDOM_EXIT_DATA;
static struct sample* current;

static uint32_t outcome_of(int signal_number) {
    switch (signal_number) {
        case SIGSEGV: return OUTCOME_ABORT;
        case SIGILL: return OUTCOME_UNDEFINED;
        case SIGBUS: return OUTCOME_ALIGNMENT;
        default: return OUTCOME_BREAKPOINT;
    }
}

/* The sample ended in a signal: its state is the context's. */
static void on_signal(int signal_number, siginfo_t* info, void* context) {
    (void)info;
    if (current == NULL) _exit(2);
    mcontext_t* machine = &((ucontext_t*)context)->uc_mcontext;
    const struct fpsimd_context* vectors = (const struct fpsimd_context*)machine->__reserved;
    struct sample_state* state = &current->state;
    memcpy(state->x, machine->regs, sizeof state->x);
    state->sp = machine->sp;
    state->pc = machine->pc;
    state->nzcv = machine->pstate & 0xf0000000;
    state->fpcr = vectors->fpcr;
    state->fpsr = vectors->fpsr;
    memcpy(state->v, vectors->vregs, sizeof state->v);
    current->outcome = outcome_of(signal_number);
    machine->sp = kExit->sp;
    machine->pc = (uint64_t)&resume_runner;
}

static void catch_signals(void) {
    static char stack[1 << 16];
    const stack_t alternate = {.ss_sp = stack, .ss_size = sizeof stack};
    sigaltstack(&alternate, NULL);
    struct sigaction action = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    const int caught[] = {SIGSEGV, SIGILL, SIGBUS, SIGTRAP};
    for (unsigned i = 0; i < sizeof caught / sizeof *caught; ++i) sigaction(caught[i], &action, NULL);
}

static int map(uint64_t address, uint64_t bytes, int protection) {
    const int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE;
    return mmap((void*)address, bytes, protection, flags, -1, 0) == (void*)address;
}

static int map_everything(void) {
    const int code = PROT_READ | PROT_WRITE | PROT_EXEC;
    if (!map(RANDOM_CODE, RANDOM_CODE_BYTES, code) || !map(RANDOM_EXIT, 0x1000, code) ||
        !map(RANDOM_EXIT_DATA, 0x1000, PROT_READ | PROT_WRITE) ||
        !map(RANDOM_DATA, RANDOM_DATA_BYTES, PROT_READ | PROT_WRITE))
        return 0;
    for (uint64_t i = 0; i < RANDOM_SLOTS; ++i) {
        if (!map(RANDOM_BRANCH_CODE + i * RANDOM_BRANCH_STRIDE, 0x1000, code)) return 0;
    }
    memcpy((void*)RANDOM_EXIT, exit_stub, (size_t)(exit_stub_end - exit_stub));
    return 1;
}

static void write_code(const struct batch* batch) {
    for (uint64_t i = 0; i < batch->slot_count; ++i) {
        char* to = (char*)batch->slot_address[i];
        memcpy(to, batch->slot[i], sizeof batch->slot[i]);
        __builtin___clear_cache(to, to + sizeof batch->slot[i]);
    }
}

static void run(struct batch* batch) {
    write_code(batch);
    memcpy((void*)RANDOM_DATA, batch->data, RANDOM_DATA_BYTES);
    for (uint64_t i = 0; i < batch->sample_count; ++i) {
        current = &batch->samples[i];
        current->outcome = OUTCOME_EXIT;
        enter_sample(&current->state);
        if (current->watches_memory)
            note_changes((uint64_t*)RANDOM_DATA, batch->data, &current->memory);
    }
    current = NULL;
}

int main(int argc, char** argv) {
    const int file = argc == 2 ? open(argv[1], O_RDWR) : -1;
    struct batch* batch = mmap(NULL, sizeof(struct batch), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (batch == MAP_FAILED || !map_everything()) {
        perror("random_runner");
        return 1;
    }
    catch_signals();
    char turn;
    while (read(0, &turn, 1) == 1) {
        run(batch);
        if (write(1, &turn, 1) != 1) return 1;
    }
    return 0;
}
