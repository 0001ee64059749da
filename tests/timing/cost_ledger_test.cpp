// Every cycle is charged once, and to the right cause.
#include <functional>

#include "tests/support/catch.h"
#include "tests/timing/instruction_stream.h"

using namespace timing_test;
using arch::Shareability;

namespace {

constexpr u64 kFar = u64{1} << 32;

struct Experiment {
    const char* title;
    Cause cause;
    std::function<void(Stream&, int)> without;  // called with the round
    std::function<void(Stream&, int)> with;
};

struct Outcome {
    u64 cycles;
    u64 charged;
};

constexpr int kRounds = 400;

// The cores that all of this holds for. They have an L3, so that every cause can occur.
struct Core {
    const char* title;
    PipelineKind pipeline;
    MissPolicy misses;

    [[nodiscard]] TimingConfig config() const {
        TimingConfig out = without_prefetch();
        out.memory.l3 = {{4 << 20, 16}, 64, Inclusion::Exclusive, 0};
        out.core.pipeline = pipeline;
        out.core.in_order.misses = misses;
        return out;
    }
};
constexpr Core kCores[] = {
    {"out of order", PipelineKind::OutOfOrder, MissPolicy::HitUnderMiss},
    {"in order, hit under miss", PipelineKind::InOrder, MissPolicy::HitUnderMiss},
    {"in order, blocking", PipelineKind::InOrder, MissPolicy::Blocking},
};

Outcome measure(const Core& core, const std::function<void(Stream&, int)>& body, Cause cause) {
    Stream s{core.config()};
    for (int i = 0; i < 20; ++i) body(s, i);
    const u64 cycles = s.now();
    const u64 charged = s.ledger().cells().total(cause);
    for (int i = 20; i < 20 + kRounds; ++i) body(s, i);
    REQUIRE(s.ledger().cells().total() == s.now());
    return {s.now() - cycles, s.ledger().cells().total(cause) - charged};
}

void chase(Stream& s, const Access& access) {
    s.run(load(1, 1), access);
}
Access l1_line() {
    return {0x80000};
}

void fetch_from(Stream& s, const LookupRecord& lookup) {
    s.fetch_by(lookup);
    for (int i = 0; i < 4; ++i) s.run(nop());
}

void code_at(Stream& s, u64 pc) {
    s.set_pc(pc);
    for (int i = 0; i < 4; ++i) s.run(nop());
}

bool coin(int i) {
    return (static_cast<u64>(i) * 0x9E3779B97F4A7C15 >> 40 & 1) != 0;
}

std::vector<Experiment> experiments() {
    return {
        {"a chain of divisions", Cause::Base, [](Stream& s, int) { s.run(alu(1, {1})); },
         [](Stream& s, int) {
             s.run({OpClass::Div64, {1}, {1}});
         }},
        {"code from L2", Cause::FrontEnd, [](Stream& s, int) { code_at(s, 0x1000); },
         [](Stream& s, int i) { code_at(s, 0x100000 + static_cast<u64>(i % 10) * 256 * 64); }},
        {"branches that no history tells", Cause::Branch,
         [](Stream& s, int) {
             code_at(s, 0x1000);
             s.branch(OpClass::BranchCond, 0x1100);
         },
         [](Stream& s, int i) {
             code_at(s, 0x1000);
             s.branch(OpClass::BranchCond, 0x1100, coin(i));
         }},
        {"a chase in L1D", Cause::L1d, [](Stream& s, int) { s.run(nop()); },
         [](Stream& s, int) { chase(s, l1_line()); }},
        {"a chase in L2", Cause::L2, [](Stream& s, int) { chase(s, l1_line()); },
         [](Stream& s, int i) { chase(s, {kFar + static_cast<u64>(i % 8) * 256 * 64}); }},
        {"a chase in L3", Cause::L3, [](Stream& s, int) { chase(s, l1_line()); },
         [](Stream& s, int i) { chase(s, {kFar + static_cast<u64>(i % 12) * 2048 * 64}); }},
        {"a chase in the last level", Cause::Llc, [](Stream& s, int) { chase(s, l1_line()); },
         [](Stream& s, int i) { chase(s, {kFar + static_cast<u64>(i % 30) * 4096 * 64}); }},
        {"a chase in DRAM", Cause::Dram, [](Stream& s, int) { chase(s, l1_line()); },
         [](Stream& s, int i) { chase(s, {kFar + static_cast<u64>(i) * 4096}); }},
        {"L2 TLB hits", Cause::DtlbL2Hit, [](Stream& s, int) { chase(s, l1_line()); },
         [](Stream& s, int) {
             chase(s, {0x80000, 8, l2_hit()});
         }},
        {"walks", Cause::DtlbWalk,
         [](Stream& s, int) {
             chase(s, {0x80000, 8, l2_hit()});
         },
         [](Stream& s, int i) {
             chase(s, {0x80000, 8, walk({kFar + static_cast<u64>(i) * 64})});
         }},
        {"walks of fetches", Cause::Itlb, [](Stream& s, int) { fetch_from(s, l1_hit()); },
         [](Stream& s, int) { fetch_from(s, walk({0x80000})); }},
        {"stores that miss", Cause::Store, [](Stream& s, int) { s.run(store(1, 9), l1_line()); },
         [](Stream& s, int i) { s.run(store(1, 9), {kFar + static_cast<u64>(i) * 4096}); }},
        {"DSBs", Cause::Dsb, [](Stream& s, int) { s.run(nop()); }, [](Stream& s, int) { s.dsb(); }},
        {"ISBs", Cause::Isb, [](Stream& s, int) { s.run(alu(1, {1})); },
         [](Stream& s, int) {
             s.run({OpClass::Isb, {}, {}});
         }},
        {"TLBIs", Cause::Tlbi, [](Stream& s, int) { s.run(nop()); },
         [](Stream& s, int) { s.tlbi(Shareability::InnerShareable); }},
        {"exceptions", Cause::Exception,
         [](Stream& s, int) {
             s.run(alu(1, {1}));
             s.run(alu(1, {1}));
         },
         [](Stream& s, int) {
             s.exception(0x1400);
             s.eret(0x1000, 0);
         }},
        {"acquire behind release", Cause::Ordering, [](Stream& s, int) { s.run(load(1, 9), l1_line()); },
         [](Stream& s, int i) {
             s.run({OpClass::StoreRelease, {}, {1, 9}}, {kFar + static_cast<u64>(i) * 4096});
             s.run({OpClass::LoadAcquire, {1}, {9}}, l1_line());
         }},
        {"Device reads", Cause::Device, [](Stream& s, int) { chase(s, l1_line()); },
         [](Stream& s, int) {
             chase(s, {0x9000000, 4, {}, 0x00});
         }},
    };
}

}  // namespace

TEST_CASE("each cause gets at least nine tenths of the cycles that its microbenchmark adds") {
    const Core& core = GENERATE(from_range(std::begin(kCores), std::end(kCores)));
    unsigned seen = 0;
    for (const Experiment& e : experiments()) {
        DYNAMIC_SECTION(e.title << ", " << core.title) {
            const Outcome without = measure(core, e.without, e.cause);
            const Outcome with = measure(core, e.with, e.cause);
            REQUIRE(with.cycles > without.cycles + kRounds / 2);
            const auto added = static_cast<double>(with.cycles - without.cycles);
            const auto charged = static_cast<double>(with.charged) - static_cast<double>(without.charged);
            INFO(name_of(e.cause) << ": " << charged << " of " << added);
            CHECK(charged >= 0.9 * added);
            CHECK(charged <= 1.1 * added);
        }
        seen |= 1U << static_cast<unsigned>(e.cause);
    }
    CHECK(seen == (1U << kCauseCount) - 1);
}

TEST_CASE("the ledger's total is the number of cycles whatever is executed") {
    const Core& core = GENERATE(from_range(std::begin(kCores), std::end(kCores)));
    INFO(core.title);
    TimingConfig config = core.config();
    config.memory.prefetch = true;
    config.memory.l1d = {16 << 10, 4};
    config.memory.l2 = {{64 << 10, 8}, 64, Inclusion::Inclusive, 0};
    config.memory.l3 = {{128 << 10, 16}, 64, Inclusion::Neither, 0};
    Stream s{config};
    u64 seed = 11;
    for (int i = 0; i < 20000; ++i) {
        seed = seed * 6364136223846793005 + 1442695040888963407;
        const u64 pa = 0x80000 + ((seed >> 30) & 0x3fff8);
        const auto lookup =
            (seed >> 20 & 3) == 0 ? walk({pa ^ 0x40000000}, 5, 6) : l1_hit(static_cast<arch::u16>(seed >> 25 & 7));
        switch (seed >> 59) {
            case 0: s.dsb(); break;
            case 1: s.tlbi(Shareability::InnerShareable); break;
            case 2: s.exception(0x1400); break;
            case 3: s.eret(0x1000, static_cast<u8>(seed >> 50 & 1)); break;
            case 4: s.run({OpClass::Isb, {}, {}}); break;
            case 5: s.dmb(BarrierTypes::All); break;
            case 6: s.run({OpClass::Atomic, {1}, {2, 9}}, {pa, 8, lookup}); break;
            case 7: s.run({OpClass::DcZva, {}, {9}}, {pa & ~u64{63}, 64, lookup}); break;
            case 8: s.interrupt(0x1480); break;
            case 9: s.run(load(1, 1), {0x9000000, 4, {}, 0x00}); break;
            case 10:
                s.fetch_by(lookup);
                s.run(nop());
                break;
            case 11:
            case 12:
            case 13: s.run(store(1, 2), {pa, 8, lookup}); break;
            case 14:
            case 15:
            case 16: s.branch(OpClass::BranchCond, 0x1000, (seed >> 50 & 1) != 0); break;
            case 17:
            case 18:
            case 19:
            case 20: s.run(load(static_cast<u8>(seed >> 40 & 7), 3), {pa, 8, lookup}); break;
            default: s.run(alu(static_cast<u8>(seed >> 40 & 7), {static_cast<u8>(seed >> 45 & 7)})); break;
        }
    }
    CHECK(s.ledger().cells().total() == s.now());
    CHECK(s.count(mmu::Event::CPU_CYCLES) == s.now());
    for (std::size_t c = 0; c < kCauseCount; ++c) {
        INFO(kCauseNames[c]);
        CHECK(s.ledger().cells().total(static_cast<Cause>(c)) > 0);
    }
}

TEST_CASE("cycles belong to the function of the instruction that they held up") {
    Stream s{{}, FunctionTable{{{"warm", 0x1000, 0x2000}, {"slow", 0x3000, 0x3100}}}};
    const LedgerCells before = s.ledger().cells();
    s.set_pc(0x3000);
    for (int i = 0; i < 10; ++i) s.run({OpClass::Div64, {1}, {1}});
    s.set_pc(0x7000);
    s.set_el(0);
    for (int i = 0; i < 5; ++i) s.run({OpClass::Div64, {1}, {1}});
    LedgerCells phase = s.ledger().cells();
    phase -= before;
    std::vector<std::string> names;
    u64 in_slow = 0;
    for (const LedgerLine& line : s.ledger().lines(phase)) {
        if (names.empty() || names.back() != line.function) names.push_back(line.function);
        if (line.function == "slow" && line.cause == Cause::Base) in_slow = line.cycles;
    }
    CHECK(names == std::vector<std::string>{"slow", "[el0]"});
    CHECK(in_slow >= 199);
}

TEST_CASE("phases of the ledger add up") {
    Stream s;
    for (int i = 0; i < 100; ++i) s.run(alu(1, {1}));
    const LedgerCells half = s.ledger().cells();
    for (int i = 0; i < 100; ++i) s.run({OpClass::Mul64, {1}, {1}});
    LedgerCells sum = s.ledger().cells();
    sum -= half;
    CHECK(sum.total() == 400);
    sum += half;
    CHECK(sum.total() == s.ledger().cells().total());
}
