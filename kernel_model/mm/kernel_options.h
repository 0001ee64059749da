// What the kernel command line decides for the memory manager: read once, before any process exists.
#pragma once

#include "kernel_model/mm/geometry.h"

namespace km {

// Orders of one setting, as bits. Linux: huge_anon_orders_always, _madvise, _inherit.
struct FolioOrderMasks {
    u64 always{0};
    u64 madvise{0};
    u64 inherit{u64{1} << PMD_ORDER};  // Linux's default: only the PMD order, and that inherits
};

enum class ThpEnabled : u8 { Never, Madvise, Always };

enum class Preset : u8 { Linux6_12 };

struct KernelOptions {
    ThpEnabled thp_enabled{ThpEnabled::Always};  // transparent_hugepage=always|madvise|never
    FolioOrderMasks thp_anon;                    // thp_anon=16K-64K:always;2M:inherit
    u64 fault_around_bytes{65536};               // fault_around_bytes=64K: power of two of at least a page
    bool init_on_alloc{false};                   // init_on_alloc=0|1
    unsigned fragmentation{0};                   // fragmentation=0..100: per cent of free memory in single pages
    u64 seed{0};                                 // seed=N: order of free memory, place of stacks; 0: ascending, at the end
    Preset preset{Preset::Linux6_12};            // preset=linux-6.12
};

extern KernelOptions kernel_options;

// Reads the words of `bootargs` up to "--"; unknown keys belong to others and are skipped. On a bad value returns
// false, and `bad` points at the word.
[[nodiscard]] bool parse_kernel_options(const char* bootargs, KernelOptions& out, const char*& bad);

// Linux's grammar: <size>[-<size>][,...]:<state>[;...], state always|madvise|inherit|never, sizes in K or M that
// name anonymous orders (16K..2M). Linux: setup_thp_anon() in mm/huge_memory.c.
[[nodiscard]] bool parse_thp_anon(const char* text, const char* end, FolioOrderMasks& out);

}  // namespace km
