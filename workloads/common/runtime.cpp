#include "workloads/common/runtime.h"

#include "kernel_model/abi/guest_abi.h"

void fail(const char* what) {
    print("failed: ", what, "\n");
    sys_exit(1);
}

i64 must(i64 result, const char* what) {
    constexpr i64 kLowestErrno = -4095;
    if (result < 0 && result >= kLowestErrno) {
        print("errno ", -result, ", call ");
        fail(what);
    }
    return result;
}

u8* map_anonymous(u64 bytes) {
    const i64 start = must(sys_mmap(0, bytes + kHugePageBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS), "mmap");
    return reinterpret_cast<u8*>((static_cast<u64>(start) + kHugePageBytes - 1) & ~(kHugePageBytes - 1));
}

void report(u64 checksum) {
    print("checksum ", Hex{checksum}, "\n");
    syscall(GUEST_SYS_RESULT, checksum);
}

extern "C" [[noreturn]] void start_workload(u64* stack) {
    Arguments arguments{static_cast<int>(stack[0]), reinterpret_cast<char**>(stack + 1)};
    workload(arguments);
    sys_exit(0);
}
