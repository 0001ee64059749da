#include "emu/machine/function_counts.h"

#include "tests/support/catch.h"

using namespace emu;

TEST_CASE("instructions are counted for the function that they are in, and the rest by Exception level") {
    const FunctionTable functions{{{"main", 0x1000, 0x1010}, {"leaf", 0x1010, 0x1020}, {"kernel_entry", 0xffff800000000000, 0xffff800000000100}}};
    FunctionCounts counts{functions};
    for (const arch::u64 pc : std::initializer_list<arch::u64>{0x1000, 0x1004, 0x1010, 0x1004}) counts.count(pc, 0, 1);
    counts.count(0x2000, 0, 1);
    counts.count(0xffff800000000000, 1, 5);
    counts.count(0xffff800000000200, 1, 2);
    counts.count(0x2000, 1, 3);
    CHECK(counts.counts() == NamedCounts{{"main", 3}, {"leaf", 1}, {"kernel_entry", 5}, {"[el0]", 1}, {"[el1]", 5}});
}
