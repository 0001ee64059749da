#include "mmu/config.h"

#include <bit>
#include <charconv>
#include <optional>

#include "mmu/base/user_error.h"

namespace mmu {

using arch::u64;

namespace {

constexpr unsigned kSmallestShift = 12;
constexpr unsigned kLargestShift = 34;  // 16 GiB: 16 blocks of 1 GiB, 32 of 512 MiB
constexpr unsigned kMaxEntries = 32768;

std::optional<unsigned> unit_shift(char unit) {
    switch (unit) {
        case 'K': case 'k': return 10;
        case 'M': case 'm': return 20;
        case 'G': case 'g': return 30;
        default: return std::nullopt;
    }
}

// log2 of one size such as "64K".
std::optional<unsigned> parse_size(std::string_view word) {
    if (word.size() < 2) return std::nullopt;
    const auto unit = unit_shift(word.back());
    unsigned number = 0;
    const char* const end = word.data() + word.size() - 1;
    const auto [stop, error] = std::from_chars(word.data(), end, number);
    if (!unit || error != std::errc{} || stop != end || !std::has_single_bit(number)) return std::nullopt;
    const unsigned shift = static_cast<unsigned>(std::countr_zero(number)) + *unit;
    if (shift < kSmallestShift || shift > kLargestShift) return std::nullopt;
    return shift;
}

std::optional<u64> parse_list(std::string_view text) {
    u64 mask = 0;
    while (true) {
        const auto comma = text.find(',');
        const auto shift = parse_size(text.substr(0, comma));
        if (!shift) return std::nullopt;
        mask |= u64{1} << *shift;
        if (comma == std::string_view::npos) break;
        text.remove_prefix(comma + 1);
    }
    return mask;
}

// A list that has the smallest page size, which every access may need.
std::optional<u64> parse_complete_list(std::string_view text) {
    const auto mask = parse_list(text);
    return mask && (*mask & (u64{1} << kSmallestShift)) != 0 ? mask : std::nullopt;
}

void validate(const TlbConfig& tlb, const std::string& prefix) {
    if (tlb.entries == 0 || tlb.entries > kMaxEntries) {
        throw emu::UserError(prefix + ".entries=" + std::to_string(tlb.entries) + ": choose 1 to " +
                             std::to_string(kMaxEntries));
    }
    if (tlb.ways == 0) return;
    if (tlb.entries % tlb.ways != 0 || !std::has_single_bit(tlb.entries / tlb.ways)) {
        throw emu::UserError(prefix + ": " + std::to_string(tlb.entries) + " entries in " + std::to_string(tlb.ways) +
                             " ways give no power of two of sets: change " + prefix + ".entries or " + prefix +
                             ".ways, or have 0 ways, which are all");
    }
}

void validate_walk_cache(unsigned entries, unsigned ways, const std::string& key) {
    if (ways == 0 || (ways <= entries && entries % ways == 0)) return;
    throw emu::UserError(key + "=" + std::to_string(entries) + " in mmu.walk_cache.ways=" + std::to_string(ways) +
                         " is no whole number of sets: change one of them, or use ways=0");
}

}  // namespace

bool is_page_size_list(std::string_view text) { return parse_complete_list(text).has_value(); }
bool is_large_page_size_list(std::string_view text) { return parse_list(text).has_value(); }

u64 parse_large_page_sizes(std::string_view text) {
    const auto mask = parse_list(text);
    if (!mask) throw emu::UserError("page sizes '" + std::string{text} + "': list powers of two from 4K to 16G, such as 2M,32M,1G");
    return *mask;
}

u64 parse_page_sizes(std::string_view text) {
    const auto mask = parse_complete_list(text);
    if (!mask) {
        throw emu::UserError("page sizes '" + std::string{text} +
                             "': list powers of two from 4K to 16G, 4K among them, such as 4K,64K,2M");
    }
    return *mask;
}

MmuFeatures features_of(const MmuIdRegisters& id) {
    constexpr unsigned kPaBits[] = {32, 36, 40, 42, 44, 48, 52};  // larger PARange values need FEAT_D128: 52 here
    const u64 mmfr0 = id.ID_AA64MMFR0_EL1;
    const u64 mmfr2 = id.ID_AA64MMFR2_EL1;
    const u64 range = arch::BitField<3, 0>::get(mmfr0);
    const u64 hafdbs = arch::BitField<3, 0>::get(id.ID_AA64MMFR1_EL1);
    const u64 tgran16 = arch::BitField<23, 20>::get(mmfr0);
    return {.pa_bits = range < std::size(kPaBits) ? kPaBits[range] : 52,
            .asid_bits = arch::BitField<7, 4>::get(mmfr0) == 2 ? 16u : 8u,
            .hafdbs = hafdbs > 2 ? 2u : static_cast<unsigned>(hafdbs),
            .granule_16k = tgran16 != 0,
            .granule_64k = arch::BitField<27, 24>::get(mmfr0) == 0,
            .lpa2_4k = arch::BitField<31, 28>::get(mmfr0) == 1,
            .lpa2_16k = tgran16 == 2,
            .lva = arch::BitField<19, 16>::test(mmfr2),
            .ttst = arch::BitField<31, 28>::test(mmfr2),
            .e0pd = arch::BitField<63, 60>::test(mmfr2),
            .bbm = static_cast<unsigned>(arch::BitField<55, 52>::get(mmfr2))};
}

void validate(const MmuConfig& config) {
    // These throw where the text is no such list.
    for (const TlbConfig* tlb : {&config.l1i_tlb, &config.l1d_tlb, &config.l2_tlb}) static_cast<void>(parse_page_sizes(tlb->page_sizes));
    static_cast<void>(parse_large_page_sizes(config.l2_large_tlb.page_sizes));
    validate(config.l1i_tlb, "mmu.l1i_tlb");
    validate(config.l1d_tlb, "mmu.l1d_tlb");
    validate(config.l2_tlb, "mmu.l2_tlb");
    if (config.l2_large_tlb.entries != 0) validate(config.l2_large_tlb, "mmu.l2_large_tlb");
    const WalkCacheConfig& caches = config.walk_caches;
    if (config.walk_cache == WalkCache::Separate) validate_walk_cache(caches.entries, caches.ways, "mmu.walk_cache.entries");
    if (config.walk_cache != WalkCache::Levels) return;
    validate_walk_cache(caches.level0_entries, caches.ways, "mmu.walk_cache.level0_entries");
    validate_walk_cache(caches.level1_entries, caches.ways, "mmu.walk_cache.level1_entries");
    validate_walk_cache(caches.level2_entries, caches.ways, "mmu.walk_cache.level2_entries");
}

}  // namespace mmu
