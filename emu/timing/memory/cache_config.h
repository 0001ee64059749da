// What is chosen about one cache: geometry, replacement, its relation to the level above, its prefetcher.
#pragma once

#include <string>
#include <string_view>

#include "emu/timing/estimate.h"
#include "mmu/config.h"

namespace emu {

struct CacheLevelConfig {
    u64 size{0};  // 0: the core has no such level
    unsigned ways{0};
    mmu::Replacement replacement{mmu::Replacement::Plru};
};

// What a level holds of the lines that the levels above hold.
enum class Inclusion : arch::u8 {
    Inclusive,  // all of them: a line that leaves leaves the levels above as well
    Exclusive,  // none of them: it is filled by what leaves the level above, and a hit moves the line up
    Neither,    // both are filled on a miss, and a line leaves each on its own
};

enum class PrefetchKind : arch::u8 {
    Off,
    NextLine,  // the lines behind a missed one
    Stride,    // the next addresses of an instruction whose misses lie equally far apart
    Stream,    // the lines ahead of neighbouring misses, up or down
};

// A prefetcher asks for at most `degree` lines at a time and runs at most `distance` lines (or strides) ahead.
struct PrefetcherConfig {
    PrefetchKind kind{PrefetchKind::Off};
    unsigned degree{1};
    unsigned distance{4};
};

// A level below the L1 caches.
struct LowerCacheConfig : CacheLevelConfig {
    u64 line{64};
    Inclusion inclusion{Inclusion::Neither};
    u64 stream_bytes{0};  // stores in one run after which lines go here past the levels above; 0: never
};

namespace detail {

template <class V>
void describe_cache(V& v, const std::string& name, CacheLevelConfig& c, bool optional) {
    v.param(name + ".size", c.size, "bytes", optional ? 0 : u64{1} << 10, u64{1} << 30,
            optional ? "capacity; 0: no such level" : "capacity");
    v.param(name + ".ways", c.ways, "ways", 1, 16, "associativity");
    v.choice(name + ".replacement", c.replacement,
             {{"lru", mmu::Replacement::Lru}, {"plru", mmu::Replacement::Plru}, {"random", mmu::Replacement::Random}},
             "victim selection; plru is a tree of one bit per node");
}

template <class V>
void describe_lower(V& v, const std::string& name, LowerCacheConfig& c, bool optional) {
    describe_cache(v, name, c, optional);
    v.param(name + ".line", c.line, "bytes", 64, 128, "line, no shorter than that of the level above; L1 has 64");
    v.choice(name + ".inclusion", c.inclusion,
             {{"inclusive", Inclusion::Inclusive},
              {"exclusive", Inclusion::Exclusive},
              {"neither", Inclusion::Neither}},
             "what it holds of the lines in the level above");
    v.param(name + ".stream_bytes", c.stream_bytes, "bytes", 0, u64{1} << 30,
            "stores in one run after which whole lines go here without a place in the levels above; 0: never");
}

template <class V>
void describe_prefetcher(V& v, const std::string& name, PrefetcherConfig& p) {
    v.choice(name, p.kind,
             {{"off", PrefetchKind::Off},
              {"next_line", PrefetchKind::NextLine},
              {"stride", PrefetchKind::Stride},
              {"stream", PrefetchKind::Stream}},
             "what fetches lines into this level before they are asked for");
    v.param(name + "_degree", p.degree, "lines", 1, 16, "prefetched at a time");
    v.param(name + "_distance", p.distance, "lines", 1, 256, "(or strides) that the prefetcher runs ahead at most");
}

}  // namespace detail

}  // namespace emu
