// Caches, memory and the channel between them.
#pragma once

#include "emu/timing/memory/cache_config.h"

namespace emu {

// How far a prefetch may go from the address that set it off.
enum class PrefetchPage : arch::u8 { Smallest, Mapping };

struct MemoryTimingConfig {
    CacheLevelConfig l1i{64 << 10, 4};
    CacheLevelConfig l1d{64 << 10, 4};
    LowerCacheConfig l2{{1 << 20, 8}, 64, Inclusion::Inclusive, 4 << 10};
    LowerCacheConfig l3{{0, 16}, 64, Inclusion::Neither, 16 << 10};
    LowerCacheConfig llc{{32 << 20, 16, mmu::Replacement::Lru}, 64, Inclusion::Exclusive, 64 << 10};
    u64 l1d_latency{4};
    u64 l2_latency{11};
    u64 l3_latency{30};
    double llc_latency_ns{28.8};
    Estimate l1d_misses{12, 20, 32};
    Estimate l2_misses{32, 46, 64};
    u64 stream_bytes{256};
    bool l1d_write_through{false};
    PrefetcherConfig l1d_prefetch{PrefetchKind::Stride, 2, 4};
    PrefetcherConfig l2_prefetch{PrefetchKind::Stream, 2, 40};
    unsigned fetch_prefetch{0};
    bool prefetch{true};
    PrefetchPage prefetch_page{PrefetchPage::Smallest};
    u64 replacement_seed{1};
    double dram_latency_ns{95.0};
    double dram_gb_per_s{20.0};
    double system_gb_per_s{204.8};
    unsigned busy_pes{1};
    Estimate write_buffer{16, 32, 64};
    u64 dram_stream_bytes{1 << 20};
    double device_latency_ns{100.0};
};

namespace detail {

template <class V>
void describe_l1(V& v, MemoryTimingConfig& m) {
    describe_cache(v, "cache.l1i", m.l1i, false);
    describe_cache(v, "cache.l1d", m.l1d, false);
    v.param("cache.l1d.latency", m.l1d_latency, "cycles", 1, 64, "load to use");
    estimate(v, "cache.l1d.misses", m.l1d_misses, "lines", 1, 255, "outstanding L1D misses");
    v.param("cache.l1d.stream_bytes", m.stream_bytes, "bytes", 64, 1 << 20,
            "ascending stores after which whole lines are claimed without being read");
    v.param("cache.l1d.write_through", m.l1d_write_through, "stores go on to L2 at once: L1D holds no dirty lines");
    describe_prefetcher(v, "cache.l1d.prefetch", m.l1d_prefetch);
}

template <class V>
void describe_lower_levels(V& v, MemoryTimingConfig& m) {
    describe_lower(v, "cache.l2", m.l2, false);
    v.param("cache.l2.latency", m.l2_latency, "cycles", 1, 200, "load to use");
    estimate(v, "cache.l2.misses", m.l2_misses, "lines", 1, 255, "outstanding L2 misses");
    describe_prefetcher(v, "cache.l2.prefetch", m.l2_prefetch);
    v.param("cache.l2.fetch_prefetch", m.fetch_prefetch, "lines", 0, 8, "behind an instruction line that L2 lacks");
    describe_lower(v, "cache.l3", m.l3, true);
    v.param("cache.l3.latency", m.l3_latency, "cycles", 1, 1000, "load to use");
    describe_lower(v, "cache.llc", m.llc, true);
    v.param("cache.llc.latency_ns", m.llc_latency_ns, "ns", 1.0, 1000.0, "load to use");
    v.param("cache.prefetch", m.prefetch, "data and instruction prefetchers");
    v.choice("cache.prefetch_page", m.prefetch_page,
             {{"4k", PrefetchPage::Smallest}, {"mapping", PrefetchPage::Mapping}},
             "what a prefetcher stays in: 4 KiB, or what the TLB entry of the access maps");
    v.param("cache.replacement_seed", m.replacement_seed, "", 1, ~u64{0},
            "seed of replacement=random and of the trees of plru");
}

template <class V>
void describe_memory(V& v, MemoryTimingConfig& m) {
    describe_l1(v, m);
    describe_lower_levels(v, m);
    v.param("memory.dram_latency_ns", m.dram_latency_ns, "ns", 1.0, 10000.0, "load to use, idle channel");
    v.param("memory.dram_gb_per_s", m.dram_gb_per_s, "GB/s", 0.5, 1000.0, "bandwidth that one PE can use");
    v.param("memory.system_gb_per_s", m.system_gb_per_s, "GB/s", 0.5, 10000.0, "bandwidth of all channels");
    v.param("memory.busy_pes", m.busy_pes, "PEs", 1, 1024, "PEs that share the channels evenly");
    estimate(v, "memory.write_buffer", m.write_buffer, "lines", 1, 255, "under way to DRAM at the same time");
    v.param("memory.stream_bytes", m.dram_stream_bytes, "bytes", 0, u64{1} << 30,
            "stores in one run after which whole lines go to DRAM past all caches; 0: never");
    v.param("memory.device_latency_ns", m.device_latency_ns, "ns", 1.0, 10000.0, "an access to Device memory");
}

}  // namespace detail

}  // namespace emu
