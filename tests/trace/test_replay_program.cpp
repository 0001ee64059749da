#include <string>
#include <vector>

#include "emu/trace/line_parser.h"
#include "emu/trace/replay_program.h"
#include "tests/support/catch.h"

using namespace emu::trace;

namespace {

struct Imported {
    std::vector<replay_op> ops;
    Statistics statistics;

    [[nodiscard]] std::vector<replay_op> of_kind(int kind) const {
        std::vector<replay_op> out;
        for (const replay_op& op : ops) {
            if (op.kind == kind) out.push_back(op);
        }
        return out;
    }
};

std::string line(int task, const std::string& body) { return "  p-" + std::to_string(task) + "  [000] d....   1.5: " + body; }
std::string fault(const std::string& address, const std::string& flags, const std::string& region) {
    return "page_fault_user: (handle_mm_fault+0x0/0x2c8) address=" + address + " fault_flags=" + flags + " " + region;
}
const std::string kReturn = "page_fault_ret: (do_page_fault+0x134/0x588 <- handle_mm_fault) ret=0x0";
const std::string kRetry = "page_fault_ret: (do_page_fault+0x134/0x588 <- handle_mm_fault) ret=0x404";
const std::string kGupReturn = "page_fault_ret: (__get_user_pages+0x3e8/0xd30 <- handle_mm_fault) ret=0x0";
const std::string kAnon = "vm_start=0x10000 vm_end=0x20000 vm_flags=0x73 vm_pgoff=0x10 vm_file=0x0";

Imported import(const std::vector<std::string>& lines, const HeapStarts& heaps = {}) {
    Imported out;
    ReplayProgram program{[&out](const replay_op& op) { out.ops.push_back(op); }};
    program.place_heaps(heaps);
    for (const std::string& l : lines) {
        const ParsedLine p = parse_line(l);
        REQUIRE(p.verdict == LineVerdict::Parsed);
        program.add(p.event);
    }
    program.finish();
    out.statistics = program.statistics();
    return out;
}

}  // namespace

TEST_CASE("A fault that ends in RETRY is not a fault, and its repetition is one") {
    const Imported r = import({line(1, fault("0x10000", "0x255", kAnon)), line(1, kRetry),
                               line(1, fault("0x10000", "0x275", kAnon)), line(1, kReturn)});
    CHECK(r.statistics.anon_user == 1);
    CHECK(r.statistics.retries == 1);
    CHECK(r.of_kind(REPLAY_ACCESS).size() == 1);
}

TEST_CASE("A fault shows its region once, and the access follows it") {
    const Imported r = import({line(1, fault("0x10000", "0x255", kAnon)), line(1, kReturn),
                               line(1, fault("0x11000", "0x254", kAnon)), line(1, kReturn)});
    const auto regions = r.of_kind(REPLAY_REGION);
    REQUIRE(regions.size() == 1);
    CHECK(regions[0].a[0] == 0x10000);
    CHECK(regions[0].a[1] == 0x20000);
    const auto accesses = r.of_kind(REPLAY_ACCESS);
    REQUIRE(accesses.size() == 2);
    CHECK(accesses[0].a[1] == REPLAY_ACCESS_WRITE);
    CHECK(accesses[1].a[1] == REPLAY_ACCESS_READ);
}

TEST_CASE("Events of two tasks that interleave are paired by task") {
    const Imported r = import({line(1, fault("0x10000", "0x255", kAnon)), line(2, fault("0x12000", "0x255", kAnon)),
                               line(1, kRetry), line(2, kReturn)});
    CHECK(r.statistics.anon_user == 1);
    REQUIRE(r.of_kind(REPLAY_ACCESS).size() == 1);
    CHECK(r.of_kind(REPLAY_ACCESS)[0].a[0] == 0x12000);
}

TEST_CASE("mmap is repeated at the recorded address, and a failed call not at all") {
    const Imported r = import({line(1, "sys_mmap(addr: 0, len: 2000, prot: 3, flags: 22, fd: ffffffffffffffff, off: 0)"),
                               line(1, "sys_mmap -> 0xffff80000000"), line(1, "sys_munmap(addr: 1000, len: 1000)"),
                               line(1, "sys_munmap -> 0xffffffffffffffea")});
    const auto calls = r.of_kind(REPLAY_SYSCALL);
    REQUIRE(calls.size() == 1);
    CHECK(calls[0].nr == 222);
    CHECK(calls[0].a[0] == 0xffff80000000);
    CHECK((calls[0].a[3] & 0x10) != 0);  // MAP_FIXED
    CHECK(calls[0].expect == 0xffff80000000);
}

TEST_CASE("A moved mremap is forced to its recorded place") {
    const Imported r = import({line(1, "sys_mremap(addr: ffffa883c000, old_len: 22000, new_len: 26000, flags: 1, new_addr: 0)"),
                               line(1, "sys_mremap -> 0xffffa87f5000")});
    const auto calls = r.of_kind(REPLAY_SYSCALL);
    REQUIRE(calls.size() == 1);
    CHECK(calls[0].a[3] == 3);  // MREMAP_MAYMOVE | MREMAP_FIXED
    CHECK(calls[0].a[4] == 0xffffa87f5000);
}

TEST_CASE("execve's argument pages are touched on the final stack, in a region as small as the temporary one") {
    const Imported r = import({
        line(1, "sys_execve(filename: 1, argv: 2, envp: 3)"),
        line(1, fault("0xffffffffffec", "0x81", "vm_start=0xfffffffff000 vm_end=0x1000000000000 vm_flags=0x2000118173 vm_pgoff=0xfffffffff vm_file=0x0")),
        line(1, kGupReturn),
        line(1, "sched_process_exec: filename=/bin/true pid=1 old_pid=1"),
        line(1, fault("0xffffd5985fe8", "0x215", "vm_start=0xffffd5966000 vm_end=0xffffd5987000 vm_flags=0x2000100173 vm_pgoff=0xfffffffdf vm_file=0x0")),
        line(1, kReturn),
    });
    CHECK(r.statistics.from_get_user_pages == 1);
    REQUIRE(r.of_kind(REPLAY_EXEC).size() == 1);
    const auto regions = r.of_kind(REPLAY_REGION);
    REQUIRE(regions.size() == 2);
    CHECK(regions[0].a[0] == 0xffffd5986000);  // the argument page
    CHECK(regions[0].a[1] == 0xffffd5987000);
    CHECK(regions[1].a[0] == 0xffffd5966000);  // the rest of the stack
    CHECK(regions[1].a[1] == 0xffffd5986000);
    const auto accesses = r.of_kind(REPLAY_ACCESS);
    REQUIRE(accesses.size() == 2);
    CHECK(accesses[0].a[0] == 0xffffd5986fec);
    CHECK(accesses[0].a[1] == REPLAY_ACCESS_KERNEL_WRITE);
}

TEST_CASE("fork duplicates, and a clone with CLONE_VM acts in its parent's address space until execve") {
    const Imported forked = import({line(1, fault("0x10000", "0x255", kAnon)), line(1, kReturn),
                                    line(1, "sys_clone(clone_flags: 1200011, newsp: 0)"),
                                    line(1, "sched_process_fork: comm=p pid=1 child_comm=p child_pid=2"),
                                    line(2, fault("0x10000", "0x255", kAnon)), line(2, kReturn)});
    REQUIRE(forked.of_kind(REPLAY_FORK).size() == 1);
    CHECK(forked.of_kind(REPLAY_ACCESS)[1].pid == forked.of_kind(REPLAY_FORK)[0].a[0]);

    const Imported thread = import({line(1, fault("0x10000", "0x255", kAnon)), line(1, kReturn),
                                    line(1, "sys_clone(clone_flags: 3d0f00, newsp: 0)"),
                                    line(1, "sched_process_fork: comm=p pid=1 child_comm=p child_pid=2"),
                                    line(2, fault("0x12000", "0x255", kAnon)), line(2, kReturn)});
    CHECK(thread.of_kind(REPLAY_FORK).empty());
    CHECK(thread.of_kind(REPLAY_ACCESS)[1].pid == thread.of_kind(REPLAY_ACCESS)[0].pid);
}

TEST_CASE("A change of protection over memory that no fault has shown makes that memory first") {
    const Imported r = import({line(1, "sys_mprotect(start: 40000, len: 3000, prot: 1)"), line(1, "sys_mprotect -> 0x0")});
    const auto regions = r.of_kind(REPLAY_REGION);
    REQUIRE(regions.size() == 1);
    CHECK(regions[0].a[0] == 0x40000);
    CHECK(regions[0].a[1] == 0x43000);
}

TEST_CASE("A heap goes where another run had it, modulo the largest folio, and nothing else moves") {
    const std::string heap = "vm_start=0xaaaa00006000 vm_end=0xaaaa00027000 vm_flags=0x100073 vm_pgoff=0xaaaa00006 vm_file=0x0";
    const std::vector<std::string> lines{
        line(1, "sys_brk(brk: 0)"), line(1, "sys_brk -> 0xaaaa00006000"),
        line(1, "sys_brk(brk: aaaa00027000)"), line(1, "sys_brk -> 0xaaaa00027000"),
        line(1, fault("0xaaaa00006010", "0x255", heap)), line(1, kReturn),
        line(1, fault("0x10000", "0x255", kAnon)), line(1, kReturn),
        line(1, "sys_mprotect(start: aaaa00010000, len: 1000, prot: 1)"), line(1, "sys_mprotect -> 0x0")};
    const Imported there = import(lines);
    REQUIRE(there.statistics.heaps.size() == 1);
    CHECK(there.statistics.heaps[0].address == 0xaaaa00006000);

    const HeapStart& own = there.statistics.heaps[0];
    const Imported moved = import(lines, {{own.process, own.image, 0xbbbb0000f000}});
    CHECK(moved.statistics.heaps[0].address == own.address);  // what the trace says, not where the replay puts it
    CHECK(moved.of_kind(REPLAY_BRK_INIT).at(0).a[0] == 0xaaaa0000f000);
    const auto calls = moved.of_kind(REPLAY_SYSCALL);
    REQUIRE(calls.size() == 3);
    CHECK(calls[0].a[0] == 0);
    CHECK(calls[0].expect == 0xaaaa0000f000);
    CHECK(calls[1].a[0] == 0xaaaa00030000);
    CHECK(calls[1].expect == 0xaaaa00030000);
    CHECK(calls[2].a[0] == 0xaaaa00019000);
    CHECK(moved.of_kind(REPLAY_ACCESS).at(0).a[0] == 0xaaaa0000f010);
    CHECK(moved.of_kind(REPLAY_ACCESS).at(1).a[0] == 0x10000);

    const Imported other_process = import(lines, {{own.process + 1, own.image, 0xbbbb0000f000}});
    CHECK(other_process.of_kind(REPLAY_BRK_INIT).at(0).a[0] == own.address);
}

TEST_CASE("Blocks are counted as cleared where a call covers the whole of them") {
    const auto clear = [](const std::string& addr, const std::string& nr) {
        return line(1, "contpte_clear_full_ptes: (c+0x0/0x68) addr=" + addr + " ptep=0xffff0000 a3=" + nr + " a4=0x1");
    };
    CHECK(import({clear("0x20000", "0x10")}).statistics.cleared_whole == 1);
    CHECK(import({clear("0x20000", "0xf")}).statistics.cleared_whole == 0);
    CHECK(import({clear("0x21000", "0x10")}).statistics.cleared_whole == 0);
    CHECK(import({clear("0x21000", "0x3f")}).statistics.cleared_whole == 3);
}
