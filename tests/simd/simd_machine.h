// A machine that executes single vector instructions, with the MMU on: data pages lie in a row at kPages, but not in
// physical memory.
#pragma once

#include <vector>

#include "tests/core/page_tables.h"

namespace simd_test {

using core_test::Loop;
using arch::u16;
using arch::u32;
using arch::u64;
using arch::u8;
using i8 = std::int8_t;
using i16 = std::int16_t;
using i32 = std::int32_t;
using i64 = std::int64_t;
using emu::VectorRegister;

// The instructions of instructions.inc.
enum class I : u32 {
#define INSTRUCTION(name, ...) name,
#include "tests/simd/instructions.inc"
#undef INSTRUCTION
};
[[nodiscard]] u32 word_of(I instruction);

// A register from its elements, element 0 first; elements that are not given are zero.
template <class T>
[[nodiscard]] VectorRegister reg(const std::vector<T>& elements) {
    VectorRegister out;
    std::memcpy(out.d, elements.data(), elements.size() * sizeof(T));
    return out;
}
template <class T>
[[nodiscard]] VectorRegister all(T element) {
    return reg(std::vector<T>(16 / sizeof(T), element));
}
template <class T>
[[nodiscard]] std::vector<T> elements(const VectorRegister& r) {
    std::vector<T> out(16 / sizeof(T));
    std::memcpy(out.data(), r.d, 16);
    return out;
}

inline constexpr u64 kPages = 0x10'0000'0000;  // two pages of data, then nothing
inline constexpr u64 kFirstPage = core_test::kData;
inline constexpr u64 kSecondPage = core_test::kData + 0x5000;

class SimdMachine {
public:
    // A core that has every vector instruction.
    SimdMachine() : SimdMachine(every_feature()) {}
    explicit SimdMachine(const core_test::MachineConfig& config);

    [[nodiscard]] static core_test::MachineConfig every_feature();

    // One instruction. True: it completed; false: it raised an exception, see core_test::taken.
    bool execute(I instruction, Loop loop = Loop::Plain) { return execute(word_of(instruction), loop); }
    bool execute(u32 word, Loop loop = Loop::Plain);

    [[nodiscard]] VectorRegister& v(unsigned n) { return m.core.pe.v[n]; }
    [[nodiscard]] u64& x(unsigned n) { return m.core.pe.x[n]; }
    [[nodiscard]] bool qc() const { return (m.core.pe.fpsr >> 27 & 1) != 0; }
    // Bytes of the data pages.
    [[nodiscard]] u8 byte(u64 va) { return m.peek<u8>(physical(va)); }
    void set_byte(u64 va, u8 value) { m.poke<u8>(physical(va), value); }
    [[nodiscard]] std::vector<u8> bytes(u64 va, unsigned count);

    core_test::TestMachine m;
    core_test::PageTables tables;

private:
    [[nodiscard]] static u64 physical(u64 va);
};

// Of one instruction: v0 before it is `d`, v1 `n` and v2 `m`; v0 after it, and whether it saturated.
struct Outcome {
    VectorRegister v0;
    bool qc;
};
struct Operands {
    VectorRegister n{};
    VectorRegister m{};
    VectorRegister d{};
};
// Aborts the test where the instruction raises an exception.
[[nodiscard]] Outcome run(I instruction, const Operands& operands);

template <class T>
[[nodiscard]] std::vector<T> result(I instruction, const Operands& operands) {
    return elements<T>(run(instruction, operands).v0);
}

}  // namespace simd_test
