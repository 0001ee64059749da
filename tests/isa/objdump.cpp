#include "tests/isa/objdump.h"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <stdexcept>

namespace isa_test {
namespace {

void write_words(const std::vector<arch::u32>& words, const std::string& path) {
    std::ofstream file{path, std::ios::binary};
    for (const arch::u32 word : words) {
        for (unsigned byte = 0; byte < 4; ++byte) file.put(static_cast<char>(word >> (8 * byte)));
    }
    if (!file) throw std::runtime_error("cannot write " + path);
}

// "   4:\t8b000000 \tadd\tx0, x0, x0": from the third column on; empty for any other line.
std::string text_of_line(const std::string& line) {
    const std::size_t colon = line.find(":\t");
    if (colon == std::string::npos) return {};
    const std::size_t start = line.find('\t', colon + 2);
    if (start == std::string::npos) return {};
    return line.substr(start + 1, line.find('\n', start) - start - 1);
}

std::string read_line(FILE* pipe) {
    std::string line;
    for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) {
        line.push_back(static_cast<char>(c));
        if (c == '\n') break;
    }
    return line;
}

}  // namespace

std::vector<std::string> objdump_texts(const std::vector<arch::u32>& words, const std::string& name) {
    const std::string path = name + ".objdump-input.bin";
    write_words(words, path);
    const std::string command = std::string{FOLDWALK_OBJDUMP} + " -D -z -M no-aliases -b binary -m aarch64 " + path;
    FILE* pipe = popen(command.c_str(), "r");
    if (pipe == nullptr) throw std::runtime_error("cannot run " + command);
    std::vector<std::string> texts;
    for (std::string line = read_line(pipe); !line.empty(); line = read_line(pipe)) {
        std::string text = text_of_line(line);
        if (!text.empty()) texts.push_back(std::move(text));
    }
    if (pclose(pipe) != 0 || texts.size() != words.size()) throw std::runtime_error("failed: " + command);
    std::remove(path.c_str());
    return texts;
}

std::string expected_mnemonic(const emu::A64Row& row, arch::u32 word) {
    static constexpr std::array<std::string_view, 16> kConditions{"eq", "ne", "cs", "cc", "mi", "pl", "vs", "vc",
                                                                  "hi", "ls", "ge", "lt", "gt", "le", "al", "nv"};
    static constexpr std::array<std::string_view, 4> kOrders{"", "l", "a", "al"};
    emu::DecodedOp op{};
    row.fill(word, op);
    std::string text;
    for (const char c : row.mnemonic) {
        if (c == '?') text += kConditions[op.option];
        else if (c == '@') text += kOrders[op.option];
        else if (c == '%') text += (word >> 30 & 1) != 0 ? "2" : "";
        else text += c;
    }
    return text;
}

bool agrees(const emu::A64Row& row, arch::u32 word, const std::string& text) {
    const std::string expected = expected_mnemonic(row, word);
    const bool with_operand = expected.find(' ') != std::string::npos;
    const std::size_t tab = text.find('\t');
    if (!with_operand || tab == std::string::npos) return text.substr(0, text.find_first_of("\t ")) == expected;
    const std::string operand = text.substr(tab + 1, text.find_first_of(", \t", tab + 1) - tab - 1);
    return text.substr(0, tab) + " " + operand == expected;
}

bool has_mnemonic(const emu::A64Row& row) { return !row.mnemonic.empty(); }

bool binutils_declines(const emu::A64Row& row, arch::u32 word) {
    emu::DecodedOp op{};
    row.fill(word, op);
    if (row.mnemonic == "ldpsw") {
        const bool base_collides = op.timing.writeback_index != 0xff && (op.rn == op.rd || op.rn == op.ra);
        return op.rd == op.ra || base_collides;
    }
    const bool pstate_bit = row.mnemonic.starts_with("msr ") && !row.mnemonic.starts_with("msr daif");
    return pstate_bit && op.imm > 1;
}

arch::u32 printable_word(const emu::A64Row& row, Random& random) {
    for (;;) {
        const arch::u32 word = legal_word(row, random);
        if (!binutils_declines(row, word)) return word;
    }
}

}  // namespace isa_test
