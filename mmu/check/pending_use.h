// What the kernel may not use yet: new descriptors that no DSB and ISB have made visible, registers written without ISB.
// Only for translations that EL0 cannot use: user code may take one more fault, and Linux lets it.
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "mmu/check/stale_value.h"

namespace mmu::check {

class PendingUse {
public:
    struct Made {
        VaRange range{};
        arch::Descriptor descriptor{};  // of its first page
        arch::u64 descriptor_pa{0};
        int level{0};
        Site write{};
        bool visible{false};  // a DSB has come
    };
    void made(const Made& made);
    void register_written(bool upper, const Site& site) { registers_[upper] = site; }

    void stores_visible();   // DSB
    void synchronized();     // ISB, exception, exception return

    // What an access by EL1 to `va` relies on too early; told once.
    [[nodiscard]] std::optional<Made> take_made(arch::u64 va);
    [[nodiscard]] std::optional<Site> take_register(arch::u64 va);
    [[nodiscard]] bool empty() const { return made_.empty() && !registers_[0].known() && !registers_[1].known(); }

private:
    std::vector<Made> made_;  // neighbours in one range
    std::array<Site, 2> registers_{};
};

}  // namespace mmu::check
