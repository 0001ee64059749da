// Caches, memory and the channel between them.
#pragma once

#include "emu/timing/estimate.h"

namespace emu {

struct CacheLevelConfig {
    u64 size{0};
    unsigned ways{0};
};

struct MemoryTimingConfig {
    CacheLevelConfig l1i{64 << 10, 4};
    CacheLevelConfig l1d{64 << 10, 4};
    CacheLevelConfig l2{1 << 20, 8};
    CacheLevelConfig llc{32 << 20, 16};
    u64 l1d_latency{4};
    u64 l2_latency{11};
    double llc_latency_ns{28.8};
    double dram_latency_ns{95.0};
    double device_latency_ns{100.0};
    double dram_gb_per_s{20.0};
    Estimate l1d_misses{12, 20, 32};
    u64 stream_bytes{256};
};

namespace detail {

template <class V>
void describe_level(V& v, std::string_view level, CacheLevelConfig& c) {
    const std::string name{level};
    v.param(name + ".size", c.size, "bytes", u64{1} << 10, u64{1} << 30, "capacity");
    v.param(name + ".ways", c.ways, "ways", 1, 64, "associativity; lines of 64 bytes, LRU");
}

template <class V>
void describe_memory(V& v, MemoryTimingConfig& m) {
    describe_level(v, "cache.l1i", m.l1i);
    describe_level(v, "cache.l1d", m.l1d);
    v.param("cache.l1d.latency", m.l1d_latency, "cycles", 1, 64, "load to use");
    estimate(v, "cache.l1d.misses", m.l1d_misses, "lines", 1, 255, "outstanding L1D misses");
    v.param("cache.l1d.stream_bytes", m.stream_bytes, "bytes", 64, 1 << 20,
            "ascending stores after which whole lines are claimed without being read");
    describe_level(v, "cache.l2", m.l2);
    v.param("cache.l2.latency", m.l2_latency, "cycles", 1, 200, "load to use");
    describe_level(v, "cache.llc", m.llc);
    v.param("cache.llc.latency_ns", m.llc_latency_ns, "ns", 1.0, 1000.0, "load to use");
    v.param("memory.dram_latency_ns", m.dram_latency_ns, "ns", 1.0, 10000.0, "load to use, idle channel");
    v.param("memory.dram_gb_per_s", m.dram_gb_per_s, "GB/s", 0.5, 1000.0, "bandwidth that one PE can use");
    v.param("memory.device_latency_ns", m.device_latency_ns, "ns", 1.0, 10000.0, "an access to Device memory");
}

}  // namespace detail

}  // namespace emu
