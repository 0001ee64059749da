// Generated code does what the interpreter does: same registers, memory, TLBs and counts, wherever a run stops. Random
// programs from the rows of the encoding table, translated at first sight, with faults in the middle, across a page's end.
#include <functional>
#include <random>

#include "emu/core/exec/handlers.h"
#include "emu/core/interrupts.h"
#ifdef FOLDWALK_JIT
#include "emu/core/jit/jit.h"
#endif
#include "emu/isa/a64_table.h"
#include "tests/core/page_tables.h"
#include "tests/support/catch.h"

using namespace core_test;

namespace {

constexpr u8 kCounter = 27;  // rounds of the program's loop
constexpr u8 kBase = 28;     // of its data
constexpr u64 kLoopStart = kCode + 0xf80;  // near the end of a page, so that blocks cross it
constexpr u32 kHvc = 0xd4000002;

MachineConfig config_with(bool jit, unsigned threshold = 1) {
    MachineConfig config;
    config.core.jit = jit;
    config.core.jit_threshold = threshold;
    return config;
}

// State without the memory that no program here writes.
u64 observe(TestMachine& m) {
    emu::Archive archive = emu::Archive::hasher();
    u64 parts[] = {m.core.state_hash(), m.mmu.state_hash()};
    archive(parts, m.counters.by_el[0].value, m.counters.by_el[1].value);
    for (u64 pa = kCode; pa < kData + 0x10000; pa += 8) {
        u64 word = m.peek<u64>(pa);
        archive(word);
    }
    return archive.hash();
}

// Two machines that differ in the translator alone.
struct Both {
    Both() : Both{1} {}
    explicit Both(unsigned threshold) : jit{config_with(true, threshold)}, plain{config_with(false)} {}

    void set_up(const std::function<void(TestMachine&, PageTables&)>& how) {
        for (TestMachine* m : {&jit, &plain}) {
            PageTables tables{*m};
            tables.map_kernel();
            how(*m, tables);
            tables.enable();
            m->core.host_wrote_memory();
        }
    }
    // Runs both in pieces of `piece` instructions, comparing at each stop: to the program's HVC, or for a while where it has
    // changed itself into an endless loop.
    void run_and_compare(u64 piece) {
        constexpr u64 kAWhile = 300'000;
        for (u64 done = 0; done < kAWhile; done += piece) {
            const auto a = jit.resume(Loop::Plain, piece);
            const auto b = plain.resume(Loop::Plain, piece);
            REQUIRE(a == b);
            REQUIRE(jit.core.pe.retired == plain.core.pe.retired);
            for (unsigned i = 0; i <= emu::kRegSp; ++i) REQUIRE(jit.x(i) == plain.x(i));
            REQUIRE(jit.core.pe.nzcv == plain.core.pe.nzcv);
            REQUIRE(observe(jit) == observe(plain));
            if (a == emu::StopReason::Limit) continue;
            REQUIRE(a == emu::StopReason::Requested);
            break;
        }
        REQUIRE(was_translated());
    }
    [[nodiscard]] bool was_translated() const {
#ifdef FOLDWALK_JIT
        return jit.core.pe.jit != nullptr && jit.core.pe.jit->regions() > 0 && plain.core.pe.jit == nullptr;
#else
        return true;
#endif
    }

    TestMachine jit;
    TestMachine plain;
};

void write_words(TestMachine& m, u64 pa, const std::vector<u32>& words) {
    for (std::size_t i = 0; i < words.size(); ++i) m.poke<u32>(pa + 4 * i, words[i]);
}

// Exceptions skip the instruction that raised them. x26 is theirs.
void write_skipping_vectors(TestMachine& m) {
    const std::vector<u32> skip{0xd538403a,   // mrs x26, elr_el1
                                0x9100135a,   // add x26, x26, #4
                                0xd518403a,   // msr elr_el1, x26
                                0xd69f03e0};  // eret
    for (u64 vector = 0; vector < 0x800; vector += 0x80) write_words(m, kVectors + vector, skip);
}

class RandomProgram {
public:
    explicit RandomProgram(unsigned seed) : random_{seed} {
        for (std::size_t i = 0; i < emu::kRowCount; ++i)
            if (is_wanted(emu::a64_rows()[i])) rows_.push_back(i);
    }

    // A loop of `count` instructions that ends with HVC.
    std::vector<u32> make(unsigned count) {
        std::vector<u32> words;
        while (words.size() < count) {
            words.push_back(random_() % 8 == 0 ? branch(static_cast<unsigned>(count - words.size())) : instruction());
        }
        words.push_back(0xd100077b);  // sub x27, x27, #1
        const auto back = static_cast<u32>(-static_cast<int>(words.size()));
        words.push_back(0xb500001b | (back & 0x7ffff) << 5);  // cbnz x27, the first
        words.push_back(kHvc);
        return words;
    }

private:
    static bool is_memory(emu::OpClass c) {
        return c == emu::OpClass::Load || c == emu::OpClass::Store || c == emu::OpClass::LoadPair || c == emu::OpClass::StorePair ||
               c == emu::OpClass::LoadAcquire || c == emu::OpClass::StoreRelease || c == emu::OpClass::Atomic ||
               c == emu::OpClass::FpLoad || c == emu::OpClass::FpStore;
    }
    static bool is_wanted(const emu::A64Row& row) {
        return row.op_class <= emu::OpClass::Crc || row.op_class >= emu::OpClass::FpSimple || is_memory(row.op_class);
    }
    // Writes no register that the loop needs.
    static bool is_harmless(const emu::DecodedOp& op) {
        for (unsigned i = 0; i < op.timing.result_count; ++i)
            if (op.timing.result[i] >= 26 && op.timing.result[i] <= 28) return false;
        return true;
    }
    u32 instruction() {
        for (;;) {
            const emu::A64Row& row = emu::a64_rows()[rows_[random_() % rows_.size()]];
            u32 word = row.pattern.match | (static_cast<u32>(random_()) & ~row.pattern.mask);
            if (is_memory(row.op_class) && random_() % 16 != 0) word = (word & ~u32{0x3e0}) | u32{kBase} << 5;
            emu::DecodedOp op;
            const emu::CoreConfig core;
            const auto features = emu::CoreFeatures::from_id_registers(emu::announced_registers(core).instructions);
            if (emu::decode(word, 0, features, op) == emu::DecodeOutcome::Ok && is_harmless(op)) return word;
        }
    }
    u32 branch(unsigned room) {
        const u32 forward = 1 + static_cast<u32>(random_()) % std::min(room, 6u);
        const u32 r = static_cast<u32>(random_());
        switch (r % 4) {
            case 0: return 0x54000000 | forward << 5 | (r >> 8 & 15);                                // b.cond
            case 1: return 0x34000000 | (r & 0x80000000) | (r >> 9 & 1) << 24 | forward << 5 | (r >> 16 & 15);  // cbz, cbnz
            case 2: return 0x36000000 | (r & 0x80000000) | (r >> 9 & 1) << 24 | (r >> 10 & 31) << 19 | forward << 5 | (r >> 16 & 15);
            default: return 0x14000000 | forward;  // b
        }
    }

    std::mt19937 random_;
    std::vector<std::size_t> rows_;
};

void start_random_program(Both& both, unsigned seed, unsigned count, u64 rounds) {
    const std::vector<u32> words = RandomProgram{seed}.make(count);
    both.set_up([&](TestMachine& m, PageTables&) {
        write_skipping_vectors(m);
        write_words(m, kLoopStart, words);
        std::mt19937_64 random{seed};
        for (u64 pa = kData; pa < kData + 0x4000; pa += 8) m.poke<u64>(pa, random());
        for (unsigned i = 0; i < 31; ++i) m.x(i) = random() % 3 == 0 ? random() & 0xff : random();
        for (auto& v : m.core.pe.v) v = {{random(), random()}};
        // Every fourth time SIMD and floating point trap.
        m.core.pe.sysreg(emu::SysReg::CPACR_EL1) = seed % 4 == 0 ? 0 : u64{3} << 20;
        m.x(kCounter) = rounds;
        m.x(kBase) = kData + 0x2000;
        m.x(emu::kRegSp) = kData + 0x3000 + seed % 2 * 8;
        m.core.pe.pc = kLoopStart;
    });
}

}  // namespace

TEST_CASE("random programs end in the same state, translated or not, wherever they stop") {
    for (unsigned seed = 1; seed <= 400; ++seed) {
        CAPTURE(seed);
        Both both;
        start_random_program(both, seed, 20 + seed % 150, 40);
        both.run_and_compare(seed % 3 == 0 ? 1100 + seed % 60 * 7 : 100000);
    }
}

TEST_CASE("a program that differs in one bit of one instruction is noticed") {
    Both both;
    start_random_program(both, 5, 30, 40);
    both.jit.poke<u32>(kLoopStart, 0x91000400);    // add x0, x0, #1
    both.plain.poke<u32>(kLoopStart, 0x91000800);  // add x0, x0, #2
    (void)both.jit.resume(Loop::Plain, 5000);
    (void)both.plain.resume(Loop::Plain, 5000);
    CHECK(observe(both.jit) != observe(both.plain));
}

TEST_CASE("stopping and going on anywhere in translated code changes nothing") {
    const auto piece = GENERATE(as<u64>{}, 1100, 1131, 1500, 2047);
    Both both;
    start_random_program(both, 11, 50, 400);
    both.run_and_compare(piece);
}

TEST_CASE("the threshold of translation changes nothing") {
    const auto threshold = GENERATE(2u, 7u, 32u, 255u);
    Both both{threshold};
    start_random_program(both, 17, 60, 300);
    both.run_and_compare(100000);
}

TEST_CASE("an interrupt that the program unmasks is taken at the same instruction") {
    constexpr u32 kUnmask = 0xd50342ff;  // msr daifclr, #2
    const std::vector<u32> mask_and_return{0xd538401a,   // mrs x26, spsr_el1
                                           0xb279035a,   // orr x26, x26, #0x80
                                           0xd518401a,   // msr spsr_el1, x26
                                           0x91000739,   // add x25, x25, #1
                                           0xd69f03e0};  // eret
    u64 interrupts = 0;  // some of the programs never reach the place
    for (unsigned seed = 1; seed <= 40; ++seed) {
        CAPTURE(seed);
        Both both;
        start_random_program(both, seed, 40, 60);
        for (TestMachine* m : {&both.jit, &both.plain}) {
            write_words(*m, kVectors + 0x280, mask_and_return);
            m->poke<u32>(kLoopStart + 4 * (seed % 30), kUnmask);
            m->core.host_wrote_memory();
            emu::set_interrupt_line(m->core.pe, emu::InterruptLine::Irq, true);
        }
        both.run_and_compare(seed % 2 == 0 ? 1200 : 100000);
        interrupts += both.jit.count(mmu::Event::EXC_IRQ);
    }
    CHECK(interrupts > 500);
}

TEST_CASE("code that writes to its own page executes what it wrote") {
    // x0 counts in x2 by an immediate that each round replaces: add x2, x2, #n.
    const std::vector<u32> words{0x0b000063,   // add w3, w3, w0
                                 0x12000c64,   // and w4, w3, #0xf
                                 0x53165484,   // lsl w4, w4, #10
                                 0x2a0400a6,   // orr w6, w5, w4
                                 0xb9001c26,   // str w6, [x1, #28]
                                 0xd503201f,   // nop
                                 0xd503201f,   // nop
                                 0x91000042,   // add x2, x2, #0: what is replaced
                                 0xf1000400,   // subs x0, x0, #1
                                 0x54fffee1,   // b.ne the first
                                 kHvc};
    Both both;
    both.set_up([&](TestMachine& m, PageTables&) {
        write_words(m, kCode, words);
        m.x(0) = 200;
        m.x(1) = kCode;
        m.x(5) = 0x91000042;
        m.core.pe.pc = kCode;
    });
    both.run_and_compare(100000);
    CHECK(both.jit.x(2) > 200);
}

TEST_CASE("a page of code that is mapped elsewhere executes as what is there now, after the TLBI") {
    constexpr u64 kVa = 0x10000000;
    constexpr u64 kFirst = kRam + 0x20000;
    constexpr u64 kSecond = kRam + 0x21000;
    // Calls the page at kVa forty times; then x1 is stored to its descriptor, with TLBI, DSB and ISB; and again.
    const std::vector<u32> caller{0xaa1e03f4,   // mov x20, x30
                                  0xd2800503,   // mov x3, #40
                                  0xd63f0040,   // blr x2
                                  0xf1000463,   // subs x3, x3, #1
                                  0x54ffffc1,   // b.ne the call
                                  0xf9000081,   // str x1, [x4]
                                  0xd508831f,   // tlbi vmalle1is
                                  0xd503379f,   // dsb nsh
                                  0xd5033fdf,   // isb
                                  0xf10004a5,   // subs x5, x5, #1
                                  0x54fffee1,   // b.ne mov x3
                                  kHvc};
    Both both;
    both.set_up([&](TestMachine& m, PageTables& tables) {
        tables.map(kVa, kFirst, kValidPage | kNormal);
        write_words(m, kCode, caller);
        write_words(m, kFirst, {0x91000400, 0xd65f03c0});   // add x0, x0, #1; ret
        write_words(m, kSecond, {0x91004000, 0xd65f03c0});  // add x0, x0, #16; ret
        m.x(0) = 0;
        m.x(1) = kSecond | kValidPage | kNormal;
        m.x(2) = kVa;
        m.x(4) = tables.leaf(kVa);
        m.x(5) = 2;
        tables.map(m.x(4) & ~u64{0xfff}, m.x(4) & ~u64{0xfff}, kValidPage | kNormal | kPxn);
        m.core.pe.pc = kCode;
    });
    both.run_and_compare(100000);
    CHECK(both.jit.x(0) == 40 * 1 + 40 * 16);
}
