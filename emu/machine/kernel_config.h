// Policy of the guest's memory manager: the image to boot and the words of /chosen/bootargs.
#pragma once

#include <cstdint>
#include <string>

#include "emu/machine/thp_anon.h"

namespace emu {

// The three images built from the same sources, as Linux's switch is CONFIG_ARM64_CONTPTE at compile time.
enum class Contpte : std::uint8_t { Off, NoFold, On };
enum class LinearMap : std::uint8_t { Pages4K, Contiguous, Blocks2M };
enum class TransparentHugepage : std::uint8_t { Never, Madvise, Always };

struct KernelConfig {
    Contpte contpte{Contpte::On};
    std::string thp_anon{"64K:always"};
    TransparentHugepage transparent_hugepage{TransparentHugepage::Always};
    std::uint64_t fault_around_bytes{64 << 10};
    bool init_on_alloc{false};
    LinearMap linear_map{LinearMap::Pages4K};
    std::uint32_t fragmentation{0};
    std::uint64_t seed{0};

    template <class V>
    void describe(V& v) {
        v.choice("kernel.contpte", contpte, {{"off", Contpte::Off}, {"nofold", Contpte::NoFold}, {"on", Contpte::On}},
                 "guest image: contpte compiled out, compiled in but never folding, or as Linux");
        v.param("kernel.thp_anon", thp_anon, kThpAnonAllowed, is_thp_anon,
                "sizes of anonymous folios, in the grammar of Linux's thp_anon=; never means no size");
        v.choice("kernel.transparent_hugepage", transparent_hugepage,
                 {{"never", TransparentHugepage::Never},
                  {"madvise", TransparentHugepage::Madvise},
                  {"always", TransparentHugepage::Always}},
                 "what a folio size whose policy is inherit inherits");
        v.param("kernel.fault_around_bytes", fault_around_bytes, "bytes", 4 << 10, 2 << 20,
                "window that a file read fault maps; a power of two");
        v.param("kernel.init_on_alloc", init_on_alloc, "clear every page that the allocator hands out");
        v.choice("kernel.linear_map", linear_map,
                 {{"4K", LinearMap::Pages4K}, {"cont", LinearMap::Contiguous}, {"2M", LinearMap::Blocks2M}},
                 "how the kernel maps RAM; Linux with rodata=full uses 4K");
        v.param("kernel.fragmentation", fragmentation, "percent", 0, 100,
                "share of free memory that boot breaks into single pages, so that neighbouring frames are rare");
        v.param("kernel.seed", seed, "", 0, UINT64_MAX, "seed of the order of free memory and of the stack's place; 0 leaves both as they are without one");
    }
};

[[nodiscard]] inline const char* contpte_name(Contpte c) {
    return c == Contpte::Off ? "off" : c == Contpte::NoFold ? "nofold" : "on";
}
[[nodiscard]] inline const char* linear_map_name(LinearMap m) {
    return m == LinearMap::Pages4K ? "4K" : m == LinearMap::Contiguous ? "cont" : "2M";
}
[[nodiscard]] inline const char* transparent_hugepage_name(TransparentHugepage t) {
    return t == TransparentHugepage::Never ? "never" : t == TransparentHugepage::Madvise ? "madvise" : "always";
}

// The words that a KernelConfig adds to /chosen/bootargs (contpte chooses the image, and is none of them).
[[nodiscard]] inline std::string bootargs(const KernelConfig& k) {
    const std::string thp = k.thp_anon == "never" ? "16K-2M:never" : k.thp_anon;
    return "thp_anon=" + thp + " transparent_hugepage=" + transparent_hugepage_name(k.transparent_hugepage) +
           " linear_map=" + linear_map_name(k.linear_map) +
           " fault_around_bytes=" + std::to_string(k.fault_around_bytes) +
           " init_on_alloc=" + (k.init_on_alloc ? "1" : "0") + " fragmentation=" + std::to_string(k.fragmentation) +
           " seed=" + std::to_string(k.seed);
}

}  // namespace emu
