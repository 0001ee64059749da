// Which instructions a range covers, and what is no range.
#include "emu/machine/trace_range.h"
#include "mmu/base/user_error.h"
#include "tests/support/catch.h"

using emu::FunctionTable;
using emu::TraceRange;

namespace {

const FunctionTable kFunctions{{{"contpte_convert", 0x1000, 0x1100}, {"do_mmap", 0x2000, 0x2100}}};

bool covers(const std::string& range, arch::u64 number, arch::u64 pc = 0x1000, const std::string& phase = "steady") {
    return TraceRange::parse(range)->covers({number, pc, phase, false}, kFunctions);
}

}  // namespace

TEST_CASE("Without conditions the phases of interest are covered, and nothing else") {
    const std::string phase = "steady";
    CHECK(TraceRange{}.covers({1, 0x1000, phase, true}, kFunctions));
    CHECK_FALSE(TraceRange{}.covers({1, 0x1000, phase, false}, kFunctions));
}

TEST_CASE("Instruction numbers are covered from the first to the last, both included") {
    CHECK_FALSE(covers("10-20", 9));
    CHECK(covers("10-20", 10));
    CHECK(covers("10-20", 20));
    CHECK_FALSE(covers("10-20", 21));
    CHECK(covers("10-", 1000000));
    CHECK(TraceRange::parse("10-20")->first() == 10);
    CHECK(TraceRange::parse("10-20")->last() == 20);
    CHECK(TraceRange::parse("symbol=x")->last() == ~arch::u64{0});
}

TEST_CASE("Addresses are covered without the end") {
    CHECK(covers("0x1000-0x1004", 1, 0x1000));
    CHECK_FALSE(covers("0x1000-0x1004", 1, 0x1004));
}

TEST_CASE("A symbol and a phase are matched as globs") {
    CHECK(covers("symbol=contpte_*", 1, 0x10fc));
    CHECK_FALSE(covers("symbol=contpte_*", 1, 0x1100));
    CHECK_FALSE(covers("symbol=contpte_*", 1, 0x2000));
    CHECK(covers("phase=st*", 1));
    CHECK_FALSE(covers("phase=populate", 1));
}

TEST_CASE("Conditions joined by commas must all hold") {
    CHECK(covers("5-,symbol=do_mmap,phase=steady", 5, 0x2000));
    CHECK_FALSE(covers("5-,symbol=do_mmap,phase=steady", 4, 0x2000));
    CHECK_FALSE(covers("5-,symbol=do_mmap,phase=steady", 5, 0x1000));
}

TEST_CASE("What is no list of conditions is no range, so that it can be a file name") {
    for (const char* text : {"", "file", "10", "a-b", "10-b", "0x-", "symbol=", "sumbol=a", "10-20,", "C"}) {
        INFO(text);
        CHECK_FALSE(TraceRange::parse(text));
    }
}

TEST_CASE("A range that ends before it begins is refused") {
    CHECK_THROWS_AS(TraceRange::parse("20-10"), emu::UserError);
    CHECK_THROWS_AS(TraceRange::parse("0x20-0x20"), emu::UserError);
}
