// Random data processing with random registers: these handlers against QEMU's user mode.
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/isa/execute.h"
#include "tests/isa/row_words.h"
#include "tests/isa/user_sample.h"
#include "tests/support/catch.h"

namespace {

using namespace isa_test;

constexpr unsigned kPerRow = 500;

// Registers the runner needs for itself.
bool is_reserved(arch::u8 slot) { return slot >= SAMPLE_REGISTERS && slot <= 30; }

bool uses_reserved_register(const emu::DecodedOp& op) {
    return is_reserved(op.rd) || is_reserved(op.rn) || is_reserved(op.rm) || is_reserved(op.ra);
}

// Where the code lies decides the result of ADR and ADRP, and branches do not return to the runner.
bool is_comparable(const emu::A64Row& row, std::size_t index) {
    return is_executable(static_cast<emu::Encoding>(index)) && !row.name.starts_with("ADR") &&
           row.op_class < emu::OpClass::Branch;
}

u32 comparable_word(const emu::A64Row& row, Random& random) {
    for (;;) {
        const u32 word = legal_word(row, random);
        emu::DecodedOp op{};
        row.fill(word, op);
        if (!uses_reserved_register(op)) return word;
    }
}

sample random_sample(u32 word, Random& random) {
    sample s{};
    for (u64& x : s.x) x = interesting_value(random);
    s.sp = interesting_value(random);
    s.nzcv = (random.next() & 15) << 28;
    s.word = word;
    return s;
}

std::vector<sample> random_samples() {
    std::vector<sample> samples;
    Random random{7};
    for (std::size_t i = 0; i < emu::kRowCount; ++i) {
        const emu::A64Row& row = emu::a64_rows()[i];
        if (!is_comparable(row, i)) continue;
        for (unsigned n = 0; n < kPerRow; ++n) samples.push_back(random_sample(comparable_word(row, random), random));
    }
    return samples;
}

sample run_here(const sample& before) {
    emu::Pe pe;
    for (unsigned i = 0; i < SAMPLE_REGISTERS; ++i) pe.x[i] = before.x[i];
    pe.x[emu::kRegSp] = before.sp;
    pe.nzcv = static_cast<u32>(before.nzcv);
    execute(pe, static_cast<u32>(before.word));
    sample after = before;
    for (unsigned i = 0; i < SAMPLE_REGISTERS; ++i) after.x[i] = pe.x[i];
    after.sp = pe.x[emu::kRegSp];
    after.nzcv = pe.nzcv;
    return after;
}

std::vector<sample> run_under_qemu(const std::vector<sample>& before) {
    const std::string in = "user_differential.in";
    const std::string out = "user_differential.out";
    const auto bytes = static_cast<std::streamsize>(before.size() * sizeof(sample));
    std::ofstream{in, std::ios::binary}.write(reinterpret_cast<const char*>(before.data()), bytes);
    const std::string command = std::string{FOLDWALK_QEMU_USER} + " " + FOLDWALK_USER_RUNNER + " < " + in + " > " + out;
    if (std::system(command.c_str()) != 0) throw std::runtime_error("failed: " + command);
    std::vector<sample> after(before.size());
    std::ifstream file{out, std::ios::binary};
    if (!file.read(reinterpret_cast<char*>(after.data()), bytes)) throw std::runtime_error("short output of " + command);
    std::remove(in.c_str());
    std::remove(out.c_str());
    return after;
}

bool same(const sample& a, const sample& b) {
    return std::equal(std::begin(a.x), std::end(a.x), std::begin(b.x)) && a.sp == b.sp && a.nzcv == b.nzcv;
}

}  // namespace

TEST_CASE("data processing leaves the registers, SP and flags that QEMU's user mode leaves") {
    const std::vector<sample> before = random_samples();
    REQUIRE(before.size() == 191 * kPerRow);  // all rows of data processing but ADR and ADRP
    const std::vector<sample> expected = run_under_qemu(before);
    for (std::size_t i = 0; i < before.size(); ++i) {
        INFO(emu::encoding_name(emu::find_row(static_cast<u32>(before[i].word))) << " " << std::hex << before[i].word);
        CHECK(same(run_here(before[i]), expected[i]));
    }
}

TEST_CASE("a wrong result is noticed by the comparison with QEMU") {
    Random random{8};
    sample subtract = random_sample(0xcb02'0020, random);  // sub x0, x1, x2
    subtract.x[1] = 5;
    subtract.x[2] = 3;
    sample add = subtract;
    add.word = 0x8b02'0020;  // add x0, x1, x2
    const std::vector<sample> expected = run_under_qemu({subtract});
    CHECK(same(run_here(subtract), expected[0]));
    CHECK_FALSE(same(run_here(add), expected[0]));
}
