// A second, slow opinion on translation, written from the manual's bit numbers alone: it shares no header with the
// walker, so a mistake in mmu/arch cannot hide in both. Tests compare the two; see tests/mmu.
// Arm: "The AArch64 Virtual Memory System Architecture", translation with stage 1 of EL1&0.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

namespace mmu::check {

struct OracleRegisters {
    std::uint64_t sctlr{0};
    std::uint64_t tcr{0};
    std::uint64_t ttbr0{0};
    std::uint64_t ttbr1{0};
    unsigned pa_bits{48};
    unsigned hafdbs{2};
    bool lva{false};       // FEAT_LVA
    bool ttst{false};      // FEAT_TTST
    bool e0pd{false};      // FEAT_E0PD
    bool lpa2_4k{false};   // FEAT_LPA2, as the two granules announce it
    bool lpa2_16k{false};
};

struct OracleAccess {
    enum class Kind : std::uint8_t { Read, Write, Fetch };
    Kind kind{Kind::Read};
    unsigned el{0};
    bool pan{false};
};

struct OracleOutcome {
    bool faulted{false};
    unsigned status{0};                 // DFSC or IFSC of the fault
    std::uint64_t pa{0};
    std::uint64_t descriptor_pa{0};     // of the leaf, where one was reached
    std::uint64_t descriptor_after{0};  // its value after the access
    unsigned attr_index{0};
    unsigned shareability{0};
    unsigned reads{0};                  // descriptors read
};

using ReadDescriptor = std::function<std::optional<std::uint64_t>(std::uint64_t pa)>;

// Translates `va` with the MMU on.
[[nodiscard]] OracleOutcome oracle_translate(const OracleRegisters& registers, const ReadDescriptor& read,
                                             std::uint64_t va, const OracleAccess& access);

}  // namespace mmu::check
