// The registers that a vector instruction waits for and makes, as the pipeline sees them.
#include "emu/isa/decoder.h"
#include "tests/simd/simd_machine.h"
#include "tests/support/catch.h"

using namespace simd_test;

namespace {

using List = std::vector<unsigned>;

constexpr unsigned v(unsigned n) { return emu::kTimingV0 + n; }

emu::OpTiming timing_of(I instruction) {
    emu::DecodedOp op;
    REQUIRE(emu::decode_operands(word_of(instruction), 0, emu::CoreFeatures::all(), op) == emu::DecodeOutcome::Ok);
    return op.timing;
}
List sources(I instruction) {
    const emu::OpTiming t = timing_of(instruction);
    return {t.source, t.source + t.source_count};
}
List results(I instruction) {
    const emu::OpTiming t = timing_of(instruction);
    return {t.result, t.result + t.result_count};
}

}  // namespace

TEST_CASE("an instruction waits for its destination only where it reads it") {
    CHECK(sources(I::add_4s) == List{v(1), v(2)});
    CHECK(results(I::add_4s) == List{v(0)});
    CHECK(sources(I::mla_8h) == List{v(1), v(2), v(0)});
    CHECK(sources(I::bsl_16b) == List{v(1), v(2), v(0)});
    CHECK(sources(I::sri_4s_4) == List{v(1), v(0)});
    CHECK(sources(I::xtn_8b) == List{v(1)});
    CHECK(sources(I::xtn2_16b) == List{v(1), v(0)});
    CHECK(sources(I::addhn_4h) == List{v(1), v(2)});
    CHECK(sources(I::raddhn2_8h) == List{v(1), v(2), v(0)});
    CHECK(sources(I::movi_8b).empty());
    CHECK(sources(I::orr_8h) == List{v(0)});
    CHECK(sources(I::ins_elem_s) == List{v(1), v(0)});
}

TEST_CASE("moves between the register files name registers of both") {
    CHECK(sources(I::dup_gen_8h) == List{1});
    CHECK(results(I::dup_gen_8h) == List{v(0)});
    CHECK(sources(I::umov_x_d) == List{v(1)});
    CHECK(results(I::umov_x_d) == List{0});
}

TEST_CASE("all registers of a table and of a structure are named, modulo 32") {
    CHECK(sources(I::tbl_wrap) == List{v(31), v(2), v(0)});
    CHECK(results(I::ld4_8h) == List{v(0), v(1), v(2), v(3)});
    CHECK(results(I::ld1_wrap) == List{v(31), v(0)});
    CHECK(sources(I::st4_post) == List{1, v(0), v(1), v(2), v(3)});
    CHECK(sources(I::ld1_post_reg) == List{1, 2});
    CHECK(sources(I::ld2_lane_h) == List{1, v(0), v(1)});
    CHECK(sources(I::mla_4s_elem) == List{v(1), v(0), v(18)});
}

TEST_CASE("a base that is written back is a result, and known as such") {
    CHECK(results(I::ld3_post) == List{v(0), v(1), v(2), 1});
    CHECK(timing_of(I::ld3_post).writeback_index == 3);
    CHECK(results(I::st4_post) == List{1});
    CHECK(timing_of(I::st4_post).writeback_index == 0);
    CHECK(timing_of(I::ld4_8h).writeback_index == 0xff);
    CHECK(results(I::ldp_q) == List{v(0), v(1), 1});
    CHECK(timing_of(I::ldr_q_post).writeback_index == 1);
}
