// Published measurements of real cores, and how each is measured on the model.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace emu::app {

enum class Figure : std::uint8_t {
    L1dLatency,        // cycles
    L2Latency,         // cycles
    LlcLatency,        // ns
    Dram1G,            // ns, 1 GiB of random accesses under 1G blocks
    DramBlocks,        // ns, the same under blocks (2M with 4K pages)
    DramPages,         // ns, under pages
    PagesOverBlocks,   // ns, difference of the last two
    TlbKnee,           // pages `argument` pages apart that the L1 data TLB holds
    L2TlbKnee,         // likewise, the L2 TLB
    L2TlbPenalty,      // cycles of an L2 TLB hit over an L1 TLB hit
    WalkHot,           // cycles of a walk whose descriptors are cached, over an L2 TLB hit
    SystemCall,        // cycles from SVC to SVC, all registers saved and restored between
};

struct Target {
    const char* core;
    Figure figure;
    unsigned argument;   // stride in pages, where the figure takes one; else 0
    double value;
    double high;         // of a published range; value where there is none, infinity where `value` is a bound
    bool emergent;       // comes about by the mechanisms; false: a figure of the profile read back
    double tolerance;    // relative to the published range
    const char* source;
};

[[nodiscard]] std::span<const Target> validation_targets();

// Bytes of a page on the systems that a core's figures were taken on.
[[nodiscard]] std::uint64_t measured_page(std::string_view core);

// Published figures that this program does not measure: core and why.
struct Unmeasured {
    const char* core;
    const char* what;
};
[[nodiscard]] std::span<const Unmeasured> unmeasured_targets();

[[nodiscard]] std::string name_of(Figure figure, unsigned argument);
[[nodiscard]] const char* unit_of(Figure figure);

}  // namespace emu::app
