// Any word: the decoder, the disassembler, and what they say of each other.
#include <cstring>

#include "emu/isa/a64_table.h"
#include "emu/isa/decoder.h"
#include "emu/isa/disassembler.h"
#include "tests/fuzz/check.h"

namespace {

using namespace emu;

void check_lists(const OpTiming& timing) {
    FUZZ_CHECK(timing.source_count <= std::size(timing.source));
    FUZZ_CHECK(timing.result_count <= std::size(timing.result));
    FUZZ_CHECK(timing.writeback_index == 0xff || timing.writeback_index < timing.result_count);
    for (unsigned i = 0; i < timing.source_count; ++i) FUZZ_CHECK(timing.source[i] < kTimingRegisterCount);
    for (unsigned i = 0; i < timing.result_count; ++i) FUZZ_CHECK(timing.result[i] < kTimingRegisterCount);
}

void check_operands(const DecodedOp& op) {
    FUZZ_CHECK(op.rd <= kRegDiscard && op.rn <= kRegDiscard && op.rm <= kRegDiscard && op.ra <= kRegDiscard);
    check_lists(op.timing);
}

void check_word(u32 word, u16 page_offset) {
    DecodedOp op;
    const bool exists = decode_operands(word, page_offset, CoreFeatures::all(), op) == DecodeOutcome::Ok;
    const Encoding row = find_row(word);
    FUZZ_CHECK(op.word == word && op.page_offset == page_offset);
    FUZZ_CHECK(op.encoding == static_cast<u16>(exists ? row : Encoding::UNDEFINED));
    if (row != Encoding::UNDEFINED) FUZZ_CHECK(a64_rows()[static_cast<std::size_t>(row)].pattern.matches(word));
    check_operands(op);

    DecodedOp again;
    FUZZ_CHECK((decode_operands(word, page_offset, CoreFeatures::all(), again) == DecodeOutcome::Ok) == exists);
    FUZZ_CHECK(std::memcmp(&op.timing, &again.timing, sizeof op.timing) == 0);

    DecodedOp base;
    const bool exists_on_base = decode_operands(word, page_offset, CoreFeatures{}, base) == DecodeOutcome::Ok;
    FUZZ_CHECK(exists || !exists_on_base);
}

void check_text(u32 word) {
    static const Disassembler disassembler;
    FUZZ_CHECK(!disassembler.text(word, 0x4000'0000).empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const u8* data, std::size_t size) {
    fuzz::fail_on_demand({data, size});
    for (std::size_t at = 0; at + 4 <= size; at += 4) {
        u32 word = 0;
        std::memcpy(&word, data + at, sizeof word);
        check_word(word, static_cast<u16>(at & 0xffc));
        check_text(word);
    }
    return 0;
}
