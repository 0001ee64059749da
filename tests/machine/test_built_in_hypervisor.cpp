// The machine's EL2 only adds to its tables: why the checker need not judge stage 2 (mmu/check/README.md).
#include "emu/machine/built_in_hypervisor.h"

#include <algorithm>
#include <cstring>
#include <random>
#include <vector>

#include "emu/machine/memory_map.h"
#include "tests/support/catch.h"

namespace {

using arch::u64;
using emu::Stage2Mapping;
using emu::Stage2Population;

constexpr u64 kRam = (u64{66} << 20) + 0x15000;  // ends within a block and within a group
constexpr Stage2Mapping kMappings[] = {Stage2Mapping::Pages4K, Stage2Mapping::Contiguous64K, Stage2Mapping::Blocks2M,
                                       Stage2Mapping::Contiguous32M, Stage2Mapping::Blocks1G};

// A copy of the memory that EL2 has its tables in, and whether what is there now only adds to it.
class HiddenTables {
public:
    HiddenTables(emu::PhysicalMemory& memory, u64 bytes)
        : first_{memory.host(memory.base() + memory.size(), bytes)}, words_(bytes / 8) {
        static_cast<void>(only_adds());
    }
    // Words of 0 may have become valid descriptors; others are as they were. Remembers the state.
    [[nodiscard]] bool only_adds() {
        std::vector<u64> now(words_.size());
        std::memcpy(now.data(), first_, 8 * now.size());
        bool good = true;
        for (std::size_t i = 0; i < now.size(); ++i) good = good && (now[i] == words_[i] || (words_[i] == 0 && (now[i] & 1) != 0));
        words_ = std::move(now);
        return good;
    }
    [[nodiscard]] std::size_t valid() const {
        return static_cast<std::size_t>(std::count_if(words_.begin(), words_.end(), [](u64 w) { return (w & 1) != 0; }));
    }

private:
    arch::u8* first_;
    std::vector<u64> words_;
};

struct Guest {
    explicit Guest(const emu::Stage2Config& config)
        : hidden_bytes{emu::BuiltInHypervisor::hidden_bytes(config, kRam)},
          memory{emu::memory_map::kRamBase, kRam, hidden_bytes},
          mmu{mmu_config(), memory, counters},
          tables{memory, hidden_bytes},
          el2{config, memory, mmu} {}
    static mmu::MmuConfig mmu_config() {
        mmu::MmuConfig config;
        config.features.hafdbs = 2;  // updates that EL2 did not ask for would show
        return config;
    }
    // An access of EL1 with stage 1 off: the virtual address is the IPA.
    [[nodiscard]] bool access(u64 ipa, mmu::AccessKind kind) {
        mmu::LookupRecord record;
        return static_cast<bool>(mmu.translate({.kind = kind, .el = 1}, arch::VirtualAddress{ipa}, record));
    }
    u64 hidden_bytes;
    emu::PhysicalMemory memory;
    mmu::Counters counters;
    mmu::Mmu mmu;
    HiddenTables tables;
    emu::BuiltInHypervisor el2;
};

}  // namespace

TEST_CASE("the built-in EL2 makes invalid descriptors valid, in whatever order pages are wanted, and changes no valid one") {
    std::mt19937_64 random{1};
    for (const Stage2Mapping mapping : kMappings) {
        for (const unsigned ipa_bits : {40u, 48u}) {
            INFO("mapping " << static_cast<int>(mapping) << ", " << ipa_bits << " bits");
            Guest guest{{mapping, Stage2Population::OnDemand, ipa_bits}};
            CHECK(guest.tables.only_adds());
            const std::size_t before = guest.tables.valid();
            bool added = true;
            for (unsigned i = 0; i < 400; ++i) {
                const bool device = i % 50 == 49;
                const u64 page = device ? emu::memory_map::kUartBase : emu::memory_map::kRamBase + random() % kRam / 4096 * 4096;
                const auto kind = i % 3 == 0 ? mmu::AccessKind::Load : i % 3 == 1 || device ? mmu::AccessKind::Store : mmu::AccessKind::Fetch;
                REQUIRE(guest.access(page, kind));
                added = added && guest.tables.only_adds();
            }
            CHECK(added);
            CHECK(guest.tables.valid() > before);
            CHECK(!guest.access(emu::memory_map::kRamBase + kRam, mmu::AccessKind::Load));  // nothing there
            CHECK(guest.tables.only_adds());
        }
    }
}

TEST_CASE("what it has mapped before the guest starts stays as it is") {
    for (const Stage2Mapping mapping : kMappings) {
        Guest guest{{mapping, Stage2Population::Eager, 40}};
        CHECK(guest.tables.only_adds());
        const std::size_t mapped = guest.tables.valid();
        for (u64 at = 0; at < kRam; at += 0x41000) REQUIRE(guest.access(emu::memory_map::kRamBase + at, mmu::AccessKind::Store));
        CHECK(!guest.access(u64{1} << 39, mmu::AccessKind::Store));
        CHECK(guest.tables.only_adds());
        CHECK(guest.tables.valid() == mapped);
    }
}

TEST_CASE("a change of a valid descriptor would be seen") {
    Guest guest{{Stage2Mapping::Pages4K, Stage2Population::Eager, 40}};
    REQUIRE(guest.tables.only_adds());
    u64 slot = emu::memory_map::kRamBase + kRam;
    while ((guest.memory.read64(arch::PhysicalAddress{slot}).value_or(0) & 1) == 0) slot += 8;
    const u64 value = guest.memory.read64(arch::PhysicalAddress{slot}).value_or(0);
    guest.memory.write_hidden(slot, value ^ 0x1000);
    CHECK(!guest.tables.only_adds());
    guest.memory.write_hidden(slot, 0);
    CHECK(!guest.tables.only_adds());
}
