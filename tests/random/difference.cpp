#include "tests/random/difference.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>
#include <set>

namespace random_test {
namespace {

constexpr std::array<const char*, 6> kOutcomes{"goes on", "abort", "undefined", "alignment", "breakpoint", "endless"};

std::string hex(uint64_t value) {
    std::array<char, 20> text{};
    std::snprintf(text.data(), text.size(), "0x%lx", value);
    return text.data();
}

std::string hex(const uint64_t (&v)[2]) {
    std::array<char, 40> text{};
    std::snprintf(text.data(), text.size(), "%016lx_%016lx", v[1], v[0]);
    return text.data();
}

// Collects the members that differ.
class Differences {
public:
    template <class T>
    void add(const std::string& name, const T& before, const T& here, const T& expected) {
        if (std::memcmp(&here, &expected, sizeof(T)) == 0) return;
        text_ += (text_.empty() ? "" : "; ") + name + " was " + hex(before) + ", here " + hex(here) + ", QEMU " + hex(expected);
    }
    void add_text(const std::string& text) { text_ += (text_.empty() ? "" : "; ") + text; }
    [[nodiscard]] std::string text() const { return text_; }

private:
    std::string text_;
};

std::string memory_text(const memory_effect& memory) {
    std::string text = std::to_string(memory.count) + " words";
    for (uint32_t i = 0; i < std::min(memory.count, MEMORY_CHANGES); ++i)
        text += " +" + hex(memory.offset[i]) + "=" + hex(memory.value[i]);
    return text;
}

bool same_memory(const memory_effect& a, const memory_effect& b) { return a.count == b.count && a.hash == b.hash; }

}  // namespace

bool same(const sample& a, const sample& b) {
    return a.outcome == b.outcome && same_memory(a.memory, b.memory) &&
           std::memcmp(&a.state, &b.state, sizeof a.state) == 0;
}

std::string describe(const sample& before, const sample& here, const sample& expected) {
    const sample_state& was = before.state;
    const sample_state& is = here.state;
    const sample_state& should = expected.state;
    Differences out;
    if (here.outcome != expected.outcome)
        out.add_text(std::string{"here "} + kOutcomes[here.outcome] + ", QEMU " + kOutcomes[expected.outcome]);
    for (unsigned i = 0; i < 31; ++i) out.add("x" + std::to_string(i), was.x[i], is.x[i], should.x[i]);
    out.add("sp", was.sp, is.sp, should.sp);
    out.add("pc", was.pc, is.pc, should.pc);
    out.add("nzcv", was.nzcv, is.nzcv, should.nzcv);
    out.add("fpcr", was.fpcr, is.fpcr, should.fpcr);
    out.add("fpsr", was.fpsr, is.fpsr, should.fpsr);
    for (unsigned i = 0; i < 32; ++i) out.add("v" + std::to_string(i), was.v[i], is.v[i], should.v[i]);
    if (!same_memory(here.memory, expected.memory))
        out.add_text("memory here " + memory_text(here.memory) + ", QEMU " + memory_text(expected.memory));
    return out.text();
}

std::string operands_of(uint32_t word, const sample& before) {
    const std::set<uint32_t> registers{word & 31, word >> 5 & 31, word >> 10 & 31, word >> 16 & 31};
    const sample_state& was = before.state;
    std::string text;
    for (const uint32_t r : registers) {
        const std::string n = std::to_string(r);
        text += r == 31 ? "sp=" + hex(was.sp) + " " : "x" + n + "=" + hex(was.x[r]) + " ";
        text += "v" + n + "=" + hex(was.v[r]) + " ";
    }
    return text + "nzcv=" + hex(was.nzcv) + " fpcr=" + hex(was.fpcr) + " fpsr=" + hex(was.fpsr);
}

}  // namespace random_test
