// Interrupt lines: where an interrupt is taken, by which vector, and that every loop takes it at the same instruction.
#include "emu/core/interrupts.h"
#include "tests/core/test_machine.h"
#include "tests/support/catch.h"

using namespace core_test;
using emu::InterruptLine;
using emu::SysReg;

namespace {

constexpr u64 kIrqFromSpx = 0x280;
constexpr u64 kFiqFromSpx = 0x300;
constexpr u32 kUnmasked = 0x300;  // PSTATE.D and A stay set

}  // namespace

TEST_CASE("an interrupt that is not masked is taken before the first instruction, and leaves ESR_EL1 alone") {
    const auto loop = GENERATE(Loop::Plain, Loop::SingleStep, Loop::Recording);
    TestMachine m;
    m.core.pe.daif = kUnmasked;
    m.core.pe.sysreg(SysReg::ESR_EL1) = 77;
    emu::set_interrupt_line(m.core.pe, InterruptLine::Irq, true);
    m.run("nop", loop);
    CHECK(taken(m).vector == kIrqFromSpx);
    CHECK(taken(m).elr == kCode);
    CHECK(taken(m).esr == 77);
    CHECK((taken(m).spsr & 0x3c0) == kUnmasked);
    CHECK(m.core.pe.daif == 0x3c0);
    CHECK(m.count(mmu::Event::EXC_IRQ) == 1);
    CHECK(m.count(mmu::Event::EXC_TAKEN) == 1);
}

TEST_CASE("a masked interrupt waits, and is taken behind the instruction that removes the mask") {
    const auto loop = GENERATE(Loop::Plain, Loop::SingleStep, Loop::Recording);
    TestMachine m;
    emu::set_interrupt_line(m.core.pe, InterruptLine::Irq, true);
    m.run("unmask_irq", loop);
    CHECK(taken(m).vector == kIrqFromSpx);
    CHECK(taken(m).elr == kCode + 4);
    CHECK(m.x(0) == 0);
}

TEST_CASE("FIQ comes before IRQ") {
    const auto loop = GENERATE(Loop::Plain, Loop::SingleStep, Loop::Recording);
    TestMachine m;
    m.core.pe.daif = kUnmasked;
    emu::set_interrupt_line(m.core.pe, InterruptLine::Irq, true);
    emu::set_interrupt_line(m.core.pe, InterruptLine::Fiq, true);
    m.run("nop", loop);
    CHECK(taken(m).vector == kFiqFromSpx);
}

TEST_CASE("ISR_EL1 shows the lines, masked or not") {
    const auto loop = GENERATE(Loop::Plain, Loop::SingleStep, Loop::Recording);
    TestMachine m;
    m.run("read_isr", loop);
    CHECK(m.x(0) == 0);
    emu::set_interrupt_line(m.core.pe, InterruptLine::Irq, true);
    m.run("read_isr", loop);
    CHECK(m.x(0) == 1 << 7);
    emu::set_interrupt_line(m.core.pe, InterruptLine::Irq, false);
    emu::set_interrupt_line(m.core.pe, InterruptLine::Fiq, true);
    m.run("read_isr", loop);
    CHECK(m.x(0) == 1 << 6);
}

TEST_CASE("WFI goes on while an interrupt is pending, though it is masked") {
    const auto loop = GENERATE(Loop::Plain, Loop::SingleStep, Loop::Recording);
    TestMachine m;
    CHECK(m.run("wait_masked", loop) == emu::StopReason::WaitForInterrupt);
    emu::set_interrupt_line(m.core.pe, InterruptLine::Irq, true);
    m.x(0) = 0;
    CHECK(m.run("wait_masked", loop) == emu::StopReason::Requested);
    CHECK(m.x(0) == 1);
}

TEST_CASE("a line that rises in straight code is noticed at its end, by every loop at the same instruction") {
    const auto loop = GENERATE(Loop::Plain, Loop::SingleStep, Loop::Recording);
    TestMachine m;
    m.core.pe.daif = kUnmasked;
    m.bus.interrupted = &m.core.pe;
    m.x(1) = kDevice;
    m.run("store_and_jump", loop);
    CHECK(taken(m).vector == kIrqFromSpx);
    CHECK(taken(m).elr == kCode + 20);
    CHECK(m.x(0) == 2);
    // STR, MOV, MOV, B; then MOV and HVC of the vector.
    CHECK(m.count(mmu::Event::INST_RETIRED) == 6);
}
