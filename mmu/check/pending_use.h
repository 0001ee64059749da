// What the kernel may not use yet: new descriptors that no DSB and ISB have made visible, registers written without ISB, and
// for instruction fetches the translations that a TLBI has ended. EL0 is never early: the return to it synchronizes.
#pragma once

#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "mmu/check/stale_value.h"

namespace mmu::check {

class PendingUse {
public:
    struct Made {
        VaRange range{};
        arch::Descriptor descriptor{};  // of its first page
        arch::TableFormat format{};
        arch::u64 descriptor_pa{0};
        int level{0};
        Site write{};
        bool visible{false};     // a DSB has come
        bool for_fetch{false};   // of EL0's data: only fetches wait, since for data Linux lets user copies fault once more
    };
    void made(const Made& made);
    // A completed TLBI has removed `value`, which fetches of EL1 may use until the next context synchronization event.
    void ended(const StaleValue& value) { ended_.push_back(value); }
    void register_written(bool upper, const Site& site) { registers_[upper] = site; }

    // SCTLR_EL1.M was changed; SCTLR_EL1.WXN was cleared.
    void mmu_switched(const Site& site) { mmu_switched_ = site; }
    void execution_allowed(const Site& site) { execution_allowed_ = site; }

    void stores_visible();   // DSB
    void synchronized();     // ISB, exception, exception return
    // User code goes on, and with it the kernel that no DSB was due to: what waits for fetches only is not pursued.
    void returned_to_user();

    // What an access by EL1 to `va` relies on too early; told once.
    [[nodiscard]] std::optional<Made> take_made(arch::u64 va, bool fetch);
    [[nodiscard]] std::optional<StaleValue> take_ended(arch::u64 va, arch::u16 asid);
    [[nodiscard]] std::optional<Site> take_register(arch::u64 va);
    [[nodiscard]] bool is_mmu_switched() const { return mmu_switched_.known(); }
    [[nodiscard]] bool is_execution_allowed() const { return execution_allowed_.known(); }
    [[nodiscard]] Site take_mmu_switch() { return std::exchange(mmu_switched_, {}); }
    [[nodiscard]] Site take_execution_allowed() { return std::exchange(execution_allowed_, {}); }
    [[nodiscard]] bool empty() const {
        return made_.empty() && ended_.empty() && !registers_[0].known() && !registers_[1].known() && !is_mmu_switched() &&
               !is_execution_allowed();
    }

private:
    std::vector<Made> made_;  // neighbours in one range
    std::vector<StaleValue> ended_;
    std::array<Site, 2> registers_{};
    Site mmu_switched_{};
    Site execution_allowed_{};
};

}  // namespace mmu::check
