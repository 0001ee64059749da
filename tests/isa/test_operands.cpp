// Registers and addresses that the operand structs extract, against the operands binutils prints.
#include <set>
#include <string>

#include "tests/isa/objdump.h"
#include "tests/isa/row_words.h"
#include "tests/support/catch.h"

namespace {

using namespace isa_test;
using emu::A64Row;
using emu::DecodedOp;
using emu::FieldId;

constexpr unsigned kPerRow = 30;

bool has_field(const A64Row& row, FieldId id) {
    for (unsigned i = 0; i < row.pattern.field_count; ++i) {
        if (row.pattern.fields[i].id == id) return true;
    }
    return false;
}

bool is_compare_swap_pair(const A64Row& row) { return row.mnemonic == "casp@"; }
bool is_prefetch(const A64Row& row) { return row.op_class == emu::OpClass::Prefetch; }
// [Rn, #imm] in any form.
bool has_displacement(const A64Row& row) {
    const bool base = has_field(row, FieldId::Rt) && has_field(row, FieldId::Rn);
    return base && (has_field(row, FieldId::imm12) || has_field(row, FieldId::imm9) || has_field(row, FieldId::imm7));
}

std::string slot_name(arch::u8 slot) {
    if (slot == emu::kRegSp) return "sp ";
    return slot > emu::kRegSp ? "zr " : std::to_string(slot) + " ";
}

// Register slots in the order in which assembly lists their fields.
std::string registers_of(const A64Row& row, const DecodedOp& op) {
    if (is_compare_swap_pair(row)) {
        return slot_name(op.rm) + slot_name(op.ra) + slot_name(op.rd) + slot_name(op.shift) + slot_name(op.rn);
    }
    // Without an argument SYS is printed with none.
    if (row.mnemonic == "sys" && op.rd == emu::kRegZero) return {};
    std::string text;
    if (has_field(row, FieldId::Rs)) text += slot_name(op.rm);
    if (has_field(row, FieldId::Rd) || (has_field(row, FieldId::Rt) && !is_prefetch(row))) text += slot_name(op.rd);
    if (has_field(row, FieldId::Rt2)) text += slot_name(op.ra);
    if (has_field(row, FieldId::Rn)) text += slot_name(op.rn);
    if (has_field(row, FieldId::Rm)) text += slot_name(op.rm);
    if (has_field(row, FieldId::Ra)) text += slot_name(op.ra);
    return text;
}

// "x7" and "w7" are "7 ", "xzr" is "zr ", "wsp" is "sp "; anything else is no register.
std::string register_of_token(std::string token) {
    if (token == "sp" || token == "wsp") return "sp ";
    if (token.size() < 2 || (token[0] != 'x' && token[0] != 'w')) return {};
    token.erase(0, 1);
    const bool number = token.find_first_not_of("0123456789") == std::string::npos;
    return token == "zr" || number ? token + " " : std::string{};
}

std::string registers_in(const std::string& text) {
    std::string registers;
    std::string token;
    for (const char c : text.substr(text.find('\t')) + " ") {
        if (std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '#') {
            token += c;
        } else {
            registers += register_of_token(token);
            token.clear();
        }
    }
    return registers;
}

// The number behind the '#' of the address, or 0. It may stand behind the brackets (post-indexed).
arch::i64 number_of_address(const std::string& text) {
    const std::size_t hash = text.find('#', text.find('['));
    return hash == std::string::npos ? 0 : std::stoll(text.substr(hash + 1), nullptr, 0);
}

bool prints(const std::string& text, const char* word) { return text.find(word) != std::string::npos; }

void check_index(const DecodedOp& op, const std::string& text) {
    CHECK(op.shift == number_of_address(text));
    CHECK(op.imm == (prints(text, "xtw") ? 0xffff'ffff : ~u64{0}));
    CHECK(op.option == (prints(text, "sxtw") ? 1 : 0));
}

// The slot of a register for dependency tracking: "x7", "wsp", "v3", "q3" ...; kNoSlot for XZR and for no register.
constexpr unsigned kNoSlot = ~0u;
unsigned tracked_slot(const std::string& token) {
    if (token == "sp" || token == "wsp") return emu::kRegSp;
    const bool number = token.size() > 1 && token.find_first_not_of("0123456789", 1) == std::string::npos;
    if (!number || std::string{"xwvbhsdq"}.find(token[0]) == std::string::npos) return kNoSlot;
    const auto n = static_cast<unsigned>(std::stoul(token.substr(1)));
    return token[0] == 'x' || token[0] == 'w' ? n : emu::kTimingV0 + n;
}

// Every register in the text; "{v30.4s-v1.4s}" is four.
std::set<unsigned> tracked_registers_in(const std::string& text) {
    std::set<unsigned> slots;
    std::string token;
    unsigned first = kNoSlot;  // of a range
    for (const char c : text.substr(text.find('\t')) + " ") {
        if (std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '#') {
            token += c;
            continue;
        }
        const unsigned last = tracked_slot(token);
        for (unsigned n = first; n != kNoSlot && last != kNoSlot && n != last; n = emu::kTimingV0 + (n + 1 - emu::kTimingV0) % 32)
            slots.insert(n);
        if (last != kNoSlot) slots.insert(first = last);
        if (c == ',' || c == '{') first = kNoSlot;
        token.clear();
    }
    return slots;
}

std::set<unsigned> tracked_registers_of(const DecodedOp& op) {
    std::set<unsigned> slots{op.timing.source, op.timing.source + op.timing.source_count};
    slots.insert(op.timing.result, op.timing.result + op.timing.result_count);
    slots.erase(emu::kTimingNzcv);
    return slots;
}

bool names_vector_register(const DecodedOp& op) {
    const auto slots = tracked_registers_of(op);
    return !slots.empty() && *slots.rbegin() >= emu::kTimingV0;
}

// Drops what binutils adds behind the operands.
std::string without_comment(const std::string& text) { return text.substr(0, text.find("//")); }

void check_operands(const A64Row& row, u32 word, const std::string& text) {
    DecodedOp op{};
    row.fill(word, op);
    INFO(row.name << " " << std::hex << word << " is " << text);
    if (names_vector_register(op)) CHECK(tracked_registers_of(op) == tracked_registers_in(text));
    else CHECK(registers_of(row, op) == registers_in(text));
    if (has_displacement(row)) CHECK(static_cast<arch::i64>(op.imm) == number_of_address(text));
    if (has_field(row, FieldId::S) && has_field(row, FieldId::option)) check_index(op, text);
}

}  // namespace

TEST_CASE("every row extracts the registers, displacements and index extends that binutils prints") {
    std::vector<u32> words;
    std::vector<const A64Row*> rows;
    Random random{9};
    for (const A64Row& row : emu::a64_rows()) {
        if (!has_mnemonic(row) || row.mnemonic.find(' ') != std::string_view::npos) continue;
        for (unsigned i = 0; i < kPerRow; ++i) {
            words.push_back(printable_word(row, random));
            rows.push_back(&row);
        }
    }
    const std::vector<std::string> texts = objdump_texts(words, "test_isa_operands");
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (prints(texts[i], "\t")) check_operands(*rows[i], words[i], without_comment(texts[i]));
    }
}
