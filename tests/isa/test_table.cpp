// The table's own rules, and that each of them can fail.
#include <set>
#include <vector>

#include "emu/isa/operands_data.h"
#include "emu/isa/operands_memory.h"
#include "tests/isa/row_words.h"
#include "tests/support/catch.h"

namespace {

using namespace isa_test;
using emu::A64Row;
using emu::DecodeOutcome;
using emu::Encoding;

std::vector<A64Row> copy_of_rows() { return {emu::a64_rows().begin(), emu::a64_rows().end()}; }

A64Row& row_named(std::vector<A64Row>& rows, std::string_view name) {
    for (A64Row& row : rows) {
        if (row.name == name) return row;
    }
    throw std::invalid_argument("no such row");
}

}  // namespace

TEST_CASE("row names are unique") {
    std::set<std::string_view> names;
    for (const A64Row& row : emu::a64_rows()) CHECK(names.insert(row.name).second);
}

TEST_CASE("a row that overlaps another is found") {
    std::vector<A64Row> rows = copy_of_rows();
    CHECK(emu::no_undeclared_overlap(rows));
    row_named(rows, "ADD_imm_64").pattern = emu::parse_pattern("1 x 0 100010 sh imm12 Rn Rd");
    CHECK_FALSE(emu::no_undeclared_overlap(rows));
}

TEST_CASE("a fallback row that is not declared as one is an overlap") {
    std::vector<A64Row> rows = copy_of_rows();
    CHECK(emu::fallbacks_are_complete(rows));
    row_named(rows, "HINT").rows_inside = 0;
    CHECK_FALSE(emu::no_undeclared_overlap(rows));
    CHECK_FALSE(emu::fallbacks_are_complete(rows));
}

TEST_CASE("a fallback row that holds one row more or less than it declares is found") {
    std::vector<A64Row> rows = copy_of_rows();
    row_named(rows, "YIELD").pattern = emu::parse_pattern("1101010100 0 00 011 1111 0000 001 11111");
    CHECK(emu::no_undeclared_overlap(rows));
    CHECK_FALSE(emu::fallbacks_are_complete(rows));
}

TEST_CASE("operands that read a field the pattern has elsewhere, lacks, or has beside theirs are found") {
    using AddSub = emu::operands::AddSubImm::Fields;
    CHECK(AddSub::agrees_with(emu::parse_pattern("1 0 0 100010 sh imm12 Rn Rd")));
    CHECK_FALSE(AddSub::agrees_with(emu::parse_pattern("1 0 0 100010 sh imm12 Rd Rn")));
    CHECK_FALSE(AddSub::agrees_with(emu::parse_pattern("1 0 0 100010 0 imm12 Rn Rd")));
    CHECK_FALSE(emu::operands::LoadBase::Fields::agrees_with(emu::parse_pattern("11 001000 0 1 0 Rs 0 (11111) Rn Rt")));
}

TEST_CASE("every row decodes its own random words") {
    Random random{3};
    for (const A64Row& row : emu::a64_rows()) {
        for (int i = 0; i < 200; ++i) {
            const u32 word = legal_word(row, random);
            emu::DecodedOp op;
            INFO(row.name << " " << std::hex << word);
            REQUIRE(emu::decode_operands(word, 0x124, emu::CoreFeatures::all(), op) == DecodeOutcome::Ok);
            const A64Row& found = emu::a64_rows()[op.encoding];
            REQUIRE((found.name == row.name || emu::lies_inside(found.pattern, row.pattern)));
            REQUIRE(op.word == word);
            REQUIRE(op.page_offset == 0x124);
        }
    }
}

TEST_CASE("the index finds what a search through all rows finds") {
    Random random{4};
    for (int i = 0; i < 200'000; ++i) {
        // Half of the words near known encodings: all random words are mostly SIMD or unallocated.
        u32 word = static_cast<u32>(random.next());
        if (i % 2 == 0) {
            const A64Row& row = emu::a64_rows()[random.below(emu::kRowCount)];
            word = any_word(row, random) ^ (u32{1} << random.below(32));
        }
        std::size_t expected = emu::kRowCount;
        for (std::size_t r = 0; r < emu::kRowCount; ++r) {
            const A64Row& row = emu::a64_rows()[r];
            const bool better = expected == emu::kRowCount || row.rows_inside == 0;
            if (row.pattern.matches(word) && better) expected = r;
        }
        REQUIRE(static_cast<std::size_t>(emu::find_row(word)) == expected);
    }
}

TEST_CASE("dependency lists of random words stay inside their arrays and name real registers") {
    Random random{5};
    for (const A64Row& row : emu::a64_rows()) {
        for (int i = 0; i < 50; ++i) {
            emu::DecodedOp op;
            const u32 word = legal_word(row, random);
            INFO(row.name << " " << std::hex << word);
            emu::decode_operands(word, 0, emu::CoreFeatures::all(), op);
            const emu::OpTiming& timing = op.timing;
            REQUIRE(timing.source_count <= std::size(timing.source));
            REQUIRE(timing.result_count <= std::size(timing.result));
            for (unsigned s = 0; s < timing.source_count; ++s) REQUIRE(timing.source[s] < emu::kTimingRegisterCount);
            for (unsigned r = 0; r < timing.result_count; ++r) REQUIRE(timing.result[r] < emu::kTimingRegisterCount);
            REQUIRE((timing.writeback_index == 0xff || timing.writeback_index < timing.result_count));
        }
    }
}
