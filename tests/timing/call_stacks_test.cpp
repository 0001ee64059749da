#include "emu/timing/ledger/call_stacks.h"

#include <algorithm>
#include <numeric>

#include "tests/support/catch.h"

using namespace emu;
using Lines = std::map<std::string, u64>;

namespace {

constexpr u64 kUserStack = 0x7ffffff000;
constexpr u64 kKernelStack = 0xffff800000104000;
constexpr u64 kSize = 0x100;  // of every function

// A guest that calls and returns by hand, and whose functions take cycles. Each has its name and is kSize long.
class Guest {
public:
    explicit Guest(std::vector<std::string> names) : ledger{table(names)}, stacks{ledger} {
        for (const std::string& name : names) starts[name] = kSize * (1 + starts.size());
    }

    void work(u64 cycles, Cause cause = Cause::Base) {
        ledger.enter(pc, el);
        ledger.charge(cause, cycles);
    }
    void start(const std::string& function) { go(Transfer::Kind::Jump, at(function)); }
    // The callee's first instructions make room for `frame` bytes.
    void call(const std::string& function, u64 frame = 0x20) {
        link = pc + 4;
        go(Transfer::Kind::Call, at(function));
        sp -= frame;
    }
    void ret(u64 frame = 0x20) {
        sp += frame;
        go(Transfer::Kind::Jump, link);
    }
    void jump(u64 address) { go(Transfer::Kind::Jump, address); }
    void exception(u64 resume) {
        Transfer t = transfer(Transfer::Kind::Exception, at("vectors"));
        t.from_el = el;
        t.from_sp = sp;
        t.resume = resume;
        t.forks = forks;
        t.sp = el == 0 ? kKernelStack + 0x4000 * task : sp;
        t.el = 1;
        go(t);
    }
    void eret(u64 address, arch::u8 to_el, u64 to_sp) {
        Transfer t = transfer(Transfer::Kind::ExceptionReturn, address);
        t.el = to_el;
        t.sp = to_sp;
        go(t);
    }
    [[nodiscard]] u64 at(const std::string& function, u64 offset = 0) const { return starts.at(function) + offset; }

    CostLedger ledger;
    CallStacks stacks;
    std::map<std::string, u64> starts;
    u64 pc{0};
    u64 sp{kUserStack};
    u64 link{0};
    u64 task{1};
    arch::u8 el{0};
    bool forks{false};

private:
    static FunctionTable table(const std::vector<std::string>& names) {
        std::vector<FunctionTable::Function> functions;
        for (const std::string& name : names) functions.push_back({name, kSize * (1 + functions.size()), kSize * (2 + functions.size())});
        return FunctionTable{std::move(functions)};
    }
    [[nodiscard]] Transfer transfer(Transfer::Kind kind, u64 target) const { return {kind, el, target, sp, link, task}; }
    void go(Transfer::Kind kind, u64 target) { go(transfer(kind, target)); }
    void go(const Transfer& t) {
        stacks.at(t);
        pc = t.pc;
        sp = t.sp;
        el = t.el;
    }
};

u64 sum(const Lines& lines) {
    return std::accumulate(lines.begin(), lines.end(), u64{0}, [](u64 n, const auto& line) { return n + line.second; });
}

}  // namespace

TEST_CASE("cycles go to the function that took them, below its callers and above its causes") {
    Guest g{{"main", "sort", "swap"}};
    g.start("main");
    g.work(1);
    g.call("sort");
    g.work(20);
    const u64 back_to_main = g.link;
    g.call("swap");
    g.work(300, Cause::L1d);
    g.work(7);
    g.ret();
    g.work(4000);
    g.link = back_to_main;
    g.ret();
    g.work(50000);
    CHECK(g.stacks.lines() == Lines{{"main;base", 50001}, {"main;sort;base", 4020}, {"main;sort;swap;base", 7}, {"main;sort;swap;l1d", 300}});
    CHECK(sum(g.stacks.lines()) == g.ledger.cells().total());
}

TEST_CASE("a function that another falls into takes its place, and so does one that is called last") {
    Guest g{{"main", "first", "second"}};
    g.start("main");
    g.call("first", 0);
    const u64 back = g.link;
    g.work(1);
    CHECK(g.stacks.leaves_function(g.at("second")));
    CHECK_FALSE(g.stacks.leaves_function(g.at("first", 0xfc)));
    g.jump(g.at("second"));
    g.work(2);
    g.link = back;
    g.ret(0);
    g.work(4);
    CHECK(g.stacks.lines() == Lines{{"main;base", 4}, {"main;first;base", 1}, {"main;second;base", 2}});
}

TEST_CASE("code that was moved out of a function comes back to it") {
    Guest g{{"main", "f", "f.cold"}};
    g.start("main");
    g.call("f");
    const u64 back = g.link;
    g.jump(g.at("f.cold"));
    g.work(1);
    g.jump(g.at("f", 8));
    g.work(2);
    g.link = back;
    g.ret();
    g.work(4);
    CHECK(g.stacks.lines() == Lines{{"main;base", 4}, {"main;f;base", 2}, {"main;f.cold;base", 1}});
}

TEST_CASE("a function that calls itself is one frame of the graph, however deep") {
    Guest g{{"main", "f", "g"}};
    g.start("main");
    for (int i = 0; i < 5000; ++i) {
        g.call("f");
        g.work(1);
    }
    CHECK(g.stacks.lines() == Lines{{"main;f;base", 5000}});
}

TEST_CASE("calls deeper than is kept take the place of their callers, and what returns is found again") {
    Guest g{{"main", "even", "odd"}};
    g.start("main");
    const u64 from_main = g.sp;
    g.call("even");
    const u64 back = g.link;
    for (int i = 1; i < 3000; ++i) g.call(i % 2 == 0 ? "even" : "odd");
    g.work(1);
    g.sp = from_main;
    g.link = back;
    g.ret(0);
    g.work(2);
    const Lines lines = g.stacks.lines();
    REQUIRE(lines.size() == 2);
    CHECK(lines.begin()->first == "main;base");
    CHECK(std::count(lines.rbegin()->first.begin(), lines.rbegin()->first.end(), ';') < 600);
}

TEST_CASE("a long jump ends the calls that it leaves") {
    Guest g{{"main", "catch", "throw", "other"}};
    g.start("main");
    g.call("catch");
    const u64 caught_sp = g.sp;
    g.call("throw", 0);
    g.call("other", 0);  // which has the same stack pointer
    for (int i = 0; i < 3; ++i) g.call("throw");
    g.sp = caught_sp;
    g.jump(g.at("catch", 0x40));
    g.work(1);
    g.call("other");
    g.work(2);
    CHECK(g.stacks.lines() == Lines{{"main;catch;base", 1}, {"main;catch;other;base", 2}});
}

TEST_CASE("an exception stands above what it interrupted, also one within another, and its end goes back") {
    Guest g{{"vectors", "main", "loop", "fault", "copy"}};
    g.start("main");
    g.call("loop");
    const u64 back = g.link;
    const u64 resume = g.pc + 8;
    const u64 user_sp = g.sp;
    g.exception(resume);
    g.work(1, Cause::Exception);
    g.call("copy");
    const u64 kernel_sp = g.sp;
    const u64 in_copy = g.pc + 0x10;
    g.exception(in_copy);
    g.call("fault");
    g.work(2);
    g.eret(in_copy + 0x20, 1, kernel_sp);  // at a fix-up
    g.work(4);
    g.eret(resume, 0, user_sp);
    g.work(8);
    g.link = back;
    g.ret();
    g.work(16);
    CHECK(g.stacks.lines() == Lines{{"main;base", 16},
                                    {"main;loop;base", 8},
                                    {"main;loop;vectors;copy;base", 4},
                                    {"main;loop;vectors;copy;vectors;fault;base", 2},
                                    {"main;loop;vectors;exception", 1}});
}

TEST_CASE("a signal's handler is called by what it interrupts, and returns to it by the kernel") {
    Guest g{{"vectors", "main", "loop", "handler", "restorer"}};
    g.start("main");
    g.call("loop");
    const u64 resume = g.pc + 8;
    const u64 user_sp = g.sp;
    g.exception(resume);
    g.link = g.at("restorer", 4);
    g.eret(g.at("handler"), 0, user_sp - 0x1000);
    g.work(1);
    g.ret(0);
    g.work(2);
    g.exception(g.pc + 8);
    g.eret(resume, 0, user_sp);
    g.work(4);
    CHECK(g.stacks.lines() == Lines{{"main;loop;base", 4}, {"main;loop;handler;base", 1}, {"main;restorer;base", 2}});
}

TEST_CASE("a task goes on with its own callers, a forked child with its parent's, a new program with none") {
    Guest g{{"vectors", "main", "fork", "child", "schedule", "switch", "begin_task", "start"}};
    g.start("main");
    g.call("fork");
    const u64 back = g.link;
    const u64 after_fork = g.pc + 8;
    const u64 user_sp = g.sp;
    g.forks = true;
    g.exception(after_fork);
    g.forks = false;
    g.call("schedule");
    const u64 scheduled_by = g.pc + 4;
    g.call("switch", 0);
    const u64 parent_sp = g.sp;

    g.task = 2;
    g.sp = kKernelStack + 0x8000 - 0x100;
    g.jump(g.at("begin_task"));
    g.work(1);
    g.link = back;
    g.eret(after_fork, 0, user_sp);
    g.work(2);
    g.ret();
    g.work(4);
    g.call("child");
    g.work(8);
    g.exception(g.pc + 4);
    g.link = 0;
    g.eret(g.at("start"), 0, kUserStack);  // another program
    g.work(16);

    g.exception(g.pc + 4);
    g.task = 1;
    g.sp = parent_sp;
    g.jump(scheduled_by);
    g.work(32);
    CHECK(g.stacks.lines() == Lines{{"begin_task;base", 1},
                                    {"main;fork;base", 2},
                                    {"main;base", 4},
                                    {"main;child;base", 8},
                                    {"start;base", 16},
                                    {"main;fork;vectors;schedule;base", 32}});
}

TEST_CASE("the kernel stack of a task that has ended says nothing about the next one on it") {
    Guest g{{"vectors", "main", "exit", "switch", "begin_task"}};
    g.start("main");
    g.exception(g.pc + 4);
    g.call("exit");
    g.call("switch", 0);
    g.task = 2;
    g.jump(g.at("begin_task"));
    g.task = 1;
    g.jump(g.at("begin_task"));
    g.work(1);
    CHECK(g.stacks.lines() == Lines{{"begin_task;base", 1}});
}

TEST_CASE("code outside all functions is a frame by its level") {
    Guest g{{"main"}};
    g.start("main");
    g.link = g.pc + 4;
    g.jump(0x10000);
    g.work(1);
    CHECK(g.stacks.lines() == Lines{{"[el0];base", 1}});
}

TEST_CASE("what was charged before the restart is in no line") {
    Guest g{{"main", "f"}};
    g.start("main");
    g.work(1);
    g.stacks.restart();
    g.work(2);
    g.call("f");
    g.work(4);
    CHECK(g.stacks.lines() == Lines{{"main;base", 2}, {"main;f;base", 4}});
    g.stacks.restart();
    g.work(8);
    CHECK(g.stacks.lines() == Lines{{"main;f;base", 8}});
}

TEST_CASE("a tree that is full cuts chains of callers off, and loses no cycle") {
    const FunctionTable functions{{{"a", 0x100, 0x200}, {"b;c", 0x200, 0x300}}};
    CallTree tree{functions, 4};
    CallTree::Node node = CallTree::kRoot;
    for (std::size_t depth = 0; depth < 10; ++depth) {
        node = tree.child(node, depth % 2);
        ++tree.cells(node)[0];
    }
    CHECK(tree.lines() == Lines{{"a;base", 1}, {"a;b:c;base", 1}, {"[deeper];a;base", 4}, {"[deeper];b:c;base", 4}});
}
