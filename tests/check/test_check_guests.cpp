// Bare guests that break one rule each, on the whole machine: instructions, TLBs, checker. See guest/cases.cpp.
#include <atomic>
#include <cstring>
#include <fstream>
#include <iterator>

#include "emu/core/core_config.h"
#include "emu/machine/machine.h"
#include "mmu/check/check_rules.h"
#include "tests/support/catch.h"

namespace {

using arch::u64;
using mmu::check::kRuleCount;
using mmu::check::kRules;

constexpr std::size_t kSelectedCase = 32;  // offset in the Image: see guest/start.S
constexpr u64 kEnough = 2'000'000;          // instructions

std::vector<arch::u8> file(const std::string& name) {
    std::ifstream in{std::string{CHECK_GUESTS} + name, std::ios::binary};
    REQUIRE(in);
    return {std::istreambuf_iterator<char>{in}, {}};
}

emu::RunResult run_case(u64 number, unsigned bbm = 0) {
    emu::RunRequest request;
    request.workload = "none";
    request.config.memory = 512 << 20;
    request.config.mode = emu::Mode::Functional;
    request.config.core = emu::everything_built();  // FEAT_TTL, HAFDBS
    request.config.core.bbm = bbm;
    request.check.wanted = true;
    emu::GuestImage guest;
    guest.kernel = file(".img");
    guest.kernel_symbols = emu::read_elf_symbols(file(".elf"), "check_guests.elf");
    std::memcpy(guest.kernel.data() + kSelectedCase, &number, sizeof number);
    emu::Machine machine{request, guest};
    machine.run_some(kEnough, nullptr);
    REQUIRE(machine.end() == emu::RunEnd::PoweredOff);
    emu::RunResult result;
    machine.collect(result);
    return result;
}

std::string underscored(std::string name) {
    for (char& c : name) c = c == '-' ? '_' : c;
    return name;
}

// Names of the rules that a guest of the pairs behind those of the rules breaks.
std::string errors_of(std::size_t pair, bool bad) {
    const emu::RunResult result = run_case(2 * (kRuleCount + pair) + (bad ? 0 : 1));
    std::string broken;
    for (const auto& [name, count] : result.check->errors)
        if (count != 0) broken += name + " ";
    return broken;
}

}  // namespace

TEST_CASE("each bare guest breaks the rule that it is made for and no other, and is told so at its own function") {
    for (std::size_t rule = 0; rule < kRuleCount; ++rule) {
        const std::string name = kRules[rule].name;
        INFO(name);
        const emu::RunResult result = run_case(2 * rule);
        REQUIRE(result.check);
        for (const auto& [other, count] : result.check->errors) {
            INFO(other << " " << count);
            CHECK((count != 0) == (other == name));
        }
        REQUIRE(!result.check->findings.empty());
        const emu::CheckFinding& f = result.check->findings.front();
        CHECK(f.rule == name);
        CHECK(f.tag == kRules[rule].tag);
        REQUIRE(f.write);
        CHECK(f.write->function.substr(0, f.write->function.find('+')) == "bad_" + underscored(name));
        CHECK(!succeeded(result));
    }
}

TEST_CASE("the same work done rightly is clean") {
    for (std::size_t rule = 0; rule < kRuleCount; ++rule) {
        INFO(kRules[rule].name);
        const emu::RunResult result = run_case(2 * rule + 1);
        REQUIRE(result.check);
        for (const auto& [name, count] : result.check->errors) {
            INFO(name);
            CHECK(count == 0);
        }
    }
}

TEST_CASE("descriptors of 52-bit layouts are judged by what they say there") {
    CHECK(errors_of(0, true) == "size-change ");
    CHECK(errors_of(0, false).empty());
    CHECK(errors_of(1, true) == "inconsistent-group ");
    CHECK(errors_of(1, false).empty());
}

TEST_CASE("a TLBI of a register field counts from the ISB on, and none is needed where nothing refers to the field") {
    CHECK(errors_of(2, true) == "missing-tlbi-of-register ");
    CHECK(errors_of(2, false).empty());
    const emu::CheckFinding f = run_case(2 * (kRuleCount + 2)).check->findings.at(0);
    CHECK(f.before_text == "page 48000000 user read-write exec-el0 exec-el1 nG AF attr1 sh3, under the old MAIR_EL1");
    CHECK(f.after_text == "page 48000000 user read-write exec-el0 exec-el1 nG AF attr1 sh3, under the new MAIR_EL1");
    CHECK(f.missing == "an ISB between the register write and the TLBI");
    CHECK(f.tlbi);
}

TEST_CASE("with FEAT_BBM level 1 the Contiguous bit may change in place, with level 2 the size too") {
    constexpr u64 kContiguousChange = 2, kSizeChange = 4, kBreakBeforeMake = 0;
    CHECK(run_case(kContiguousChange, 1).check->total == 0);
    CHECK(run_case(kSizeChange, 1).check->total == 1);
    CHECK(run_case(kSizeChange, 2).check->total == 0);
    CHECK(run_case(kBreakBeforeMake, 2).check->total == 1);
}

TEST_CASE("an error names the first access that may go wrong, and what both descriptors say") {
    constexpr u64 kStaleUse = 18;
    const emu::RunResult result = run_case(kStaleUse);
    const emu::CheckFinding& f = result.check->findings.at(0);
    REQUIRE(f.access);
    CHECK(f.access->pc == 0x1000000000c);  // user_write, where EL0 has it
    CHECK(f.access_va == 0x8000000000);
    CHECK(f.before_text == "page 48000000 user read-write exec-el0 exec-el1 nG AF attr0 sh3");
    CHECK(f.after_text == "page 48000000 user read-only exec-el0 exec-el1 nG AF attr0 sh3");
    CHECK(f.missing == "a TLBI of the old value, with a DSB before and after it");
    CHECK(f.owner == "asid 1");
    CHECK(f.bytes == 4096);
}
