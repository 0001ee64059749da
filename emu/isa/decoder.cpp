#include "emu/isa/decoder.h"

#include <vector>

#include "emu/isa/a64_table.h"
#include "emu/isa/operand_fields.h"

namespace emu {
namespace {

// Candidate rows by twelve opcode bits. Rows differ mostly in bits 31..21, and loads and stores in bit 11.
constexpr u32 kIndexedBits = 0xffe0'0800;
constexpr std::size_t kSlots = 4096;

[[nodiscard]] constexpr std::size_t slot_of_word(u32 word) { return ((word >> 20) & 0xffe) | ((word >> 11) & 1); }

class RowIndex {
public:
    // Fallback rows come last: they yield to the rows inside them.
    RowIndex() {
        add_rows(false);
        add_rows(true);
    }

    [[nodiscard]] Encoding find(u32 word) const {
        for (const u16 row : candidates_[slot_of_word(word)]) {
            if (a64_rows()[row].pattern.matches(word)) return static_cast<Encoding>(row);
        }
        return Encoding::UNDEFINED;
    }

private:
    void add_rows(bool fallbacks) {
        for (std::size_t row = 0; row < kRowCount; ++row) {
            if ((a64_rows()[row].rows_inside != 0) == fallbacks) add_to_slots(row);
        }
    }
    // Every slot that a word of the row may have: all values of the indexed bits that its pattern leaves open.
    void add_to_slots(std::size_t row) {
        const Pattern& pattern = a64_rows()[row].pattern;
        const u32 open = ~pattern.mask & kIndexedBits;
        u32 subset = 0;
        do {
            candidates_[slot_of_word((pattern.match & kIndexedBits) | subset)].push_back(static_cast<u16>(row));
            subset = (subset - open) & open;
        } while (subset != 0);
    }

    std::array<std::vector<u16>, kSlots> candidates_;
};

void start(u32 word, u16 page_offset, DecodedOp& out) {
    out = DecodedOp{};
    out.word = word;
    out.page_offset = page_offset;
}

[[nodiscard]] DecodeOutcome fill_undefined(u32 word, u16 page_offset, DecodedOp& out) {
    start(word, page_offset, out);
    out.encoding = static_cast<u16>(Encoding::UNDEFINED);
    out.timing.op_class = OpClass::ExceptionGen;
    return DecodeOutcome::Undefined;
}

void add_flags(NzcvUse use, DecodedOp& out) {
    if (use == NzcvUse::Reads || use == NzcvUse::Both) operands::add_nzcv_source(out);
    if (use == NzcvUse::Sets || use == NzcvUse::Both) operands::add_nzcv_result(out);
}

}  // namespace

Encoding find_row(u32 word) {
    static const RowIndex index;
    return index.find(word);
}

DecodeOutcome decode_operands(u32 word, u16 page_offset, const CoreFeatures& features, DecodedOp& out) {
    const Encoding encoding = find_row(word);
    if (encoding == Encoding::UNDEFINED) return fill_undefined(word, page_offset, out);
    const A64Row& row = a64_rows()[static_cast<std::size_t>(encoding)];
    if (!features.has(row.feature)) return fill_undefined(word, page_offset, out);
    start(word, page_offset, out);
    out.encoding = static_cast<u16>(encoding);
    out.timing.op_class = row.op_class;
    if (!row.fill(word, out)) return fill_undefined(word, page_offset, out);
    add_flags(row.nzcv, out);
    return DecodeOutcome::Ok;
}

}  // namespace emu
