#include "tests/simd/simd_machine.h"

#include "tests/support/catch.h"

// instructions.S, assembled at build time.
asm(".section .rodata\n"
    ".balign 4\n"
    "simd_test_words: .incbin \"" FOLDWALK_SIMD_INSTRUCTIONS "\"\n"
    ".text\n");
extern "C" const arch::u32 simd_test_words[];

namespace simd_test {

using core_test::kCode;
using core_test::kVectors;
using emu::SysReg;

namespace {

constexpr u32 kHvc = 0xd4000002;

}  // namespace

u32 word_of(I instruction) { return simd_test_words[static_cast<u32>(instruction)]; }

core_test::MachineConfig SimdMachine::every_feature() {
    core_test::MachineConfig config;
    config.core.id_aa64isar0 = config.core.id_aa64isar1 = 0x1111'1111'1111'1111;
    return config;
}

SimdMachine::SimdMachine(const core_test::MachineConfig& config) : m{config}, tables{m} {
    tables.map_kernel();
    tables.map(kPages, kFirstPage, core_test::kNormal);
    tables.map(kPages + 0x1000, kSecondPage, core_test::kNormal);
    tables.enable();
    m.set_sysreg(SysReg::CPACR_EL1, u64{3} << 20);
    m.set_sysreg(SysReg::VBAR_EL1, kVectors);
    for (u64 vector = 0; vector < 0x800; vector += 0x80) m.poke<u32>(kVectors + vector, kHvc);
}

// The decoded form of the word before is dropped.
bool SimdMachine::execute(u32 word, Loop loop) {
    m.poke<u32>(kCode, word);
    m.poke<u32>(kCode + 4, kHvc);
    m.core.pe.decode_cache->on_store(kCode, 8);
    m.core.pe.pc = kCode;
    m.core.pe.refetch = true;
    (void)m.resume(loop, 1);
    return m.core.pe.pc == kCode + 4;
}

u64 SimdMachine::physical(u64 va) {
    const u64 offset = va - kPages;
    return offset < 0x1000 ? kFirstPage + offset : kSecondPage + offset - 0x1000;
}

std::vector<u8> SimdMachine::bytes(u64 va, unsigned count) {
    std::vector<u8> out;
    for (unsigned i = 0; i < count; ++i) out.push_back(byte(va + i));
    return out;
}

Outcome run(I instruction, const Operands& operands) {
    SimdMachine machine;
    machine.v(0) = operands.d;
    machine.v(1) = operands.n;
    machine.v(2) = operands.m;
    REQUIRE(machine.execute(instruction));
    return {machine.v(0), machine.qc()};
}

}  // namespace simd_test
