/* Calls that begin and end in every way, each doing an amount of work of its own; tests/programs/test_call_stacks.py knows the chains. */
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define APART __attribute__((noinline, noclone))

static jmp_buf back;
static sigjmp_buf back_from_signal;
static volatile int kept; /* written behind a call, so that it is no tail call */

APART void work(int steps) {
    for (volatile int i = 0; i < steps; ++i) ++kept;
}

APART void throws(int depth) {
    if (kept < 0) return; /* never: but so it might return */
    if (depth == 0) {
        work(1000);
        longjmp(back, 1);
    }
    throws(depth - 1);
    ++kept;
}
APART void catches(void) {
    if (setjmp(back) == 0) throws(5);
    work(2000);
    ++kept;
}

APART void handler(int signal) {
    work(3000);
    kept = signal;
}
APART void raises(void) {
    raise(SIGUSR1);
    work(4000);
    ++kept;
}

APART void handler_that_jumps(int signal) {
    work(5000);
    siglongjmp(back_from_signal, signal);
}
APART void leaves_a_handler(void) {
    if (sigsetjmp(back_from_signal, 1) == 0) raise(SIGUSR2);
    work(6000);
    ++kept;
}

APART void odd(int depth);
APART void even(int depth) {
    if (depth == 0) return work(7000);
    odd(depth - 1);
    ++kept;
}
APART void odd(int depth) {
    even(depth - 1);
    ++kept;
}

APART void in_the_child(void) {
    work(8000);
    ++kept;
}
APART void forks(void) {
    const pid_t pid = fork();
    if (pid == 0) {
        in_the_child();
        _exit(0);
    }
    work(9000);
    waitpid(pid, NULL, 0);
    work(9000);
    ++kept;
}

APART void calls_last(void) { work(10000); }
APART void becomes_another(void) {
    ++kept;
    calls_last();
}
APART void has_a_tail(void) {
    becomes_another();
    ++kept;
}

APART int compares(const void* a, const void* b) {
    work(10);
    return *(const int*)a - *(const int*)b;
}
APART void is_called_back(void) {
    int numbers[64];
    for (int i = 0; i < 64; ++i) numbers[i] = i * 37 % 64;
    qsort(numbers, 64, sizeof *numbers, compares);
    kept = numbers[0];
}

APART void starts(const char* program) {
    if (fork() == 0) {
        execl(program, program, "again", (char*)NULL);
        _exit(1);
    }
    wait(NULL);
    ++kept;
}
APART void in_the_new_program(void) {
    work(11000);
    ++kept;
}

int main(int argc, char** argv) {
    if (argc > 1) {
        in_the_new_program();
        return 0;
    }
    signal(SIGUSR1, handler);
    signal(SIGUSR2, handler_that_jumps);
    catches();
    raises();
    leaves_a_handler();
    even(6);
    even(4000); /* deeper than is kept */
    forks();
    has_a_tail();
    is_called_back();
    starts(argv[0]);
    work(12000);
    printf("done\n");
    return 0;
}
