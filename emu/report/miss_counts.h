// TLB misses by class, kind of memory and kind of mapping, as plain data.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace emu {

enum class MissTlb : std::uint8_t { L1d, L1i, L2 };
inline constexpr unsigned kMissTlbs = 3;
inline constexpr const char* kMissTlbNames[kMissTlbs] = {"l1d", "l1i", "l2"};

inline constexpr unsigned kMissClassCount = 4;
inline constexpr const char* kMissClassNames[kMissClassCount] = {"compulsory", "invalidation", "conflict", "capacity"};

// How the tables map the page: what a walk for it found.
enum class MappingKind : std::uint8_t { None, Page, AggregatedPages, ContiguousPages, Block, ContiguousBlocks };
inline constexpr unsigned kMappingKinds = 6;
inline constexpr const char* kMappingNames[kMappingKinds] = {"no translation", "page",  "aggregated pages",
                                                             "contiguous pages", "block", "contiguous blocks"};

// One line of the taxonomy: misses that have all of these in common.
struct MissCount {
    std::string tlb;
    unsigned el{0};
    std::string miss_class;
    std::string region;
    std::string mapping;
    std::uint64_t misses{0};
};

// What the TLBIs of one operation cost afterwards.
struct RefillCount {
    std::vector<std::string> operations;  // that were open, innermost first; or the function that issued them
    std::array<std::uint64_t, kMissTlbs> misses{};
    std::uint64_t walk_cycles{0};  // of the L2 misses
};

struct MissReport {
    std::vector<MissCount> misses;                          // those that are not 0, in the order of the names
    std::vector<RefillCount> refills;                       // by invalidations, most L1D misses first
    std::array<std::uint64_t, kMissClassCount> walk_cycles{};  // of L2 misses by class; 0 without timing

    MissReport& operator+=(const MissReport& other);
    // All of one TLB and class; both levels.
    [[nodiscard]] std::uint64_t total(const std::string& tlb, const std::string& miss_class) const;
    // The same at one Exception level, all classes.
    [[nodiscard]] std::uint64_t total(const std::string& tlb, unsigned el) const;
};

// The counts as they are kept while the machine runs.
struct MissTotals {
    static constexpr unsigned kRegions = 11;
    struct Refills {
        std::array<std::uint64_t, kMissTlbs> misses{};
        std::uint64_t walk_cycles{0};
    };
    // [tlb][el][class][region][mapping]
    std::vector<std::uint64_t> cells = std::vector<std::uint64_t>(std::size_t{kMissTlbs} * 2 * kMissClassCount * kRegions * kMappingKinds);
    std::vector<Refills> by_issuer;  // issuer 0 is nobody
    std::array<std::uint64_t, kMissClassCount> walk_cycles{};

    [[nodiscard]] static std::size_t index(unsigned tlb, unsigned el, unsigned miss_class, unsigned region, unsigned mapping) {
        return (((std::size_t{tlb} * 2 + el) * kMissClassCount + miss_class) * kRegions + region) * kMappingKinds + mapping;
    }
};

// `end` minus `begin`. `regions`: their names, MissTotals::kRegions of them; `issuers`: issuer n's operations at n - 1.
[[nodiscard]] MissReport miss_report(const MissTotals& end, const MissTotals& begin, const char* const* regions,
                                     const std::vector<std::vector<std::string>>& issuers);

}  // namespace emu
