// What must hold between the counts of any run, and that each of these checks can fail.
#include <algorithm>
#include <functional>

#include "emu/machine/identities.h"
#include "tests/support/catch.h"
#include "tests/system/guest_runs.h"

using namespace system_tests;

namespace {

// A change of one result that breaks one identity, and the beginning of the line that must say so.
struct Tampering {
    const char* identity;
    std::function<void(emu::RunResult&)> tamper;
};

void add(emu::RunResult& r, std::initializer_list<Event> events) {
    for (const Event e : events) ++r.el1[e];
}

const std::vector<Tampering>& tamperings() {
    static const std::vector<Tampering> kTamperings{
        {"L1D_TLB = hits + L1D_TLB_REFILL", [](auto& r) { add(r, {Event::L1D_TLB}); }},
        {"L1I_TLB = hits + L1I_TLB_REFILL", [](auto& r) { add(r, {Event::L1I_TLB}); }},
        {"L2D_TLB = hits + L2D_TLB_REFILL",
         [](auto& r) {
             add(r, {Event::SIM_L2_HIT, Event::SIM_L2_HIT_4K});
         }},
        {"L2D_TLB = L1D_TLB_REFILL + L1I_TLB_REFILL",
         [](auto& r) {
             add(r, {Event::L1D_TLB, Event::L1D_TLB_REFILL});
         }},
        {"L2D_TLB_REFILL = DTLB_WALK + ITLB_WALK", [](auto& r) { add(r, {Event::DTLB_WALK}); }},
        {"L1D hits = hits by reach", [](auto& r) { add(r, {Event::SIM_L1D_HIT_64K}); }},
        {"L2 hits = hits by reach", [](auto& r) { add(r, {Event::SIM_L2_HIT_2M}); }},
        {"ledger = CPU_CYCLES", [](auto& r) { add(r, {Event::CPU_CYCLES}); }},
        {"EXC_RETURN <= EXC_TAKEN + 1",
         [](auto& r) { r.el1[Event::EXC_RETURN] += r.el0[Event::EXC_TAKEN] + r.el1[Event::EXC_TAKEN]; }},
        {"EXC_TAKEN = exceptions by cause", [](auto& r) { add(r, {Event::EXC_UNDEF}); }},
        {"aborts taken = page faults, signals and fix-ups of the guest kernel",
         [](auto& r) {
             add(r, {Event::EXC_TAKEN, Event::EXC_DABORT});
         }},
        {"SVCs taken = system calls of the guest kernel",
         [](auto& r) {
             add(r, {Event::EXC_TAKEN, Event::EXC_SVC});
         }},
    };
    return kTamperings;
}

// The phase in which TLBIs cost most.
emu::MissReport& misses_of(emu::RunResult& r) {
    auto at = std::max_element(r.phases.begin(), r.phases.end(), [](const auto& a, const auto& b) {
        return (a.misses ? a.misses->refills.size() : 0) < (b.misses ? b.misses->refills.size() : 0);
    });
    REQUIRE(at != r.phases.end());
    REQUIRE((at->misses && !at->misses->refills.empty()));
    return *at->misses;
}

// A miss of `tlb` that is of class `miss_class`, or of any other.
emu::MissCount& a_miss(emu::RunResult& r, const std::string& tlb, const std::string& miss_class, bool is) {
    for (emu::MissCount& m : misses_of(r).misses)
        if (m.tlb == tlb && (m.miss_class == miss_class) == is && m.misses != 0) return m;
    FAIL("no miss of " << tlb);
    return misses_of(r).misses.front();
}

// What the taxonomy says of a run with the timing model.
const std::vector<Tampering>& tamperings_of_classes() {
    constexpr const char* kClass = "invalidation";
    static const std::vector<Tampering> kTamperings{
        {"L1D_TLB_REFILL by class", [](auto& r) { --a_miss(r, "l1d", kClass, false).misses; }},
        {"L1I_TLB_REFILL by class", [](auto& r) { ++a_miss(r, "l1i", kClass, false).misses; }},
        {"L2D_TLB_REFILL by class", [](auto& r) { --a_miss(r, "l2", kClass, false).misses; }},
        {"misses after a TLBI by operation", [](auto& r) { a_miss(r, "l1d", kClass, true).miss_class = "capacity"; }},
        {"misses after a TLBI by operation", [](auto& r) { misses_of(r).refills.pop_back(); }},
        {"cycles of walks by class", [](auto& r) { ++misses_of(r).walk_cycles[0]; }},
    };
    return kTamperings;
}

}  // namespace

TEST_CASE("The classes of misses add up to the refills, and a miss that is lost, moved or made up is found") {
    const emu::RunResult good = run(Program{"fork_cow", {"bytes=256K", "rounds=1"}}, {{"machine.mode", "cycle"}});
    const u64 cycles = count(good, Event::CPU_CYCLES);
    for (const Tampering& t : tamperings_of_classes()) {
        INFO(t.identity);
        emu::RunResult bad = good;
        t.tamper(bad);
        const std::vector<std::string> broken = emu::broken_identities(bad, cycles);
        CAPTURE(broken);
        REQUIRE(!broken.empty());
        for (const std::string& line : broken) CHECK(line.starts_with(t.identity));
    }
}

TEST_CASE("Folded stacks add up to the cycles of the phases, and a cycle that is lost or made up is found") {
    emu::RunRequest request = request_of(Program{"fork_cow", {"bytes=256K", "rounds=1"}}, {{"machine.mode", "cycle"}});
    request.follow_calls = true;
    const emu::RunResult good = run(request);
    REQUIRE(!good.folded_stacks.empty());
    const u64 cycles = count(good, Event::CPU_CYCLES);
    REQUIRE(emu::broken_identities(good, cycles).empty());
    const std::vector<std::function<void(emu::RunResult&)>> tamperings{[](auto& r) { --r.folded_stacks.front().second; },
                                                                       [](auto& r) { ++r.folded_stacks.back().second; },
                                                                       [](auto& r) { r.folded_stacks.pop_back(); }};
    for (const auto& tamper : tamperings) {
        emu::RunResult bad = good;
        tamper(bad);
        const std::vector<std::string> broken = emu::broken_identities(bad, cycles);
        REQUIRE(broken.size() == 1);
        CHECK(broken.front().starts_with("folded stacks = CPU_CYCLES of the phases"));
    }
}

TEST_CASE("Each identity fails when its counts are tampered with, and no other does") {
    for (const char* mode : {"functional", "cycle"}) {
        const emu::RunResult good = run(Program{"fork_cow", {"bytes=256K", "rounds=1"}}, {{"machine.mode", mode}});
        const u64 cycles = count(good, Event::CPU_CYCLES);  // run() has found that the ledger has as many
        REQUIRE(emu::broken_identities(good, cycles).empty());
        for (const Tampering& t : tamperings()) {
            INFO(t.identity);
            emu::RunResult bad = good;
            t.tamper(bad);
            const std::vector<std::string> broken = emu::broken_identities(bad, cycles);
            CAPTURE(broken);
            REQUIRE(broken.size() == 1);
            CHECK(broken.front().starts_with(t.identity));
        }
    }
}

TEST_CASE("Every exception of a run is a system call or an abort that the guest counts") {
    for (const Program& program : small_programs()) {
        for (const char* hafdbs : {"2", "0"}) {
            INFO(program.workload << ", core.hafdbs=" << hafdbs);
            const emu::RunResult r = run(program, {{"core.hafdbs", hafdbs}});
            const auto guest = [&](const char* name) { return guest_count(r.guest, name); };
            // An abort is a page fault that the memory manager handled, a bad access of a program, or one of the kernel
            // in a program's name. Those that MADV_POPULATE causes are taken by no access.
            const u64 aborts =
                guest("pgfault") - guest("fault_populate") + guest("fault_sigsegv") + guest("fault_fixup");
            CHECK(count(r, Event::EXC_DABORT) + count(r, Event::EXC_PABORT) == aborts);
            CHECK(count(r, Event::EXC_SVC) == guest("syscalls"));
            CHECK(count(r, Event::EXC_TAKEN) == aborts + guest("syscalls"));
            CHECK(guest("pgfault") == guest("pgfault_user") + guest("pgfault_kernel"));
            // Each fault handled has one kind.
            CHECK(guest("pgfault") == guest("fault_anon") + guest("fault_zero_page") + guest("fault_file_read") +
                                          guest("fault_file_cow") + guest("fault_file_shared") +
                                          guest("fault_cow_copy") + guest("fault_cow_reuse") +
                                          guest("fault_access_flag") + guest("fault_dirty") + guest("fault_spurious"));
            CHECK((guest("fault_access_flag") == 0 || hafdbs[0] == '0'));
        }
    }
}
