// Thousands of random histories; each operation is checked against the model, the raw tables and the invariants.
// FOLDWALK_MM_SEQUENCES sets how many, FOLDWALK_MM_SEED where the seeds begin.
#include <cstdlib>
#include <string>

#include "tests/mm_regions/random_mix.h"
#include "tests/support/catch.h"
#include "tests/support/mm_machine.h"

using namespace km;
using namespace km_test;

namespace {

constexpr unsigned kSteps = 40;
constexpr u64 kMemory = 16u << 20;

u64 setting(const char* name, u64 otherwise) {
    const char* const value = std::getenv(name);
    return value != nullptr ? std::strtoull(value, nullptr, 0) : otherwise;
}

struct Setup {
    const char* bootargs;
    Core core;
};
// Folio sizes, scattered memory, and cores with and without hardware flags, range operations and level hints.
const Setup kSetups[] = {
    {"thp_anon=64K:always fault_around_bytes=64K", kCortexA72},
    {"thp_anon=64K:always fault_around_bytes=64K", kNeoverseV2},
    {"thp_anon=16K-128K:always fault_around_bytes=16K fragmentation=30 seed=5", kCortexA72},
    {"thp_anon=16K:always;64K-1M:madvise fault_around_bytes=4K", kNeoverseV2},
    {"thp_anon=32K,64K:always;256K:always fragmentation=60 seed=9", {true, false, false}},
    {"transparent_hugepage=never", {false, false, true}},
};

}  // namespace

TEST_CASE("A random mix of all memory system calls, forks and accesses gives every process the memory it should have") {
    const u64 sequences = setting("FOLDWALK_MM_SEQUENCES", 600), first = setting("FOLDWALK_MM_SEED", 1);
    for (u64 setup = 0; setup != std::size(kSetups); ++setup) {
        Machine machine{kSetups[setup].bootargs, kSetups[setup].core, kMemory};
        port::features.asid_bits = 8;  // so that ASIDs run out, and come round again
        for (u64 seed = first + setup; seed < first + sequences; seed += std::size(kSetups)) {
            INFO("seed " << seed << " of the sequences from " << first + setup << " in steps of "
                         << std::size(kSetups));
            RandomMix mix{seed};
            REQUIRE(mix.run(kSteps) == "");
            REQUIRE(mix.finish() == "");
            REQUIRE(machine.pages_in_use() == 0);
        }
    }
}

TEST_CASE("Calls that run out of memory leave consistent tables and counts, and nothing behind") {
    Machine machine{"thp_anon=64K:always", kNeoverseV2, 4u << 20};
    const u64 sequences = setting("FOLDWALK_MM_SEQUENCES", 600) / 4;
    for (u64 seed = 1; seed <= sequences; ++seed) {
        INFO("seed " << seed);
        RandomMix mix{seed, Memory::Scarce};
        REQUIRE(mix.run(4 * kSteps) == "");
        REQUIRE(mix.finish() == "");
        REQUIRE(machine.pages_in_use() == 0);
    }
}
