// Linux's system calls, as the workloads use them. Numbers: include/uapi/asm-generic/unistd.h. A result in
// -4095..-1 is a negative errno.
#pragma once

#include "workloads/common/types.h"

inline constexpr u64 PROT_NONE = 0, PROT_READ = 1, PROT_WRITE = 2, PROT_EXEC = 4;
inline constexpr u64 MAP_SHARED = 1, MAP_PRIVATE = 2, MAP_FIXED = 0x10, MAP_ANONYMOUS = 0x20;
inline constexpr u64 MREMAP_MAYMOVE = 1, MREMAP_FIXED = 2;
inline constexpr u64 MADV_DONTNEED = 4, MADV_FREE = 8, MADV_HUGEPAGE = 14, MADV_NOHUGEPAGE = 15, MADV_COLD = 20;
inline constexpr i64 SIGKILL = 9;

inline i64 syscall(u64 number, u64 a = 0, u64 b = 0, u64 c = 0, u64 d = 0, u64 e = 0, u64 f = 0) {
    register u64 x0 asm("x0") = a;
    register u64 x1 asm("x1") = b;
    register u64 x2 asm("x2") = c;
    register u64 x3 asm("x3") = d;
    register u64 x4 asm("x4") = e;
    register u64 x5 asm("x5") = f;
    register u64 x8 asm("x8") = number;
    asm volatile("svc #0" : "+r"(x0) : "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5), "r"(x8) : "memory");
    return static_cast<i64>(x0);
}

template <class T>
u64 address_of(T* pointer) {
    return reinterpret_cast<u64>(pointer);
}

inline i64 sys_write(u64 fd, const char* text, u64 bytes) { return syscall(64, fd, address_of(text), bytes); }
[[noreturn]] inline void sys_exit(u64 status) {
    syscall(94, status);
    __builtin_unreachable();
}
inline i64 sys_getrusage(i64 who, void* usage) { return syscall(165, static_cast<u64>(who), address_of(usage)); }
inline i64 sys_kill(i64 pid, i64 signal) { return syscall(129, static_cast<u64>(pid), static_cast<u64>(signal)); }
inline i64 sys_pause() { return syscall(73); }
inline i64 sys_fork() {
    constexpr u64 kSigchld = 17;
    return syscall(220, kSigchld);
}
inline i64 sys_wait4(i64 pid, int* status) { return syscall(260, static_cast<u64>(pid), address_of(status)); }
inline i64 sys_munmap(void* start, u64 bytes) { return syscall(215, address_of(start), bytes); }
inline i64 sys_mprotect(void* start, u64 bytes, u64 prot) { return syscall(226, address_of(start), bytes, prot); }
inline i64 sys_madvise(void* start, u64 bytes, u64 advice) { return syscall(233, address_of(start), bytes, advice); }
inline i64 sys_mmap(u64 hint, u64 bytes, u64 prot, u64 flags) { return syscall(222, hint, bytes, prot, flags, ~u64{0}); }
inline i64 sys_mremap(void* start, u64 old_bytes, u64 bytes, u64 flags, u64 to) {
    return syscall(216, address_of(start), old_bytes, bytes, flags, to);
}
