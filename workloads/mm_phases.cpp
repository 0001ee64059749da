// A walk through the operations that large folios make cheaper or dearer, one phase each, with the minor faults and the
// TLBIs of each phase. Phases, order and calls are those of a C program that was measured on real Linux 6.12
// (tests/differential/mm_phases-a72-contpte-*.txt), so that the two can be compared line by line.
#include "workloads/common/runtime.h"

namespace {

constexpr u64 kBlock = 65536;
constexpr u64 kMoveTarget = u64{1} << 40;

struct Usage {
    u64 before[8];
    u64 minor_faults;
    u64 after[9];
};
Usage usage;
u64 counters[GUEST_COUNTER_COUNT];

u64 minor_faults() {
    sys_getrusage(0, &usage);
    return usage.minor_faults;
}

u64 tlb_invalidations() {
    must(syscall(GUEST_SYS_COUNTERS, address_of(counters), GUEST_COUNTER_COUNT), "counters");
    return counters[GUEST_TLBI_VA] + counters[GUEST_TLBI_VA_NON_LEAF] + counters[GUEST_TLBI_RANGE] +
           counters[GUEST_TLBI_ASID] + counters[GUEST_TLBI_ALL];
}

template <class Body>
void measured(const char* name, PhaseName packed, Body body) {
    const u64 tlbis = tlb_invalidations();
    const u64 faults = minor_faults();
    phase(packed, GUEST_PHASE_OF_INTEREST, body);
    const u64 faults_in_phase = minor_faults() - faults;
    print("PHASE ", name, " minflt=", faults_in_phase, " tlbi=", tlb_invalidations() - tlbis, "\n");
}
#define PHASE(name, body) measured(name, name, body)

// What was measured depends on the configuration; the memory that the program leaves must not, for it is compared. The array
// covers the frames of calls that have returned.
[[gnu::noinline]] void forget_what_was_measured() {
    volatile u8 returned_frames[2048];
    for (volatile u8& byte : returned_frames) byte = 0;
    usage = {};
    for (u64& counter : counters) counter = 0;
}

i64 fork_child_that_exits() {
    const i64 pid = must(sys_fork(), "fork");
    if (pid == 0) sys_exit(0);
    return pid;
}
i64 fork_child_that_waits() {
    const i64 pid = must(sys_fork(), "fork");
    if (pid != 0) return pid;
    sys_pause();
    sys_exit(0);
}

class Phases {
public:
    explicit Phases(u64 bytes) : bytes_{bytes}, region_{map_anonymous(bytes)} {}

    [[gnu::noinline]] u64 run() {
        PHASE("empty", [] {});
        PHASE("touch_seq_write", [&] { write(0, bytes_, kPageBytes, 1); });
        PHASE("read_seq", [&] { read_all(); });
        protection();
        discarding();
        forking();
        PHASE("madv_cold_all", [&] { must(sys_madvise(at(0), bytes_, MADV_COLD), "madvise"); });
        PHASE("read_after_cold", [&] { read_all(); });
        PHASE("mremap_move", [&] {
            must(sys_mremap(at(0), bytes_, bytes_, MREMAP_MAYMOVE | MREMAP_FIXED, kMoveTarget), "mremap");
            region_ = reinterpret_cast<volatile u8*>(kMoveTarget);
        });
        PHASE("read_after_mremap", [&] { read_all(); });
        PHASE("munmap", [&] { must(sys_munmap(at(0), bytes_), "munmap"); });
        return sum_;
    }

private:
    void* at(u64 offset) { return const_cast<u8*>(region_) + offset; }
    void write(u64 from, u64 to, u64 step, u8 value) {
        for (u64 i = from; i < to; i += step) region_[i] = value;
    }
    void read_all() {
        for (u64 i = 0; i < bytes_; i += kPageBytes) sum_ += region_[i];
    }
    void protect(u64 offset, u64 bytes, u64 prot) { must(sys_mprotect(at(offset), bytes, prot), "mprotect"); }

    void protection() {
        PHASE("mprotect_ro_all", [&] { protect(0, bytes_, PROT_READ); });
        PHASE("mprotect_rw_all", [&] { protect(0, bytes_, PROT_READ | PROT_WRITE); });
        PHASE("write_after_mprotect", [&] { write(0, bytes_, kPageBytes, 2); });
        PHASE("mprotect_1page_each64k", [&] {
            for (u64 i = 0; i < bytes_ / 4; i += kBlock) protect(i, kPageBytes, PROT_READ);
        });
        PHASE("mprotect_back", [&] { protect(0, bytes_ / 4, PROT_READ | PROT_WRITE); });
    }
    void discarding() {
        PHASE("dontneed_1page_each64k", [&] {
            for (u64 i = bytes_ / 4; i < bytes_ / 2; i += kBlock) must(sys_madvise(at(i), kPageBytes, MADV_DONTNEED), "madvise");
        });
        PHASE("retouch_dontneed", [&] { write(bytes_ / 4, bytes_ / 2, kBlock, 3); });
    }
    void forking() {
        i64 child = 0;
        PHASE("fork_child_exit_wait", [&] { must(sys_wait4(fork_child_that_exits(), nullptr), "wait4"); });
        PHASE("write_after_fork", [&] { write(bytes_ / 2, bytes_, kPageBytes, 4); });
        PHASE("fork_live_child", [&] { child = fork_child_that_waits(); });
        PHASE("cow_write_live_child", [&] { write(bytes_ / 2, bytes_, kPageBytes, 5); });
        PHASE("kill_child", [&] {
            must(sys_kill(child, SIGKILL), "kill");
            must(sys_wait4(child, nullptr), "wait4");
        });
    }

    u64 bytes_;
    volatile u8* region_;
    u64 sum_{0};
};

}  // namespace

void workload(Arguments& arguments) {
    const u64 megabytes = arguments.number("mb", 16);
    arguments.finish();
    if (megabytes == 0) fail("mb= must be at least 1");
    const u64 sum = Phases{megabytes << 20}.run();
    forget_what_was_measured();
    report(sum);
}
