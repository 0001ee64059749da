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
[[nodiscard]] constexpr u32 word_of_slot(std::size_t slot) {
    return (static_cast<u32>(slot & 0xffe) << 20) | (static_cast<u32>(slot & 1) << 11);
}

class RowIndex {
public:
    RowIndex() {
        for (std::size_t slot = 0; slot < kSlots; ++slot) {
            first_[slot] = static_cast<u32>(candidates_.size());
            add_candidates(slot, false);
            add_candidates(slot, true);
        }
        first_[kSlots] = static_cast<u32>(candidates_.size());
    }

    [[nodiscard]] Encoding find(u32 word) const {
        const std::size_t slot = slot_of_word(word);
        for (std::size_t i = first_[slot]; i < first_[slot + 1]; ++i) {
            if (a64_rows()[candidates_[i]].pattern.matches(word)) return static_cast<Encoding>(candidates_[i]);
        }
        return Encoding::UNDEFINED;
    }

private:
    // Fallback rows come last: they yield to the rows inside them.
    void add_candidates(std::size_t slot, bool fallbacks) {
        for (std::size_t row = 0; row < kRowCount; ++row) {
            const A64Row& candidate = a64_rows()[row];
            if ((candidate.rows_inside != 0) != fallbacks) continue;
            const u32 known = candidate.pattern.mask & kIndexedBits;
            if (((word_of_slot(slot) ^ candidate.pattern.match) & known) == 0) {
                candidates_.push_back(static_cast<u16>(row));
            }
        }
    }

    std::array<u32, kSlots + 1> first_{};
    std::vector<u16> candidates_;
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
