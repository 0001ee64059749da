// Everything that can be chosen about the MMU. Defaults: Neoverse N1 (Neoverse N1 TRM, "Memory Management Unit" and
// the L1 and L2 TLB RAM formats).
#pragma once

#include <string>
#include <string_view>

#include "mmu/arch/bits.h"

namespace mmu {

enum class Replacement : arch::u8 { Lru, Plru, Random };
// Where the pointers to next tables, which walks have read, are kept.
enum class WalkCache : arch::u8 {
    None,
    L2Tlb,     // among the translations of the L2 TLB, as on N1 and A76
    Separate,  // one cache for all levels, as on A53 and A55; on A510 in sets of the L2 TLB's RAM that hold nothing else
    Levels,    // one cache for each level, as on AmpereOne
};
// How far firmware lets hardware page aggregation go: CPUECTLR_EL1.HPA_DIS ([46] of N1) and HPA_L1_DIS.
enum class Aggregation : arch::u8 {
    Off,
    L2,  // L1 entries are those of single pages
    On,
};
enum class Prefetch : arch::u8 {
    Off,
    NextPage,  // the translation that follows those of a sequential stream, into the L2 TLB
};
// What a translation in L1 says of the L2 TLB.
enum class Inclusion : arch::u8 {
    Neither,    // nothing: both are filled, and evict on their own
    Inclusive,  // it is there too: what L2 evicts leaves L1
    Exclusive,  // it is not there: L2 takes what L1 evicts
};
// What the hardware makes of neighbouring descriptors: of the Contiguous bit, and (coalesce) of pages that merely
// happen to be contiguous.
enum class Contiguity : arch::u8 {
    Ignore,
    Hint,
    Coalesce2, Coalesce4, Coalesce8,
    HintCoalesce2, HintCoalesce4, HintCoalesce8,
};
[[nodiscard]] constexpr bool uses_hint(Contiguity c) {
    return c == Contiguity::Hint || c >= Contiguity::HintCoalesce2;
}
// log2 of the pages that one aggregated entry holds; 0: no aggregation.
[[nodiscard]] constexpr unsigned coalesce_shift(Contiguity c) {
    switch (c) {
        case Contiguity::Coalesce2: case Contiguity::HintCoalesce2: return 1;
        case Contiguity::Coalesce4: case Contiguity::HintCoalesce4: return 2;
        case Contiguity::Coalesce8: case Contiguity::HintCoalesce8: return 3;
        case Contiguity::Ignore: case Contiguity::Hint: break;
    }
    return 0;
}

// A set of page sizes, as text: "4K,64K,2M". Bit n of the mask stands for 2^n bytes.
// parse_page_sizes throws UserError unless the text lists powers of two from 4K to 16G and has 4K among them.
[[nodiscard]] arch::u64 parse_page_sizes(std::string_view text);
[[nodiscard]] bool is_page_size_list(std::string_view text);
// The same without the demand for 4K: for a TLB that small pages have no use for.
[[nodiscard]] arch::u64 parse_large_page_sizes(std::string_view text);
[[nodiscard]] bool is_large_page_size_list(std::string_view text);

struct TlbConfig {
    unsigned entries{48};
    unsigned ways{0};  // 0: fully associative
    std::string page_sizes{"4K,16K,64K,256K,2M,512M"};
};

// Sizes of the walk caches that are not part of the L2 TLB.
struct WalkCacheConfig {
    unsigned entries{64};  // of WalkCache::Separate
    unsigned ways{4};      // of either kind; 0: fully associative. Any number of sets: A510 has 72
    unsigned level0_entries{32}, level1_entries{32}, level2_entries{32};  // of WalkCache::Levels: by the level of the descriptor read
};

// What an inconsistent group of the Contiguous bit does, and a lookup that several entries match.
enum class GroupDecision : arch::u8 {
    Walked,      // the member that was walked decides; of several entries, the one of the smallest reach
    AnyOne,      // a member picked by the seed stands for the group
    Amalgamate,  // rights that all members give, or that any gives, by the seed
    Abort,       // a TLB Conflict abort
};
// Which member of a consistent group the hardware reads and updates for all.
enum class UpdateChoice : arch::u8 { Walked, AnyOne };

// Where translations of stage 2 are kept apart from those that they are part of.
enum class IpaCache : arch::u8 { None, L2Tlb, Separate };
struct IpaCacheConfig {
    unsigned entries{64};  // of IpaCache::Separate
    unsigned ways{4};
};

// What the identification registers say of translation. Not keys of their own: the machine fills it from the profile.
struct MmuFeatures {
    unsigned pa_bits{48};    // ID_AA64MMFR0_EL1.PARange
    unsigned asid_bits{16};  // ID_AA64MMFR0_EL1.ASIDBits
    unsigned hafdbs{2};      // ID_AA64MMFR1_EL1.HAFDBS: 0 none, 1 access flag, 2 access flag and dirty state
    bool granule_16k{true};  // ID_AA64MMFR0_EL1.TGran16, TGran64; TCR_EL1 values of one that is absent act as 4K
    bool granule_64k{true};
    bool lpa2_4k{false};     // FEAT_LPA2: TGran4 and TGran16 say for which granule TCR_EL1.DS counts
    bool lpa2_16k{false};
    bool lva{false};         // FEAT_LVA: ID_AA64MMFR2_EL1.VARange
    bool ttst{false};        // FEAT_TTST: ID_AA64MMFR2_EL1.ST
    bool e0pd{false};        // FEAT_E0PD: ID_AA64MMFR2_EL1.E0PD
    unsigned bbm{0};         // FEAT_BBM: ID_AA64MMFR2_EL1.BBM
};
// Registers as the guest reads them.
struct MmuIdRegisters {
    arch::u64 ID_AA64MMFR0_EL1{0};
    arch::u64 ID_AA64MMFR1_EL1{0};
    arch::u64 ID_AA64MMFR2_EL1{0};
};
[[nodiscard]] MmuFeatures features_of(const MmuIdRegisters& id);

struct MmuConfig {
    TlbConfig l1i_tlb{48, 0, "4K,16K,64K,256K,2M,32M"};
    TlbConfig l1d_tlb{48, 0, "4K,16K,64K,256K,2M,512M"};
    TlbConfig l2_tlb{1280, 5, "4K,16K,64K,2M,32M,512M,1G"};
    Contiguity contiguous{Contiguity::HintCoalesce4};
    Replacement replacement{Replacement::Lru};
    arch::u64 replacement_seed{1};
    // Takes the sizes that it lists from the L2 TLB, where it has entries. No core of ours: Neoverse N3 has 256 in 4 ways.
    TlbConfig l2_large_tlb{0, 4, "2M,32M,512M,1G"};
    WalkCache walk_cache{WalkCache::L2Tlb};
    WalkCacheConfig walk_caches{};
    GroupDecision bbm_choice{GroupDecision::Walked};
    UpdateChoice update_choice{UpdateChoice::Walked};
    arch::u64 bbm_seed{1};
    bool nt_faults{false};
    IpaCache ipa_cache{IpaCache::L2Tlb};
    IpaCacheConfig ipa_caches{};
    Prefetch prefetch{Prefetch::NextPage};
    Inclusion inclusion{Inclusion::Neither};
    bool tlbi_flushes_l1{false};
    Aggregation hpa{Aggregation::On};
    bool host_tlb{true};
    MmuFeatures features{};

    template <class V>
    void describe(V& v) {
        describe_tlb(v, "mmu.l1i_tlb.", l1i_tlb, "L1 instruction TLB");
        describe_tlb(v, "mmu.l1d_tlb.", l1d_tlb, "L1 data TLB");
        describe_tlb(v, "mmu.l2_tlb.", l2_tlb, "L2 TLB");
        describe_large_tlb(v);
        v.choice("mmu.contiguous", contiguous,
                 {{"ignore", Contiguity::Ignore},
                  {"hint", Contiguity::Hint},
                  {"coalesce2", Contiguity::Coalesce2},
                  {"coalesce4", Contiguity::Coalesce4},
                  {"coalesce8", Contiguity::Coalesce8},
                  {"hint+coalesce2", Contiguity::HintCoalesce2},
                  {"hint+coalesce4", Contiguity::HintCoalesce4},
                  {"hint+coalesce8", Contiguity::HintCoalesce8}},
                 "use of the Contiguous bit (hint) and hardware aggregation of N neighbouring pages (coalesceN)");
        v.choice("mmu.hpa", hpa, {{"on", Aggregation::On}, {"l2", Aggregation::L2}, {"off", Aggregation::Off}},
                 "what firmware leaves of hardware page aggregation: all, only that of the L2 TLB, or none, whatever mmu.contiguous says");
        v.choice("mmu.replacement", replacement,
                 {{"lru", Replacement::Lru}, {"plru", Replacement::Plru}, {"random", Replacement::Random}},
                 "victim selection of all TLBs; plru is a tree of one bit per node");
        v.param("mmu.replacement_seed", replacement_seed, "", 1, ~arch::u64{0}, "seed of replacement=random");
        v.choice("mmu.walk_cache", walk_cache,
                 {{"none", WalkCache::None}, {"l2tlb", WalkCache::L2Tlb}, {"separate", WalkCache::Separate}, {"levels", WalkCache::Levels}},
                 "where next-table pointers of walks are kept");
        v.param("mmu.walk_cache.entries", walk_caches.entries, "entries", 1, 32768, "entries of walk_cache=separate");
        v.param("mmu.walk_cache.ways", walk_caches.ways, "ways", 0, 32768, "ways of walk_cache=separate and levels; 0: fully associative");
        v.param("mmu.walk_cache.level0_entries", walk_caches.level0_entries, "entries", 1, 32768, "entries of walk_cache=levels for level 0");
        v.param("mmu.walk_cache.level1_entries", walk_caches.level1_entries, "entries", 1, 32768, "entries of walk_cache=levels for level 1");
        v.param("mmu.walk_cache.level2_entries", walk_caches.level2_entries, "entries", 1, 32768, "entries of walk_cache=levels for level 2");
        v.choice("mmu.bbm_choice", bbm_choice,
                 {{"walked", GroupDecision::Walked}, {"any-one", GroupDecision::AnyOne}, {"amalgamate", GroupDecision::Amalgamate},
                  {"abort", GroupDecision::Abort}},
                 "what decides in an inconsistent group of the Contiguous bit; abort: also where several TLB entries match");
        v.choice("mmu.update_choice", update_choice, {{"walked", UpdateChoice::Walked}, {"any-one", UpdateChoice::AnyOne}},
                 "the member of a consistent group that hardware reads access flag and dirty state from, and updates");
        v.param("mmu.bbm_seed", bbm_seed, "", 1, ~arch::u64{0}, "seed of what bbm_choice and update_choice leave open");
        v.param("mmu.nt_faults", nt_faults, "with core.bbm of 1 or 2: whether a block with nT set gives a translation fault");
        v.choice("mmu.ipa_cache", ipa_cache, {{"none", IpaCache::None}, {"l2tlb", IpaCache::L2Tlb}, {"separate", IpaCache::Separate}},
                 "where translations of stage 2 are kept for later walks");
        v.param("mmu.ipa_cache.entries", ipa_caches.entries, "entries", 1, 32768, "entries of ipa_cache=separate");
        v.param("mmu.ipa_cache.ways", ipa_caches.ways, "ways", 0, 32768, "ways of ipa_cache=separate; 0: fully associative");
        v.choice("mmu.prefetch", prefetch, {{"off", Prefetch::Off}, {"next-page", Prefetch::NextPage}},
                 "translations that are fetched into the L2 TLB before they are asked for");
        v.choice("mmu.inclusion", inclusion,
                 {{"neither", Inclusion::Neither}, {"inclusive", Inclusion::Inclusive}, {"exclusive", Inclusion::Exclusive}},
                 "what L1 TLBs and L2 TLB have in common");
        v.param("mmu.tlbi_flushes_l1", tlbi_flushes_l1, "whether any TLBI empties the L1 TLBs");
        v.param("mmu.host_tlb", host_tlb, "memoise translations on the host; changes speed only");
    }

private:
    template <class V>
    static void describe_tlb(V& v, const std::string& prefix, TlbConfig& tlb, const std::string& name) {
        v.param(prefix + "entries", tlb.entries, "entries", 1, 32768, ("entries of the " + name).c_str());
        v.param(prefix + "ways", tlb.ways, "ways", 0, 32768, ("ways of the " + name + "; 0: fully associative").c_str());
        v.param(prefix + "page_sizes", tlb.page_sizes, "page sizes, such as 4K,64K,2M; 4K must be one of them",
                &is_page_size_list, ("page sizes that an entry of the " + name + " can hold").c_str());
    }
    template <class V>
    void describe_large_tlb(V& v) {
        v.param("mmu.l2_large_tlb.entries", l2_large_tlb.entries, "entries", 0, 32768, "entries of the second L2 TLB; 0: there is none");
        v.param("mmu.l2_large_tlb.ways", l2_large_tlb.ways, "ways", 0, 32768, "ways of the second L2 TLB; 0: fully associative");
        v.param("mmu.l2_large_tlb.page_sizes", l2_large_tlb.page_sizes, "page sizes, such as 2M,32M,512M", &is_large_page_size_list,
                "page sizes that the second L2 TLB takes from the first");
    }
};

// Throws UserError where values contradict each other: ways that do not divide entries, sets of a TLB no power of two.
void validate(const MmuConfig& config);

}  // namespace mmu
