#include "emu/app/validation_targets.h"

#include <array>
#include <limits>

namespace emu::app {
namespace {

constexpr bool kInput = false;
constexpr bool kEmergent = true;
// An L2 TLB also holds pages and tables that the chain does not own.
constexpr double kExact = 0;
constexpr double kNearlyExact = 0.01;
constexpr double kNear = 0.10;

constexpr Target knee(const char* core, double pages, const char* source) {
    return {core, Figure::TlbKnee, 1, pages, pages, kInput, kExact, source};
}
constexpr Target knee_at(const char* core, unsigned stride, double pages, const char* source) {
    return {core, Figure::TlbKnee, stride, pages, pages, kEmergent, kExact, source};
}
constexpr Target l2_knee(const char* core, double pages, const char* source) {
    return {core, Figure::L2TlbKnee, 1, pages, pages, kInput, kNearlyExact, source};
}
constexpr Target input(const char* core, Figure figure, double value, const char* source) {
    return {core, figure, 0, value, value, kInput, kNear, source};
}
constexpr Target range(const char* core, Figure figure, double low, double high, const char* source) {
    return {core, figure, 0, low, high, kInput, kNear, source};
}
constexpr Target emergent(const char* core, Figure figure, double value, double high, const char* source) {
    return {core, figure, 0, value, high, kEmergent, kNear, source};
}

constexpr const char* kL4Re = "L4Re, with 40 to 60 instructions of the kernel";
constexpr const char* kFirestorm = "jiegec, Apple M1";

constexpr std::array kTargets{
    knee("cortex-a53", 10, "Chips and Cheese 2023-05-28"),
    l2_knee("cortex-a53", 512, "Cortex-A53 TRM"),
    input("cortex-a53", Figure::L2TlbPenalty, 2, "Chips and Cheese 2023-05-28; Hennessy and Patterson"),
    emergent("cortex-a53", Figure::WalkHot, 20, 20, "Hennessy and Patterson: L2 TLB miss 20 cycles"),
    emergent("cortex-a53", Figure::SystemCall, 230, 230, kL4Re),
    input("cortex-a53", Figure::DramBlocks, 129, "Chips and Cheese 2023-05-28"),

    knee("cortex-a510", 16, "Chips and Cheese 2023-10-01"),
    l2_knee("cortex-a510", 2048, "Chips and Cheese 2023-10-01"),
    input("cortex-a510", Figure::L2TlbPenalty, 5, "Chips and Cheese 2023-10-01"),
    range("cortex-a510", Figure::DramPages, 300, std::numeric_limits<double>::infinity(), "Chips and Cheese 2023-10-01"),

    knee("cortex-a72", 32, "Chips and Cheese 2023-11-10"),
    l2_knee("cortex-a72", 1024, "Cortex-A72 TRM"),
    input("cortex-a72", Figure::L2TlbPenalty, 7, "Chips and Cheese 2023-11-10"),
    input("cortex-a72", Figure::L1dLatency, 4, "Chips and Cheese 2023-11-10"),
    input("cortex-a72", Figure::L2Latency, 21, "Chips and Cheese 2023-11-10"),
    input("cortex-a72", Figure::DramBlocks, 92, "Chips and Cheese 2023-11-10"),
    emergent("cortex-a72", Figure::DramPages, 162, 162, "Chips and Cheese 2023-11-10"),
    emergent("cortex-a72", Figure::PagesOverBlocks, 70, 70, "Chips and Cheese 2023-11-10"),

    emergent("cortex-a76", Figure::SystemCall, 138, 138, kL4Re),

    knee("cortex-a710", 32, "Chips and Cheese 2023-08-11"),
    l2_knee("cortex-a710", 1024, "Chips and Cheese 2023-08-11"),
    input("cortex-a710", Figure::L2TlbPenalty, 5, "Chips and Cheese 2023-08-11"),

    knee("cortex-x2", 48, "Chips and Cheese 2023-10-27"),
    l2_knee("cortex-x2", 2048, "Chips and Cheese 2023-10-27"),
    input("cortex-x2", Figure::L2TlbPenalty, 5, "Chips and Cheese 2023-10-27"),
    input("cortex-x2", Figure::L2Latency, 11, "Chips and Cheese 2023-10-27"),
    input("cortex-x2", Figure::LlcLatency, 18.18, "Chips and Cheese 2023-10-27"),
    input("cortex-x2", Figure::DramPages, 202, "Chips and Cheese 2023-10-27"),

    knee("neoverse-n1", 48, "Chips and Cheese 2021-10-22"),
    l2_knee("neoverse-n1", 1280, "Chips and Cheese 2021-10-22"),
    input("neoverse-n1", Figure::L2TlbPenalty, 5, "Chips and Cheese 2021-10-22"),
    input("neoverse-n1", Figure::L1dLatency, 4, "ASCT, Graviton2"),
    input("neoverse-n1", Figure::L2Latency, 13.5, "ASCT, Graviton2 (the profile has the documented 11)"),
    input("neoverse-n1", Figure::LlcLatency, 28.8, "ASCT, Graviton2"),
    input("neoverse-n1", Figure::Dram1G, 95, "ASCT, Graviton2"),
    emergent("neoverse-n1", Figure::SystemCall, 142, 142, kL4Re),

    l2_knee("neoverse-n2", 1280, "Neoverse N2 TRM"),
    input("neoverse-n2", Figure::L2Latency, 13, "Chips and Cheese 2023-08-18"),
    input("neoverse-n2", Figure::LlcLatency, 35.48, "Chips and Cheese 2023-08-18"),
    input("neoverse-n2", Figure::Dram1G, 141, "Chips and Cheese 2023-08-18"),

    knee("neoverse-v1", 40, "Arm ustress, jiegec"),
    input("neoverse-v1", Figure::Dram1G, 120, "Chips and Cheese 2022-05-29"),

    knee("neoverse-v2", 48, "jiegec; Chips and Cheese 2024-07-22"),
    l2_knee("neoverse-v2", 2048, "Chips and Cheese 2024-07-22"),
    input("neoverse-v2", Figure::L2TlbPenalty, 5, "jiegec; Chips and Cheese 2024-07-22"),
    input("neoverse-v2", Figure::L1dLatency, 4, "ASCT, Graviton4"),
    input("neoverse-v2", Figure::L2Latency, 11, "ASCT, Graviton4"),
    input("neoverse-v2", Figure::LlcLatency, 25, "Chips and Cheese 2024-07-22, at 16 MB"),
    input("neoverse-v2", Figure::Dram1G, 110, "ASCT, Graviton4"),
    emergent("neoverse-v2", Figure::DramBlocks, 114.08, 114.08, "Chips and Cheese 2024-07-22"),

    input("ampereone", Figure::Dram1G, 166, "Chips and Cheese 2024"),

    knee("apple-m1-firestorm", 160, kFirestorm),
    knee_at("apple-m1-firestorm", 2, 80, kFirestorm),
    knee_at("apple-m1-firestorm", 4, 40, kFirestorm),
    knee_at("apple-m1-firestorm", 8, 20, kFirestorm),
    knee_at("apple-m1-firestorm", 16, 10, kFirestorm),
    knee_at("apple-m1-firestorm", 32, 5, kFirestorm),
    l2_knee("apple-m1-firestorm", 3072, kFirestorm),
    input("apple-m1-firestorm", Figure::L2TlbPenalty, 6, kFirestorm),
    range("apple-m1-firestorm", Figure::WalkHot, 26, 27.5, "jiegec, Apple M1 (walk_overhead is calibrated on it)"),

    knee("apple-m1-icestorm", 128, kFirestorm),
    knee_at("apple-m1-icestorm", 2, 64, kFirestorm),
    knee_at("apple-m1-icestorm", 4, 32, kFirestorm),
    knee_at("apple-m1-icestorm", 8, 16, kFirestorm),
    knee_at("apple-m1-icestorm", 16, 8, kFirestorm),
    knee_at("apple-m1-icestorm", 32, 4, kFirestorm),
    l2_knee("apple-m1-icestorm", 1024, kFirestorm),
    input("apple-m1-icestorm", Figure::L2TlbPenalty, 7, kFirestorm),
    range("apple-m1-icestorm", Figure::WalkHot, 22, 23, "jiegec, Apple M1 (walk_overhead is calibrated on it)"),

    knee("apple-m2-avalanche", 256, "jiegec, Apple M2"),
    l2_knee("apple-m2-avalanche", 3072, "jiegec, Apple M2"),
};

constexpr std::array kUnmeasured{
    Unmeasured{"neoverse-n1", "7-Zip: 2.77 L1D TLB refills and 0.74 walks per 1000 instructions (Chips and Cheese 2021-10-22): "
                              "scripts/dev/seven_zip.py runs it; mmu/README.md has what came out"},
    Unmeasured{"neoverse-n1", "kernel build and fork with contpte on Altra (contpte series): needs Linux and a file system"},
    Unmeasured{"neoverse-v2", "second ITLB knee near 1000 pages (jiegec): an observation without a published cause"},
    Unmeasured{"cortex-a72", "small rise above 16 KB with 4K pages (Chips and Cheese 2023-11-10): unexplained"},
};

}  // namespace

std::span<const Target> validation_targets() { return kTargets; }

// The Apple cores by jiegec under Asahi Linux, whose pages are 16K as Apple's tables are; all others under 4K pages.
std::uint64_t measured_page(std::string_view core) { return core.starts_with("apple-") ? 16 << 10 : 4 << 10; }

std::span<const Unmeasured> unmeasured_targets() { return kUnmeasured; }

std::string name_of(Figure figure, unsigned argument) {
    switch (figure) {
        case Figure::L1dLatency: return "L1D latency";
        case Figure::L2Latency: return "L2 latency";
        case Figure::LlcLatency: return "last-level latency";
        case Figure::Dram1G: return "DRAM, random in 1 GiB, 1G blocks";
        case Figure::DramBlocks: return "DRAM, random in 1 GiB, 2M blocks";
        case Figure::DramPages: return "DRAM, random in 1 GiB, 4K pages";
        case Figure::PagesOverBlocks: return "  4K pages over 2M blocks";
        case Figure::TlbKnee: return "L1D TLB knee, stride of pages: " + std::to_string(argument);
        case Figure::L2TlbKnee: return "L2 TLB knee";
        case Figure::L2TlbPenalty: return "L2 TLB hit over L1 TLB hit";
        case Figure::WalkHot: return "walk, descriptors cached";
        case Figure::SystemCall: return "shortest system call";
    }
    return "";
}

const char* unit_of(Figure figure) {
    switch (figure) {
        case Figure::LlcLatency: case Figure::Dram1G: case Figure::DramBlocks: case Figure::DramPages: case Figure::PagesOverBlocks: return "ns";
        case Figure::TlbKnee: case Figure::L2TlbKnee: return "pages";
        default: return "cycles";
    }
}

}  // namespace emu::app
