/* setjmp and longjmp, handlers of every kind, floating point across them, alternate stacks, masks, children that die of signals. */
#define _GNU_SOURCE
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

static sigjmp_buf back;
static volatile int calls, deep;
static volatile uintptr_t on_stack;

static void set(int signal, void (*handler)(int, siginfo_t*, void*), int flags) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_sigaction = handler;
    action.sa_flags = SA_SIGINFO | flags;
    sigemptyset(&action.sa_mask);
    if (sigaction(signal, &action, NULL) != 0) perror("sigaction");
}

static void jump(int signal, siginfo_t* info, void* context) {
    (void)context;
    printf("signal %d", signal);
    if (signal == SIGSEGV && !deep) printf(", code %d, address %#lx", info->si_code, (unsigned long)(uintptr_t)info->si_addr & 0xfff);
    printf("\n");
    siglongjmp(back, signal);
}
static void count_call(int signal, siginfo_t* info, void* context) {
    (void)info, (void)context;
    volatile double x = 1.5; /* changes vector registers */
    for (int i = 0; i < 100; ++i) x = x * 1.0001 + signal;
    ++calls;
    int here;
    on_stack = (uintptr_t)&here;
}
static void skip_instruction(int signal, siginfo_t* info, void* context) {
    (void)info;
    ucontext_t* user = context;
    printf("handler of %d: x5 %llx\n", signal, (unsigned long long)user->uc_mcontext.regs[5]);
    user->uc_mcontext.regs[5] = 77;
    user->uc_mcontext.pc += 4;
}

static void jumps(void) {
    jmp_buf place;
    volatile int passes = 0;
    volatile double kept = 2.5;
    const int value = setjmp(place);
    if (++passes < 4) longjmp(place, passes * 10);
    printf("setjmp returned %d after %d passes, %g\n", value, passes, kept);
}

static void faults(void) {
    volatile char* volatile nowhere = (volatile char*)(uintptr_t)0x10;
    volatile char* page = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    set(SIGSEGV, jump, 0), set(SIGBUS, jump, 0), set(SIGILL, jump, 0), set(SIGTRAP, jump, 0);
    if (sigsetjmp(back, 1) == 0) page[0x123] = 1;
    if (sigsetjmp(back, 1) == 0) *nowhere = 1;
    if (sigsetjmp(back, 1) == 0) __asm__ volatile(".inst 0");
    if (sigsetjmp(back, 1) == 0) __asm__ volatile("brk #1");
    set(SIGILL, skip_instruction, 0);
    register uint64_t x5 __asm__("x5") = 0x1234;
    __asm__ volatile(".inst 0" : "+r"(x5));
    printf("after it x5 is %llu\n", (unsigned long long)x5);
}

static void floating_point(void) {
    set(SIGUSR1, count_call, 0);
    double sums[8] = {0};
    for (int i = 0; i < 50; ++i) {
        for (int k = 0; k < 8; ++k) sums[k] += (i + 1) / (k + 1.0);
        double kept = sums[3] * 3;
        raise(SIGUSR1);
        sums[3] = kept / 3;
    }
    printf("%d calls, %.10f %.10f\n", calls, sums[3], sums[7]);
}

static void masks(void) {
    sigset_t set_of, old, pending;
    sigemptyset(&set_of);
    sigaddset(&set_of, SIGUSR1);
    sigprocmask(SIG_BLOCK, &set_of, &old);
    const int before = calls;
    raise(SIGUSR1), raise(SIGUSR1);
    sigpending(&pending);
    printf("blocked: %d calls, pending %d\n", calls - before, sigismember(&pending, SIGUSR1));
    sigsuspend(&old);
    printf("after sigsuspend: %d calls, errno is EINTR: %d\n", calls - before, errno == EINTR);
    raise(SIGUSR1);
    sigprocmask(SIG_SETMASK, &old, NULL);
    printf("after unblocking: %d calls\n", calls - before);
    signal(SIGUSR1, SIG_IGN);
    raise(SIGUSR1);
    printf("ignored: %d calls\n", calls - before);
}

static void other_stack(void) {
    static char room[65536];
    stack_t stack = {.ss_sp = room, .ss_size = sizeof room}, old;
    sigaltstack(&stack, NULL);
    set(SIGUSR2, count_call, SA_ONSTACK | SA_RESETHAND);
    raise(SIGUSR2);
    sigaltstack(NULL, &old);
    printf("on its stack: %d, stack of %zu bytes\n", on_stack >= (uintptr_t)room && on_stack < (uintptr_t)room + sizeof room, old.ss_size);
    struct sigaction now;
    sigaction(SIGUSR2, NULL, &now);
    printf("reset: %d\n", now.sa_handler == SIG_DFL);
}

static int overflow(int depth) {
    volatile char frame[4096];
    frame[0] = (char)depth;
    return depth < 1 << 20 ? overflow(depth + 1) + frame[0] : 0;
}
static void stack_overflow(void) {
    deep = 1; /* how deep is not promised */
    set(SIGSEGV, jump, SA_ONSTACK);
    if (sigsetjmp(back, 1) == 0) overflow(0);
    printf("came back from a stack overflow\n");
}

static void children(void) {
    static const int ends[] = {SIGABRT, SIGSEGV, SIGTERM, SIGKILL, SIGPIPE};
    for (unsigned i = 0; i < sizeof ends / sizeof *ends; ++i) {
        fflush(stdout);
        const pid_t pid = fork();
        if (pid == 0) {
            signal(ends[i], SIG_DFL);
            if (ends[i] == SIGABRT) abort();
            raise(ends[i]);
            _exit(99);
        }
        int status = 0;
        waitpid(pid, &status, 0);
        printf("child died of %d: %d\n", ends[i], WIFSIGNALED(status) && WTERMSIG(status) == ends[i]);
    }
    set(SIGCHLD, count_call, SA_RESTART);
    const int before = calls;
    const pid_t pid = fork();
    if (pid == 0) _exit(7);
    int status = 0;
    printf("waited for it: %d", waitpid(pid, &status, 0) == pid);
    printf(", status %d, SIGCHLD came %d times\n", WEXITSTATUS(status), calls - before);
}

int main(int count, char** arguments) {
    if (count > 1) {
        fprintf(stderr, "%s: dies of a signal\n", "signals");
        raise(atoi(arguments[1]));
        return 1;
    }
    jumps();
    faults();
    floating_point();
    masks();
    other_stack();
    children();
    signal(SIGUSR1, SIG_DFL);
    stack_overflow();
    return 5;
}
