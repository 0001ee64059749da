#include "emu/isa/disassembler.h"

#include <capstone/capstone.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <optional>

#include "emu/isa/a64_table.h"
#include "emu/isa/decoder.h"

namespace emu {

struct Disassembler::Engine {
    csh handle{};
};

Disassembler::Disassembler() : engine_{std::make_unique<Engine>()} {
    // Fails only if this Capstone was built without AArch64: every fatal report would then lack its text.
    if (cs_open(CS_ARCH_ARM64, CS_MODE_ARM, &engine_->handle) != CS_ERR_OK) {
        std::fputs("foldwalk: this build of Capstone has no AArch64\n", stderr);
        std::abort();
    }
}

Disassembler::~Disassembler() { cs_close(&engine_->handle); }

namespace {

std::string raw_text(arch::u32 word) {
    std::array<char, 16> number{};
    std::snprintf(number.data(), number.size(), " 0x%08x", word);
    return std::string{encoding_name(find_row(word))} + number.data();
}

// The row's mnemonic, its placeholders filled; see a64.def.
std::string mnemonic_of(const A64Row& row, const DecodedOp& op) {
    constexpr std::array<const char*, 16> kConditions{"eq", "ne", "cs", "cc", "mi", "pl", "vs", "vc",
                                                      "hi", "ls", "ge", "lt", "gt", "le", "al", "nv"};
    constexpr std::array<const char*, 4> kOrders{"", "l", "a", "al"};
    std::string text;
    for (const char c : row.mnemonic) {
        if (c == '?') text += kConditions[op.option & 15];
        else if (c == '@') text += kOrders[op.option & 3];
        else if (c == '%') text += (op.word >> 30 & 1) != 0 ? "2" : "";
        else text += c;
    }
    return text;
}

std::optional<arch::u32> field(const A64Row& row, arch::u32 word, FieldId id) {
    for (unsigned i = 0; i < row.pattern.field_count; ++i) {
        const FieldPlace place = row.pattern.fields[i];
        const arch::u32 mask = (arch::u32{1} << kFields[static_cast<std::size_t>(id)].bits) - 1;
        if (place.id == id) return word >> place.low & mask;
    }
    return std::nullopt;
}

std::string register_text(const A64Row& row, arch::u32 number) {
    const char letter = row.name.ends_with("_64") ? 'x' : 'w';
    return letter + (number == 31 ? std::string{"zr"} : std::to_string(number));
}

// "swpal x1, x2, [x3]", for atomics and ordered accesses without an offset.
std::string memory_operands(const A64Row& row, arch::u32 word) {
    const auto rs = field(row, word, FieldId::Rs);
    const auto rn = field(row, word, FieldId::Rn);
    const auto rt = field(row, word, FieldId::Rt);
    if (!rn || !rt) return "";
    const std::string base = *rn == 31 ? "[sp]" : "[x" + std::to_string(*rn) + "]";
    return (rs ? register_text(row, *rs) + ", " : "") + register_text(row, *rt) + ", " + base;
}

// "Rm=3 Rd=1": every field of the row under its name in the manual.
std::string named_fields(const A64Row& row, arch::u32 word) {
    std::string out;
    for (unsigned i = 0; i < row.pattern.field_count; ++i) {
        const FieldId id = row.pattern.fields[i].id;
        out += (i == 0 ? "" : " ") + std::string{kFields[static_cast<std::size_t>(id)].name} + "=" +
               std::to_string(*field(row, word, id));
    }
    return out;
}

// What Capstone does not know, by the row of the table.
std::string row_text(arch::u32 word) {
    const Encoding encoding = find_row(word);
    if (encoding == Encoding::UNDEFINED) return raw_text(word);
    const A64Row& row = a64_rows()[static_cast<std::size_t>(encoding)];
    DecodedOp op;
    op.word = word;
    if (row.mnemonic.empty() || !row.fill(word, op)) return raw_text(word);
    const bool plain_memory = row.op_class == OpClass::Atomic || row.op_class == OpClass::LoadAcquire;
    const bool has_offset = field(row, word, FieldId::imm9).has_value();
    const std::string operands = plain_memory && !has_offset ? memory_operands(row, word) : named_fields(row, word);
    return mnemonic_of(row, op) + (operands.empty() ? "" : " " + operands);
}

}  // namespace

std::string Disassembler::text(arch::u32 word, arch::u64 pc) const {
    const std::array<arch::u8, 4> bytes{static_cast<arch::u8>(word), static_cast<arch::u8>(word >> 8),
                                        static_cast<arch::u8>(word >> 16), static_cast<arch::u8>(word >> 24)};
    cs_insn* instruction = nullptr;
    if (cs_disasm(engine_->handle, bytes.data(), bytes.size(), pc, 1, &instruction) != 1) return row_text(word);
    std::string text = instruction->mnemonic;
    if (instruction->op_str[0] != '\0') text.append(" ").append(instruction->op_str);
    cs_free(instruction, 1);
    return text;
}

}  // namespace emu
