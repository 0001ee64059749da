// That the comparison with QEMU notices what is wrong here, whatever it is.
#include <algorithm>
#include <stdexcept>

#include "tests/random/campaign.h"
#include "tests/support/catch.h"

using namespace random_test;

namespace {

constexpr u32 kAdd = 0x8b02'0020;          // add x0, x1, x2
constexpr u32 kSub = 0xcb02'0020;          // sub x0, x1, x2
constexpr u32 kAdds = 0xab02'0020;         // adds x0, x1, x2
constexpr u32 kStore = 0xf900'0020;        // str x0, [x1]
constexpr u32 kBranchIfZero = 0xb400'2001;  // cbz x1, .+0x400
constexpr u32 kBranchIfNot = 0xb500'2001;  // cbnz x1, .+0x400
constexpr u32 kExclusiveOr = 0xce02'0c20;   // eor3 v0.16b, v1.16b, v2.16b, v3.16b
constexpr u32 kStates = 256;

u64 differences_of(u32 word, std::function<void(sample&)> mutation) {
    Comparison comparison{1};
    CHECK(comparison.run_word(word, kStates).different == 0);
    comparison.mutate(std::move(mutation));
    return comparison.run_word(word, kStates).different;
}

u64 differences_when_executed_as(u32 word, u32 word_here) {
    Comparison comparison{1};
    CHECK(comparison.run_word(word, kStates).different == 0);
    comparison.mutate_words([=](u32) { return word_here; });
    return comparison.run_word(word, kStates).different;
}

const u64 kEveryCase = kStates * engines().size();

}  // namespace

TEST_CASE("another instruction's result is noticed") {
    CHECK(differences_when_executed_as(kAdd, kSub) > kStates);
    CHECK(differences_when_executed_as(kBranchIfZero, kBranchIfNot) == kEveryCase);
}

TEST_CASE("any one wrong bit of a register, flag, vector, FPCR or FPSR is noticed in every case") {
    CHECK(differences_of(kAdd, [](sample& s) { s.state.x[30] ^= u64{1} << 63; }) == kEveryCase);
    CHECK(differences_of(kAdd, [](sample& s) { s.state.sp ^= 1; }) == kEveryCase);
    CHECK(differences_of(kAdds, [](sample& s) { s.state.nzcv ^= 1 << 28; }) == kEveryCase);
    CHECK(differences_of(kAdd, [](sample& s) { s.state.v[31][1] ^= 0x80; }) == kEveryCase);
    CHECK(differences_of(kAdd, [](sample& s) { s.state.fpcr ^= 1 << 24; }) == kEveryCase);
    CHECK(differences_of(kAdd, [](sample& s) { s.state.fpsr ^= 1; }) == kEveryCase);
    CHECK(differences_of(kAdd, [](sample& s) { s.outcome = OUTCOME_UNDEFINED; }) == kEveryCase);
}

TEST_CASE("a store to another register's value, another place, or one byte too many is noticed") {
    constexpr u32 kOtherRegister = 0xf900'0022;  // str x2, [x1]
    constexpr u32 kOtherPlace = 0xf900'0420;     // str x0, [x1, #8]
    constexpr u32 kNarrower = 0xb900'0020;       // str w0, [x1]
    CHECK(differences_when_executed_as(kStore, kOtherRegister) > kStates);
    CHECK(differences_when_executed_as(kStore, kOtherPlace) > kStates);
    CHECK(differences_when_executed_as(kStore, kNarrower) > kStates);
}

TEST_CASE("a wrong branch target is noticed") {
    constexpr u32 kFarther = 0xb400'2021;  // cbz x1, .+0x404
    CHECK(differences_when_executed_as(kBranchIfZero, kFarther) != 0);
    CHECK(differences_of(kBranchIfZero, [](sample& s) { s.state.pc ^= 4; }) == kEveryCase);
}

TEST_CASE("a wrong vector operation is noticed") {
    constexpr u32 kBitClear = 0xce22'0c20;  // bcax v0.16b, v1.16b, v2.16b, v3.16b
    CHECK(differences_when_executed_as(kExclusiveOr, kBitClear) > kStates);
}

TEST_CASE("the translator has a part in it where the host has one") {
    Comparison comparison{1};
    CHECK(comparison.run_word(kAdd, kStates).different == 0);
    const bool has_translator = engines().size() == 3;
    CHECK((comparison.translations() >= kStates / 16) == has_translator);
}

TEST_CASE("a row that nothing executes is not proven, and an exclusion that excludes nothing is reported") {
    Campaign campaign{std::vector<RowResult>(emu::kRowCount)};
    const auto unproven = campaign.unproven();
    CHECK(std::find(unproven.begin(), unproven.end(), "ADD_imm_64") != unproven.end());
    CHECK(std::find(unproven.begin(), unproven.end(), "SVC") == unproven.end());
    CHECK_FALSE(campaign.unused_exclusions().empty());
}

TEST_CASE("a row that only faults is not proven") {
    Campaign campaign{std::vector<RowResult>(emu::kRowCount)};
    RowResult& row = campaign.rows[static_cast<std::size_t>(emu::Encoding::LDR_imm_64)];
    row.cases = 100;
    const auto is_unproven = [&] {
        const auto names = campaign.unproven();
        return std::find(names.begin(), names.end(), "LDR_imm_64") != names.end();
    };
    CHECK(is_unproven());
    row.completed = 1;
    CHECK_FALSE(is_unproven());
}
