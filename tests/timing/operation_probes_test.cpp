#include "emu/timing/ledger/operation_probes.h"

#include <algorithm>

#include "mmu/base/user_error.h"
#include "tests/support/catch.h"

using namespace emu;

namespace {

constexpr u64 kStack = 0xffff000000010000;

// A guest that calls and returns by hand; every step() is one instruction of 10 cycles, 1 load and 2 stores.
class Guest {
public:
    explicit Guest(OperationProbes& p) : probes{p} {}

    void call(u64 function, u64 return_pc, u64 sp) { at({function, 0, return_pc, sp, task, true}); }
    void jump(u64 function, u64 lr, u64 sp) { at({function, 0, lr, sp, task, false}); }
    void ret(u64 return_pc, u64 sp, u64 x0 = 0) { at({return_pc, x0, return_pc, sp, task, false}); }
    void work(u64 steps) {
        now.cycles += 10 * steps;
        now.instructions += steps;
        now.loads += steps;
        now.stores += 2 * steps;
    }

    OperationProbes& probes;
    WorkCounts now{};
    u64 task{1};

private:
    void at(const ProbePoint& point) {
        DecodedOp op;
        op.flags = std::count(probes.entries().begin(), probes.entries().end(), point.pc) != 0 ? kOpProbe : u8{0};
        if (probes.wants(op, point.pc)) probes.at(point, now);
    }
};

const OperationPrice& price(const std::vector<OperationPrice>& prices, const std::string& name,
                            const std::string& outcome = "") {
    for (const auto& p : prices)
        if (p.operation == name && p.outcome == outcome) return p;
    FAIL("no price of " << name << " " << outcome);
    return prices.front();
}

}  // namespace

TEST_CASE("a call is priced from its entry to its return") {
    OperationProbes probes;
    probes.add("fork", 0x1000);
    Guest g{probes};
    g.work(5);
    g.call(0x1000, 0x500, kStack);
    g.work(7);
    g.now.tlbis += 3;
    g.now.dsb_cycles += 200;
    g.ret(0x500, kStack);
    g.work(100);
    const auto prices = probes.prices();
    const auto& fork = price(prices, "fork");
    CHECK(fork.cycles.count() == 1);
    CHECK(fork.cycles.total() == 70);
    CHECK(fork.work.instructions == 7);
    CHECK(fork.work.loads == 7);
    CHECK(fork.work.stores == 14);
    CHECK(fork.work.tlbis == 3);
    CHECK(fork.work.dsb_cycles == 200);
}

TEST_CASE("a nested operation is priced itself and within the outer one") {
    OperationProbes probes;
    probes.add("fault", 0x1000);
    probes.add("contpte_set_ptes", 0x2000);
    Guest g{probes};
    g.call(0x1000, 0x500, kStack);
    g.work(1);
    g.call(0x2000, 0x1010, kStack - 64);
    g.work(4);
    g.ret(0x1010, kStack - 64);
    g.work(2);
    g.ret(0x500, kStack);
    CHECK(price(probes.prices(), "fault").cycles.total() == 70);
    CHECK(price(probes.prices(), "contpte_set_ptes").cycles.total() == 40);
    const auto calls = probes.calls();
    REQUIRE(calls.size() == 2);
    CHECK(calls[0].caller.empty());
    CHECK(calls[1].caller == "fault");
}

TEST_CASE("recursive calls return in their own order") {
    OperationProbes probes;
    probes.add("copy_range", 0x1000);
    Guest g{probes};
    for (u64 depth = 0; depth < 5; ++depth) {
        g.call(0x1000, depth == 0 ? 0x500 : 0x1020, kStack - 64 * depth);
        g.work(1);
    }
    for (u64 depth = 5; depth-- > 0;) g.ret(depth == 0 ? 0x500 : 0x1020, kStack - 64 * depth);
    const auto prices = probes.prices();
    const auto& p = price(prices, "copy_range");
    CHECK(p.cycles.count() == 5);
    CHECK(p.cycles.max() == 50);
    CHECK(p.cycles.percentile(50) == 30);
    CHECK(p.cycles.total() == 150);
}

TEST_CASE("an operation with outcomes is priced by outcome") {
    OperationProbes probes;
    probes.add("__contpte_try_fold", 0x1000, {"folded", "not_aligned"});
    Guest g{probes};
    for (const u64 outcome : {u64{0}, u64{1}, u64{1}, u64{9}}) {
        g.call(0x1000, 0x500, kStack);
        g.work(outcome + 1);
        g.ret(0x500, kStack, outcome | u64{0xdead} << 32);  // the upper half of X0 is not the enum's
    }
    const auto prices = probes.prices();
    REQUIRE(prices.size() == 3);
    CHECK(price(prices, "__contpte_try_fold", "folded").cycles.total() == 10);
    CHECK(price(prices, "__contpte_try_fold", "not_aligned").cycles.count() == 2);
    CHECK(price(prices, "__contpte_try_fold", "other").cycles.total() == 100);
}

TEST_CASE("calls of two tasks on equal user stacks are told apart, and neither pays for the other") {
    OperationProbes probes;
    probes.add("main_loop", 0x1000);
    Guest g{probes};
    const u64 user_stack = 0x7fff0000;
    g.call(0x1000, 0x500, user_stack);
    g.work(1);
    g.task = 2;
    g.call(0x1000, 0x500, user_stack);
    g.work(2);
    g.ret(0x500, user_stack);
    g.task = 1;
    probes.switch_task(1, g.now);
    g.work(4);
    g.ret(0x500, user_stack);
    const auto prices = probes.prices();
    CHECK(price(prices, "main_loop").cycles.count() == 2);
    CHECK(price(prices, "main_loop").cycles.max() == 50);
    CHECK(price(prices, "main_loop").cycles.total() == 70);
}

TEST_CASE("a call that gives the processor away stands still until its task runs again") {
    OperationProbes probes;
    probes.add("wait4", 0x1000);
    Guest g{probes};
    g.call(0x1000, 0x500, kStack);
    g.work(3);
    for (const u64 other : {u64{2}, u64{3}}) {
        probes.switch_task(other, g.now);
        g.work(1000);
    }
    probes.switch_task(1, g.now);
    g.work(4);
    g.ret(0x500, kStack);
    CHECK(price(probes.prices(), "wait4").cycles.total() == 70);
    CHECK(price(probes.prices(), "wait4").self_cycles == 70);
    CHECK(price(probes.prices(), "wait4").work.instructions == 7);
}

TEST_CASE("self cycles leave out the probed operations within, at every depth, and add up to the outermost call") {
    OperationProbes probes;
    probes.add("a", 0x1000);
    probes.add("b", 0x2000);
    probes.add("c", 0x3000);
    Guest g{probes};
    g.call(0x1000, 0x500, kStack);
    g.work(1);
    for (int i = 0; i < 2; ++i) {
        g.call(0x2000, 0x1010, kStack - 64);
        g.work(2);
        g.call(0x3000, 0x2010, kStack - 128);
        g.work(4);
        g.ret(0x2010, kStack - 128);
        g.work(8);
        g.ret(0x1010, kStack - 64);
        g.work(16);
    }
    g.ret(0x500, kStack);
    const auto prices = probes.prices();
    CHECK(price(prices, "a").self_cycles == 330);
    CHECK(price(prices, "b").self_cycles == 200);
    CHECK(price(prices, "b").self_instructions == 20);
    CHECK(price(prices, "c").self_cycles == 80);
    CHECK(price(prices, "a").cycles.total() == 330 + 200 + 80);
    CHECK(price(prices, "b").cycles.total() == 200 + 80);
}

TEST_CASE("recursive calls count their own cycles once in self, and are marked") {
    OperationProbes probes;
    probes.add("walk_tree", 0x1000);
    Guest g{probes};
    for (u64 depth = 0; depth < 4; ++depth) {
        g.call(0x1000, depth == 0 ? 0x500 : 0x1020, kStack - 64 * depth);
        g.work(1);
    }
    for (u64 depth = 4; depth-- > 0;) g.ret(depth == 0 ? 0x500 : 0x1020, kStack - 64 * depth);
    const auto prices = probes.prices();
    CHECK(price(prices, "walk_tree").self_cycles == 40);
    CHECK(price(prices, "walk_tree").recursive == 3);
    CHECK(price(prices, "walk_tree").cycles.max() == 40);
}

TEST_CASE("a long jump to an outer function ends the calls below it, which have no price") {
    OperationProbes probes;
    probes.add("parse", 0x1000);
    probes.add("throws", 0x2000);
    probes.add("leaf", 0x3000);
    Guest g{probes};
    const u64 stack = 0x7fff0000;
    g.call(0x1000, 0x500, stack);
    g.call(0x2000, 0x1010, stack - 64);
    g.work(1);
    g.call(0x3000, 0x2010, stack - 128);
    g.work(2);
    g.ret(0x2010, stack - 128);
    g.work(3);  // and now longjmp() into parse
    g.work(4);
    g.ret(0x500, stack);
    const auto prices = probes.prices();
    CHECK(prices.size() == 2);
    CHECK(price(prices, "parse").cycles.total() == 100);
    CHECK(price(prices, "parse").self_cycles == 80);  // that of the call that was left is the caller's
    CHECK(price(prices, "leaf").self_cycles == 20);
    CHECK(probes.left_otherwise("throws") == 1);
    CHECK(probes.left_otherwise("parse") == 0);
}

TEST_CASE("a call further up the stack ends calls below it") {
    OperationProbes probes;
    probes.add("f", 0x1000);
    Guest g{probes};
    const u64 stack = 0x7fff0000;
    g.call(0x1000, 0x500, stack - 256);
    g.work(1000);
    g.call(0x1000, 0x600, stack - 64);
    CHECK(probes.left_otherwise("f") == 1);
    g.work(1);
    g.ret(0x600, stack - 64);
    g.ret(0x500, stack - 256);
    CHECK(price(probes.prices(), "f").cycles.total() == 10);
}

TEST_CASE("the open calls of the task that runs are known, innermost first") {
    OperationProbes probes;
    probes.add("do_mprotect", 0x1000);
    probes.add("contpte_convert", 0x2000);
    Guest g{probes};
    CHECK(probes.open_operations().empty());
    g.call(0x1000, 0x500, kStack);
    g.call(0x2000, 0x1010, kStack - 64);
    CHECK(probes.open_operations() == std::vector<std::size_t>{1, 0});
    CHECK(probes.name_of(1) == "contpte_convert");
    probes.switch_task(7, g.now);
    CHECK(probes.open_operations().empty());
    probes.switch_task(1, g.now);
    g.ret(0x1010, kStack - 64);
    CHECK(probes.open_operations() == std::vector<std::size_t>{0});
}

TEST_CASE("a histogram has a bucket for each power of two that occurred") {
    ValueCounts v;
    for (const u64 value : std::initializer_list<u64>{0, 1, 2, 3, 3, 700, 1023, 1024}) v.add(value);
    CHECK(v.histogram() == std::vector<std::pair<u64, u64>>{{0, 1}, {1, 1}, {2, 3}, {512, 2}, {1024, 1}});
}

TEST_CASE("a kernel call whose address space changes on the way still returns") {
    OperationProbes probes;
    probes.add("execve", 0x1000);
    Guest g{probes};
    g.call(0x1000, 0x500, kStack);
    g.task = 9;
    g.ret(0x500, kStack);
    CHECK(price(probes.prices(), "execve").cycles.count() == 1);
}

TEST_CASE("the return address at another stack depth is no return") {
    OperationProbes probes;
    probes.add("f", 0x1000);
    Guest g{probes};
    g.call(0x1000, 0x500, kStack);
    g.ret(0x500, kStack - 128);
    CHECK(probes.prices().empty());
    g.ret(0x500, kStack);
    CHECK(probes.prices().size() == 1);
}

TEST_CASE("a tail call ends both operations at one return") {
    OperationProbes probes;
    probes.add("f", 0x1000);
    probes.add("g", 0x2000);
    Guest guest{probes};
    guest.call(0x1000, 0x500, kStack);
    guest.work(1);
    guest.jump(0x2000, 0x500, kStack);
    guest.work(2);
    guest.ret(0x500, kStack);
    CHECK(price(probes.prices(), "f").cycles.total() == 30);
    CHECK(price(probes.prices(), "g").cycles.total() == 20);
}

TEST_CASE("a loop back to the first instruction is no new call") {
    OperationProbes probes;
    probes.add("clear_page", 0x1000);
    Guest g{probes};
    g.call(0x1000, 0x500, kStack);
    for (int i = 0; i < 63; ++i) {
        g.work(1);
        g.jump(0x1000, 0x500, kStack);
    }
    g.ret(0x500, kStack);
    CHECK(price(probes.prices(), "clear_page").cycles.count() == 1);
    CHECK(price(probes.prices(), "clear_page").cycles.total() == 630);
}

TEST_CASE("a call that never returned does not swallow the next one on its stack") {
    OperationProbes probes;
    probes.add("exit", 0x1000);
    Guest g{probes};
    g.call(0x1000, 0x500, kStack);
    g.work(1000);
    g.call(0x1000, 0x500, kStack);
    g.work(1);
    g.ret(0x500, kStack);
    CHECK(price(probes.prices(), "exit").cycles.count() == 1);
    CHECK(price(probes.prices(), "exit").cycles.total() == 10);
}

TEST_CASE("calls outside the phases of interest are counted but not priced") {
    OperationProbes probes;
    probes.add("f", 0x1000);
    Guest g{probes};
    probes.set_pricing(false);
    g.call(0x1000, 0x500, kStack);
    probes.set_pricing(true);
    g.ret(0x500, kStack);
    CHECK(probes.prices().empty());
    CHECK(probes.calls().at(0).count == 1);
}

TEST_CASE("quantiles are exact by nearest rank") {
    ValueCounts v;
    CHECK(v.percentile(50) == 0);
    for (u64 i = 1; i <= 200; ++i) v.add(i);
    CHECK(v.percentile(50) == 100);
    CHECK(v.percentile(99) == 198);
    CHECK(v.percentile(100) == 200);
    ValueCounts one;
    one.add(1000);
    v.merge(one);
    CHECK(v.max() == 1000);
    CHECK(v.count() == 201);
    CHECK(v.total() == 200 * 201 / 2 + 1000);
}

TEST_CASE("work is read from the counters of both levels") {
    mmu::Counters counters;
    counters.by_el[0][mmu::Event::CPU_CYCLES] = 5;
    counters.by_el[1][mmu::Event::CPU_CYCLES] = 7;
    counters.by_el[1][mmu::Event::SIM_TLBI] = 16;
    counters.by_el[0][mmu::Event::INST_RETIRED] = 3;
    counters.by_el[0][mmu::Event::MEM_ACCESS_RD] = 2;
    const WorkCounts work = work_of(counters);
    CHECK(work.cycles == 12);
    CHECK(work.tlbis == 16);
    CHECK(work.instructions == 3);
    CHECK(work.loads == 2);
}

TEST_CASE("two probes on one function are the user's mistake") {
    OperationProbes probes;
    probes.add("a", 0x1000);
    CHECK_THROWS_AS(probes.add("b", 0x1000), UserError);
}
