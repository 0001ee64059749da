#include "tests/core/test_machine.h"

#include "emu/core/interrupts.h"
#include "tests/core/programs.h"

namespace core_test {
namespace {

constexpr u64 kProgramBytes = 0x8000;  // more than any program needs

struct NoConsumer {
    void consume(const emu::InstructionRecord&) {}
};

mmu::MmuConfig with_features(const MachineConfig& config) {
    const auto id = emu::announced_registers(config.core);
    mmu::MmuConfig out = config.mmu;
    out.features = mmu::features_of({id.ID_AA64MMFR0_EL1, id.instructions.ID_AA64MMFR1_EL1, id.instructions.ID_AA64MMFR2_EL1});
    return out;
}

}  // namespace

bool TestBus::device_read(arch::PhysicalAddress pa, unsigned size, u64& value) {
    device_size = size;
    value = device_value;
    return answers(pa);
}

bool TestBus::device_write(arch::PhysicalAddress pa, unsigned size, u64 value) {
    device_size = size;
    device_value = value;
    if (interrupted != nullptr) emu::set_interrupt_line(*interrupted, emu::InterruptLine::Irq, true);
    return answers(pa);
}

void TestBus::set_code_page(arch::PhysicalAddress page, bool is_code) { ram_.set_code_page(page.value, is_code); }

bool TestBus::firmware_call(emu::Pe& pe) {
    pe.stop_requested = has_firmware;
    return has_firmware;
}

void TestBus::on_marker(emu::Pe& pe, unsigned number) {
    markers.push_back(number);
    retired_at_marker = pe.retired;
}

TestMachine::TestMachine(const MachineConfig& config)
    : mmu{with_features(config), ram, counters}, core{config.core, mmu, ram, counters, bus} {
    load("vectors", kVectors);
    core.pe.sysreg(emu::SysReg::VBAR_EL1) = kVectors;
    core.pe.pc = kCode;
}

void TestMachine::load(std::string_view name, u64 pa) {
    const auto bytes = program(name);
    ram.load(pa, bytes.first(std::min<std::size_t>(bytes.size(), kProgramBytes)), "a test program");
    core.host_wrote_memory();
}

emu::StopReason TestMachine::run(std::string_view name, Loop loop, u64 limit) {
    load(name);
    core.pe.pc = kCode;
    core.pe.refetch = true;
    return resume(loop, limit);
}

emu::StopReason TestMachine::resume(Loop loop, u64 limit) {
    const u64 last = core.pe.retired + limit;
    NoConsumer consumer;
    if (loop == Loop::Recording) return core.run_recording(consumer, last);
    if (loop == Loop::Plain) return core.run_plain(last);
    while (true) {
        const auto reason = core.run_plain(core.pe.retired + 1);
        if (reason != emu::StopReason::Limit || core.pe.retired >= last) return reason;
    }
}

void TestMachine::set_sysreg(emu::SysReg r, u64 value) {
    core.pe.sysreg(r) = value;
    emu::apply_regime(core.pe);
}

u64 TestMachine::state_hash() {
    emu::Archive archive = emu::Archive::hasher();
    u64 parts[] = {core.state_hash(), mmu.state_hash()};
    archive(parts, counters.by_el[0].value, counters.by_el[1].value);
    for (u64 pa = kRam; pa < kRam + kRamBytes; pa += 8) {
        u64 word = peek<u64>(pa);
        archive(word);
    }
    return archive.hash();
}

Taken taken(const TestMachine& m) {
    return {.vector = m.x(28), .esr = m.sysreg(emu::SysReg::ESR_EL1), .far = m.sysreg(emu::SysReg::FAR_EL1),
            .elr = m.sysreg(emu::SysReg::ELR_EL1), .spsr = m.sysreg(emu::SysReg::SPSR_EL1)};
}

}  // namespace core_test
