// The phases of a small program that was run on the real 6.12.107 kernel (Cortex-A72 under QEMU: no range TLBI, no
// hardware access flag or dirty state), 16 MiB of anonymous memory: minor faults, TLBIs and DSBs of each phase, for folios
// of 4K to 128K, with contpte and without. The reference counts are the real kernel's, less what a phase has of others'
// work: three DSBs for each timer interrupt, and the child's own steps of fork and exit.
#include "kernel_model/mm/mman.h"
#include "kernel_model/mm/syscalls_mm.h"
#include "tests/support/catch.h"
#include "tests/support/mm_invariants.h"
#include "tests/support/mm_process.h"

using namespace km;
using namespace km_test;

namespace {

constexpr u64 kBytes = 16u << 20;
constexpr u64 kTwoMegabytes = 2u << 20;
constexpr u64 kStep = 65536;
constexpr bool kOn = KM_CONTPTE == 2;

struct Phase {
    u64 faults;
    u64 tlbi;
    u64 dsb;
};
bool operator==(Phase a, Phase b) { return a.faults == b.faults && a.tlbi == b.tlbi && a.dsb == b.dsb; }
std::ostream& operator<<(std::ostream& out, Phase phase) { 
    return out << phase.faults << '/' << phase.tlbi << '/' << phase.dsb;
}

// What differs between the columns of the reference.
struct Column {
    const char* bootargs;
    u64 touch_faults;
    bool contpte;  // folios fill contiguous blocks
    Phase cold;
};
const Column kColumns[] = {
    {"", 4096, false, {0, 1, 3}},
    {"thp_anon=16K:always", 1024, false, {0, 257, 387}},
    {"thp_anon=32K:always", 512, false, {0, 513, 643}},
    {"thp_anon=64K:always", 256, kOn, {0, 1025, 1155}},
    {"thp_anon=128K:always", 128, kOn, {0, 993, 1059}},
};

class Program {
public:
    explicit Program(const char* bootargs) : machine_{bootargs, kCortexA72, 96u << 20} {
        const i64 mapped = do_mmap(process_.mm(), 0, kBytes + kTwoMegabytes, PROT_READ | PROT_WRITE,
                                   MAP_PRIVATE | MAP_ANONYMOUS, nullptr, 0);
        REQUIRE(mapped > 0);
        p = arch::align_up(static_cast<u64>(mapped), kTwoMegabytes);
    }

    template <class Body>
    Phase phase(Body body) {
        const u64 faults = counters[GUEST_PGFAULT];
        const Prices prices = price(body);
        CHECK(broken_invariant() == "");
        return {counters[GUEST_PGFAULT] - faults, prices.tlbi(), prices.dsb_ish + prices.dsb_ishst};
    }
    void touch(u64 from, u64 to, Access kind) { process_.touch(p + from, to - from, kind); }
    void each_64k(u64 from, u64 to, void (*call)(AddressSpace&, u64)) {
        for (u64 offset = from; offset != to; offset += kStep) call(process_.mm(), p + offset);
    }
    AddressSpace& mm() { return process_.mm(); }

    u64 p{0};

private:
    Machine machine_;
    Process process_;
};

}  // namespace

TEST_CASE("Faults and TLBIs of mm_phases are the real kernel's on a Cortex-A72") {
    const Column column = GENERATE(from_range(std::begin(kColumns), std::end(kColumns)));
    CAPTURE(column.bootargs);
    Program program{column.bootargs};
    AddressSpace& mm = program.mm();
    const u64 p = program.p;
    const Phase whole = column.contpte ? Phase{0, 8193, 1027} : Phase{0, 1, 3};
    const Phase one_of_each = column.contpte ? Phase{0, 1088, 256} : Phase{0, 64, 128};

    // The region's first tables are the process's own here: one pud, one pmd and eight page tables.
    CHECK(program.phase([&] { program.touch(0, kBytes, Access::Write); }) == Phase{column.touch_faults, 0, 10});
    CHECK(program.phase([&] { program.touch(0, kBytes, Access::Read); }) == Phase{0, 0, 0});
    CHECK(program.phase([&] { do_mprotect(mm, p, kBytes, PROT_READ); }) == whole);
    CHECK(program.phase([&] { do_mprotect(mm, p, kBytes, PROT_READ | PROT_WRITE); }) == whole);
    CHECK(program.phase([&] { program.touch(0, kBytes, Access::Write); }) == Phase{0, 0, 0});
    CHECK(program.phase([&] {
        program.each_64k(0, kBytes / 4, [](AddressSpace& m, u64 at) { do_mprotect(m, at, kPage, PROT_READ); });
    }) == one_of_each);
    CHECK(program.phase([&] { do_mprotect(mm, p, kBytes / 4, PROT_READ | PROT_WRITE); }) == Phase{0, 64, 128});
    CHECK(program.phase([&] {
        program.each_64k(kBytes / 4, kBytes / 2, [](AddressSpace& m, u64 at) { do_madvise(m, at, kPage, MADV_DONTNEED); });
    }) == one_of_each);
    CHECK(program.phase([&] {
        for (u64 at = kBytes / 4; at != kBytes / 2; at += kStep) program.touch(at, at + kPage, Access::Write);
    }) == Phase{64, 0, 0});

    // fork() flushes the parent once, and the child's tables once when it exits.
    CHECK(program.phase([&] { mm_destroy(*dup_mmap(mm)); }).tlbi == 2);
    const Phase after_fork = column.contpte ? Phase{2048, 4096, 4352} : Phase{2048, 2048, 4096};
    CHECK(program.phase([&] { program.touch(kBytes / 2, kBytes, Access::Write); }) == after_fork);
    AddressSpace* child = nullptr;
    CHECK(program.phase([&] { child = dup_mmap(mm); }).tlbi == 1);
    CHECK(program.phase([&] { program.touch(kBytes / 2, kBytes, Access::Write); }) == Phase{2048, 2048, 4096});
    CHECK(program.phase([&] { mm_destroy(*child); }).tlbi == 1);

    CHECK(program.phase([&] { do_madvise(mm, p, kBytes, MADV_COLD); }) == column.cold);
    CHECK(program.phase([&] { program.touch(0, kBytes, Access::Read); }) == Phase{4096, 0, 0});
    constexpr u64 kTarget = u64{1} << 40;
    CHECK(program.phase([&] {
        do_mremap(mm, p, kBytes, kBytes, MREMAP_MAYMOVE | MREMAP_FIXED, kTarget);
    }) == Phase{0, 8, 34});
    CHECK(program.phase([&] { do_munmap(mm, kTarget, kBytes); }) == Phase{0, 9, 6});
}
