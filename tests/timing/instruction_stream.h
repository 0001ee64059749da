// Hand-made instruction records for the timing model: what a recording loop would hand over, without a core.
#pragma once

#include <algorithm>
#include <initializer_list>
#include <vector>

#include "emu/timing/pipeline.h"

namespace timing_test {

using namespace emu;
using mmu::LookupRecord;

inline constexpr u8 kWriteBack = 0xff;  // MAIR byte of ordinary memory

// An instruction by its timing class and registers.
struct Instruction {
    OpClass op_class{OpClass::Alu};
    std::vector<u8> results{};
    std::vector<u8> sources{};
    u32 word{0};  // where timing looks at it: system registers, IC, LDAPR
};

struct Access {
    u64 pa{0};
    u16 bytes{8};
    LookupRecord lookup{};
    u8 memory_attr{kWriteBack};
};

// A lookup that hit L1, that hit L2, or that walked and read these descriptors.
[[nodiscard]] LookupRecord l1_hit(arch::u16 l1_slot = 0);
[[nodiscard]] LookupRecord l2_hit(arch::u16 l1_slot = 0, arch::u16 l2_slot = 0);
[[nodiscard]] LookupRecord walk(std::initializer_list<u64> descriptors, arch::u16 l1_slot = 0, arch::u16 l2_slot = 0);

[[nodiscard]] Instruction alu(u8 result, std::initializer_list<u8> sources = {});
[[nodiscard]] Instruction nop();
[[nodiscard]] Instruction load(u8 result, u8 base);
[[nodiscard]] Instruction store(u8 data, u8 base);

// The default core, whose data prefetchers are off: what a test asks for is all that happens.
[[nodiscard]] TimingConfig without_prefetch();

// A pipeline with its counters, fed from straight code that L1I already holds.
class Stream {
public:
    explicit Stream(const TimingConfig& config = without_prefetch(), FunctionTable functions = {});

    void run(const Instruction& i);
    void run(const Instruction& i, const Access& access);
    void branch(OpClass op_class, u64 target, bool taken = true, u8 source = kRegDiscard);
    void exception(u64 vector);  // SVC at the current level, which goes on at EL1
    void eret(u64 target, u8 el);
    void interrupt(u64 vector);
    void tlbi(arch::Shareability shareability, bool range = false);
    void dsb(BarrierDomain domain = BarrierDomain::InnerShareable, BarrierTypes types = BarrierTypes::All);
    void dmb(BarrierTypes types);
    // What is between these two only keeps caches and predictors warm.
    void begin_warm_up();
    void end_warm_up();
    // The next instruction's fetch goes like this.
    void fetch_by(const LookupRecord& lookup);

    // Goes on at another address, without an instruction having said so.
    void set_pc(u64 pc) {
        pc_ = pc;
        fetched_group_ = ~u64{0};
    }
    void set_el(u8 el) { el_ = el; }
    [[nodiscard]] u64 pc() const { return pc_; }
    [[nodiscard]] u64 now() const { return pipeline_.now(); }
    [[nodiscard]] u64 count(mmu::Event e) const { return counters_.by_el[0][e] + counters_.by_el[1][e]; }
    [[nodiscard]] u64 count(mmu::Event e, unsigned el) const { return counters_.by_el[el][e]; }
    [[nodiscard]] const CostLedger& ledger() const { return pipeline_.ledger(); }
    [[nodiscard]] const mmu::Counters& counters() const { return counters_; }

    // Cycles that `body` adds, called `times` times after it was called often enough to fill the window.
    template <class Body>
    u64 cycles_of(unsigned times, Body&& body) {
        for (unsigned i = 0; i < std::min(times, 250U); ++i) body();
        const u64 before = now();
        for (unsigned i = 0; i < times; ++i) body();
        return now() - before;
    }

private:
    InstructionRecord& begin(const Instruction& i);
    void end(u64 next_pc);
    void attach(const Access& access);

    mmu::Counters counters_{};
    Pipeline pipeline_;
    DecodedOp op_{};
    InstructionRecord record_{};
    LookupRecord next_fetch_{};
    u64 pc_{0x1000};
    u64 fetched_group_{~u64{0}};
    u8 el_{1};
    bool warming_{false};
};

}  // namespace timing_test
