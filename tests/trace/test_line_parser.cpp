#include "emu/trace/line_parser.h"
#include "tests/support/catch.h"

using namespace emu::trace;

namespace {
Event event_of(const char* line) {
    const ParsedLine p = parse_line(line);
    REQUIRE(p.verdict == LineVerdict::Parsed);
    return p.event;
}
LineVerdict verdict_of(const char* line) { return parse_line(line).verdict; }
}  // namespace

TEST_CASE("An ftrace fault line gives address, access and region") {
    const Event e = event_of(
        "            mthp-423     [000] d....   266.902275: page_fault_user: (handle_mm_fault+0x0/0x2c8) address=0x49f748 "
        "ip=0x400e6c fault_flags=0x1255 pstate=0x0 sp=0xffffc913ba20 vm_start=0x49c000 vm_end=0x4a3000 "
        "vm_flags=0x100073 vm_pgoff=0x9c vm_file=0xffff00000fe30180 el=0");
    CHECK(e.kind == EventKind::Fault);
    CHECK(e.task == 423);
    CHECK(e.address == 0x49f748);
    CHECK((e.fault_flags & kFaultWrite) != 0);
    CHECK_FALSE(e.kernel);
    REQUIRE(e.region.known);
    CHECK(e.region.vm_start == 0x49c000);
    CHECK(e.region.vm_end == 0x4a3000);
    CHECK(e.region.vm_pgoff == 0x9c);
    CHECK(e.region.vm_file == 0xffff00000fe30180);
}

TEST_CASE("A task name may hold dashes, blanks and brackets") {
    const Event e = event_of(" my-prog [x] y-77      [001] dN...   1.5: page_fault_ret: (do_page_fault+0x1/0x2 <- handle_mm_fault) ret=0x404");
    CHECK(e.kind == EventKind::FaultReturn);
    CHECK(e.task == 77);
    CHECK(e.result == 0x404);
    CHECK_FALSE(e.from_get_user_pages);
}

TEST_CASE("A trace-cmd line without a flags column is understood") {
    const Event e = event_of("            sort-645   [000]   477.632712: sys_brk -> 0xaaaae68d1000");
    CHECK(e.kind == EventKind::SyscallExit);
    CHECK(e.call == Syscall::brk);
    CHECK(e.result == 0xaaaae68d1000);
}

TEST_CASE("System-call arguments are hexadecimal without a prefix in ftrace and with one in perf script") {
    const Event a = event_of("  sh-645  [000] .....   477.660877: sys_mmap(addr: 0, len: 2000, prot: 3, flags: 22, fd: ffffffffffffffff, off: 0)");
    const Event b = event_of(
        "             gcc 27580/27580 [000]  4415.918265:       syscalls:sys_enter_mmap: addr: 0x00000000, len: 0x00002000, "
        "prot: 0x00000003, flags: 0x00000022, fd: 0xffffffff, off: 0x00000000");
    CHECK(a.argument[1] == 0x2000);
    CHECK(a.argument[3] == 0x22);
    CHECK(b.argument[1] == 0x2000);
    CHECK(b.argument[3] == 0x22);
    CHECK(b.task == 27580);
}

TEST_CASE("x86 error codes become fault flags") {
    const Event write = event_of("   sh 27760/27760 [001]  4432.922599:    exceptions:page_fault_user: address=0x7efcd5f8ee06 ip=0x7efcd5f767ad error_code=0x6");
    const Event fetch = event_of("   sh 27760/27760 [001]  4432.922593:    exceptions:page_fault_user: address=0x7efcd5f75b70 ip=0x7efcd5f75b70 error_code=0x14");
    CHECK(write.fault_flags == kFaultWrite);
    CHECK(fetch.fault_flags == kFaultInstruction);
    CHECK_FALSE(write.region.known);
}

TEST_CASE("The page-faults software event says neither read nor write, and the kernel by its ip") {
    const Event user = event_of("            tiny 17176  1852.848697108:     5603d4659018     7f0000001000");
    const Event kernel = event_of("            tiny 17176  1852.848697108:     5603d4659018 ffffffff821e8700");
    CHECK(user.address == 0x5603d4659018);
    CHECK_FALSE(user.access_known);
    CHECK_FALSE(user.kernel);
    CHECK(kernel.kernel);
}

TEST_CASE("perf trace faults with a plain address are understood, those inside a file are not") {
    const Event e = event_of("     0.038 ( 0.000 ms): tiny/17228 minfault [rep_stos_alternative+0x40] => 0x7fda6fb70110 (?k)");
    CHECK(e.task == 17228);
    CHECK(e.address == 0x7fda6fb70110);
    CHECK(verdict_of("     0.1 ( 0.000 ms): tiny/17228 minfault [_start+0x0] => /usr/lib/ld.so@0x1ab70 (d.)") == LineVerdict::Bad);
}

TEST_CASE("Comments, other events and empty lines are ignored, and nonsense is bad") {
    CHECK(verdict_of("# tracer: nop") == LineVerdict::Ignored);
    CHECK(verdict_of("") == LineVerdict::Ignored);
    CHECK(verdict_of("  sh-645  [000] .....   477.66: sched_switch: prev=1") == LineVerdict::Ignored);
    CHECK(verdict_of("the quick brown fox") == LineVerdict::Bad);
    CHECK(verdict_of("  sh-645  [000] .....   477.66: page_fault_user: (x) address=zz fault_flags=0x1") == LineVerdict::Bad);
    CHECK(verdict_of("  sh-645  [000] .....   477.66: page_fault_user: (x) address=0x1000 fault_flags=0x1 vm_start=0x2000 "
                     "vm_end=0x3000 vm_flags=0x3 vm_pgoff=0x0 vm_file=0x0") == LineVerdict::Bad);
    CHECK(verdict_of("  sh-645  [000] .....   477.66: sys_munmap(addr: 1000, len: )") == LineVerdict::Bad);
}

TEST_CASE("No prefix of a valid line crashes the parser") {
    const std::string line =
        "  mthp-423  [000] d....   266.902275: page_fault_user: (handle_mm_fault+0x0/0x2c8) address=0x49f748 ip=0x400e6c "
        "fault_flags=0x1255 vm_start=0x49c000 vm_end=0x4a3000 vm_flags=0x100073 vm_pgoff=0x9c vm_file=0x0 el=0";
    for (std::size_t n = 0; n <= line.size(); ++n) CHECK_NOTHROW(parse_line(std::string_view{line}.substr(0, n)));
}
