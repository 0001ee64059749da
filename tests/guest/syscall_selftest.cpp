// An EL0 program that checks the guest kernel's system calls from a program's side: results, errors, signals, files,
// fork, execve and the stack. It is init; its checksum is the number of claims that held, its exit status that of those
// that did not (at most 100).
#include "workloads/common/runtime.h"

namespace {

constexpr i64 ENOENT = -2, ESRCH = -3, E2BIG = -7, ENOEXEC = -8, EBADF = -9, ECHILD = -10, EFAULT = -14, EINVAL = -22,
              ENOSYS = -38;
constexpr int SIGILL = 4, SIGTRAP = 5, SIGBUS = 7, SIGSEGV = 11;
constexpr u64 kAtCwd = static_cast<u64>(-100);
constexpr const char* kSelf = "/syscall_selftest";
constexpr const char* kDataFile = "/data.txt";

u64 held;
u64 broken;

void claim(bool holds, const char* sentence) {
    ++(holds ? held : broken);
    if (holds) return;
    print("does not hold: ", sentence, "\n");
}

// A byte that the compiler knows nothing about.
volatile u8* byte_at(u64 address) {
    asm("" : "+r"(address));
    return reinterpret_cast<volatile u8*>(address);
}

i64 open(const char* path, u64 flags = 0) { return syscall(56, kAtCwd, address_of(path), flags); }
i64 close(i64 fd) { return syscall(57, static_cast<u64>(fd)); }
i64 map_file(i64 fd, u64 bytes, u64 prot, u64 flags) { return syscall(222, 0, bytes, prot, flags, static_cast<u64>(fd)); }
i64 execve(const char* path, const char* const* argv, const char* const* envp) {
    return syscall(221, address_of(path), address_of(argv), address_of(envp));
}
u8* fresh_page(u64 prot = PROT_READ | PROT_WRITE) {
    return reinterpret_cast<u8*>(must(sys_mmap(0, kPageBytes, prot, MAP_PRIVATE | MAP_ANONYMOUS), "mmap"));
}
u8* shared_page() {
    return reinterpret_cast<u8*>(must(sys_mmap(0, kPageBytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS), "mmap"));
}

// The wait status of a child that runs `body` and then exits with 0.
template <class Body>
int status_of_child(Body body) {
    const i64 pid = must(sys_fork(), "fork");
    if (pid == 0) {
        body();
        sys_exit(0);
    }
    int status = -1;
    claim(sys_wait4(pid, &status) == pid, "wait4 returns the child's pid");
    return status;
}

void results_and_errors() {
    claim(syscall(400) == ENOSYS, "a system call that does not exist is ENOSYS");
    claim(syscall(999999) == ENOSYS, "a number beyond the table is ENOSYS");
    claim(sys_write(9, "x", 1) == EBADF, "writing to a closed descriptor is EBADF");
    claim(sys_write(1, reinterpret_cast<const char*>(64), 4) == EFAULT, "writing from an unmapped address is EFAULT");
    claim(sys_write(1, reinterpret_cast<const char*>(~u64{0} << 47), 4) == EFAULT, "writing from a kernel address is EFAULT");
    claim(sys_getrusage(0, fresh_page(PROT_READ)) == EFAULT, "the kernel does not write to a read-only page");
    claim(sys_getrusage(7, fresh_page()) == EINVAL, "getrusage of nobody is EINVAL");
    claim(syscall(GUEST_SYS_COUNTERS, address_of(fresh_page()), 100000) == EINVAL, "more counters than there are is EINVAL");
    claim(syscall(172) == 1 && syscall(173) == 0, "init has pid 1 and no parent");
}

void children_and_signals() {
    claim(sys_wait4(-1, nullptr) == ECHILD, "waiting without children is ECHILD");
    claim(status_of_child([] { sys_exit(42); }) == 42 << 8, "an exit status arrives");
    claim(status_of_child([] { *fresh_page(PROT_READ) = 1; }) == SIGSEGV, "a write to a read-only page kills");
    claim(status_of_child([] { *byte_at(64) = 1; }) == SIGSEGV, "a write outside every region kills");
    claim(status_of_child([] { *byte_at(u64{0xffff} << 48) = 1; }) == SIGSEGV, "a kernel address kills");
    claim(status_of_child([] { asm volatile("udf #0"); }) == SIGILL, "an undefined instruction kills");
    claim(status_of_child([] { asm volatile("mrs x0, sctlr_el1" ::: "x0"); }) == SIGILL, "a privileged register kills");
    claim(status_of_child([] { asm volatile("brk #0"); }) == SIGTRAP, "a breakpoint kills");
    claim(status_of_child([] { reinterpret_cast<void (*)()>(fresh_page())(); }) == SIGSEGV, "data is not executable");
    claim(sys_kill(4711, SIGKILL) == ESRCH, "a signal to nobody is ESRCH");
    claim(sys_kill(1, 65) == EINVAL, "a signal that does not exist is EINVAL");

    const i64 sleeper = must(sys_fork(), "fork");
    if (sleeper == 0) {
        sys_pause();
        sys_exit(1);
    }
    constexpr u64 kNoHang = 1;
    claim(syscall(260, static_cast<u64>(sleeper), 0, kNoHang) == 0, "WNOHANG does not wait for a living child");
    syscall(124);  // lets it run, so that it sleeps
    claim(sys_kill(sleeper, 0) == 0, "signal 0 finds a living child");
    int status = 0;
    claim(sys_kill(sleeper, SIGKILL) == 0 && sys_wait4(sleeper, &status) == sleeper && status == SIGKILL,
          "a sleeping child can be killed");
}

void orphans() {
    volatile u64* const pid_of_grandchild = reinterpret_cast<u64*>(shared_page());
    status_of_child([&] {
        const i64 pid = must(sys_fork(), "fork");
        if (pid == 0) {
            syscall(124);
            sys_exit(static_cast<u64>(syscall(173)));
        }
        *pid_of_grandchild = static_cast<u64>(pid);
    });
    int status = 0;
    claim(sys_wait4(-1, &status) == static_cast<i64>(*pid_of_grandchild), "init inherits an orphan");
    claim(status == 1 << 8, "an orphan's parent is init");
}

void memory_of_processes() {
    volatile u8* const own = fresh_page();
    volatile u8* const shared = shared_page();
    own[0] = 1;
    shared[0] = 1;
    status_of_child([&] {
        own[0] = 2;
        shared[0] = 2;
    });
    claim(own[0] == 1, "a child's write does not reach its parent's private page");
    claim(shared[0] == 2, "a child's write reaches a shared page");

    const u64 heap = static_cast<u64>(syscall(214, 0));
    claim(static_cast<u64>(syscall(214, heap + 100000)) == heap + 100000, "brk grows");
    volatile u8* const grown = reinterpret_cast<u8*>(heap);
    claim(grown[0] == 0 && grown[99999] == 0, "the heap is zero at first");
    grown[50000] = 3;
    claim(grown[50000] == 3, "the heap can be written");
}

// Uses `left` KiB of stack or a little more.
[[gnu::noinline]] u64 use_stack(u64 left) {
    volatile u8 frame[1024];
    frame[0] = static_cast<u8>(left);
    return left == 0 ? 0 : use_stack(left - 1) + frame[0];
}

void stack() {
    claim(status_of_child([] { use_stack(2048); }) == 0, "the stack grows to 2 MiB");
    claim(status_of_child([] { use_stack(16 << 10); }) == SIGSEGV, "the stack does not grow beyond 8 MiB");
}

void files() {
    claim(open("/no such file") == ENOENT, "a missing file is ENOENT");
    const i64 written = must(open(kDataFile, 1), "openat for writing");
    claim(syscall(64, static_cast<u64>(written), address_of("R"), 1) == 1, "a file of the initrd can be written");
    claim(syscall(63, static_cast<u64>(written), address_of(fresh_page()), 1) == EBADF, "what is open for writing cannot be read");
    close(written);
    claim(open(reinterpret_cast<const char*>(64)) == EFAULT, "a path at an unmapped address is EFAULT");
    const i64 fd = must(open(kDataFile), "openat");
    struct {
        u64 before[6];
        i64 st_size;
        u64 after[9];
    } stat;
    must(syscall(80, static_cast<u64>(fd), address_of(&stat)), "fstat");
    u8* const read = fresh_page();
    claim(syscall(63, static_cast<u64>(fd), address_of(read), kPageBytes) == static_cast<i64>(kPageBytes), "read reads");
    constexpr u64 kEnd = 2;
    claim(syscall(62, static_cast<u64>(fd), 0, kEnd) == stat.st_size, "the end of the file is at its size");
    claim(syscall(63, static_cast<u64>(fd), address_of(fresh_page()), 1) == 0, "nothing can be read at the end");

    const u64 bytes = static_cast<u64>(stat.st_size);
    volatile u8* const mapped = reinterpret_cast<u8*>(must(map_file(fd, bytes + 2 * kPageBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE), "mmap"));
    volatile u8* const again = reinterpret_cast<u8*>(must(map_file(fd, bytes, PROT_READ, MAP_SHARED), "mmap"));
    claim(close(fd) == 0 && close(fd) == EBADF, "a descriptor can be closed once; mappings stay");
    bool equal = true;
    for (u64 i = 0; i < kPageBytes; ++i) equal = equal && mapped[i] == read[i] && again[i] == read[i];
    claim(equal, "a mapping shows what read reads");
    claim(mapped[bytes - 1] == '\n' && mapped[bytes] == 0, "a file's last page ends in zeros");
    const u8 before = mapped[0];
    mapped[0] = static_cast<u8>(before + 1);
    claim(mapped[0] == before + 1 && again[0] == before, "a private mapping is written without the file");
    const u64 beyond = (bytes + kPageBytes - 1) / kPageBytes * kPageBytes;
    claim(status_of_child([&] { mapped[beyond] = 1; }) == SIGBUS, "an access beyond the file's last page is a bus error");
}

void programs() {
    const char* const argv[] = {kSelf, "exit=7", nullptr};
    const char* const envp[] = {"A=b", nullptr};
    claim(status_of_child([&] { execve(kSelf, argv, envp); }) == (7 + 100) << 8, "a program gets its arguments and environment");
    claim(execve("/none", argv, envp) == ENOENT, "execve of a missing file is ENOENT");
    claim(execve(kDataFile, argv, envp) == ENOEXEC, "execve of a text is ENOEXEC");
    claim(execve(kSelf, reinterpret_cast<const char* const*>(64), envp) == EFAULT, "execve with bad arguments is EFAULT");
    constexpr u64 kTooLong = 256 << 10;  // Linux: MAX_ARG_STRLEN is 128 KiB
    char* const long_text = reinterpret_cast<char*>(map_anonymous(kTooLong));
    for (u64 i = 0; i < kTooLong - 1; ++i) long_text[i] = 'x';
    const char* const too_long[] = {kSelf, long_text, nullptr};
    claim(execve(kSelf, too_long, envp) == E2BIG, "execve with too long arguments is E2BIG");
}

void time() {
    u64 first[2], second[2];
    must(syscall(113, 0, address_of(first)), "clock_gettime");
    must(syscall(113, 0, address_of(second)), "clock_gettime");
    claim(second[0] > first[0] || (second[0] == first[0] && second[1] >= first[1]), "time does not go back");
    claim(first[1] < 1000000000, "nanoseconds are below a second");
}

}  // namespace

void workload(Arguments& arguments) {
    const u64 status = arguments.number("exit", 0);
    arguments.finish();
    if (status != 0) sys_exit(status + 100 * (arguments.environment_count() == 1 ? 1 : 0));

    results_and_errors();
    children_and_signals();
    orphans();
    memory_of_processes();
    stack();
    files();
    programs();
    time();
    report(held);
    sys_exit(broken < 100 ? broken : 100);
}
