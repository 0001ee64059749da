// Translations that may be cached under an old value of a register field. Arm R_VNRFW: where a field that TLBs may hold is
// modified, software invalidates what it affects, after the write is synchronized. MAIR_EL1, SCTLR_EL1.{WXN, EE} and TCR_EL1 but for
// A1 and EPDx of 1 are such fields (their register pages).
#pragma once

#include <utility>

#include "mmu/check/checked_regime.h"
#include "mmu/check/stale_values.h"

namespace mmu::check {

// What of the regime gives a leaf its memory type, beside the leaf.
[[nodiscard]] arch::u16 register_memory_type(arch::Descriptor leaf, arch::AddressLayout layout, bool upper, const CheckedRegime& regime);

// Whether a translation of `leaf` under `before` differs by `effect` from one under `now`, so that who gets it has another memory
// type or may do more. `limited`: a table above has hierarchical permissions. What may do less only faults once more.
struct RegisterView {
    arch::Descriptor leaf{};
    arch::TableFormat format{};
    int level{0};
    bool upper{false};
    bool limited{false};
};
[[nodiscard]] bool has_effect(RegisterEffect effect, const RegisterView& view, const CheckedRegime& before, const CheckedRegime& now);

// The values, by address, with the barriers and TLBIs that end them: as stale descriptors end, but that a context
// synchronization event takes the place of the DSB before the TLBI.
class RegisterChanges {
public:
    RegisterChanges() : values_{[](const StaleValue&) {}} {}

    [[nodiscard]] bool empty() const { return values_.size() == 0; }
    [[nodiscard]] bool may_concern(arch::u64 va) const { return !empty() && values_.may_concern(va); }

    void begin_write() { ++order_.last; }
    void add(StaleValue value) {
        value.write_order = order_.last;
        values_.add(value);
    }
    // A context synchronization event; a write while nothing is translated needs none.
    void synchronized() { order_.visible_locally = order_.visible_in_domain = order_.last; }
    // Kernels need instructions between the ISB after the write and the TLBI. The second ISB, or a return to EL0, ends that.
    void isb() { due_ = std::exchange(after_isb_, order_.last); }
    void returned_to_user() { due_ = after_isb_ = order_.last; }
    void tlbi(const arch::TlbInvalidation& tlbi, const Site& site) {
        values_.invalidate(tlbi, order_, site, [](StaleValue&) {});
    }
    void dsb(bool in_domain) { values_.complete(in_domain); }

    [[nodiscard]] bool is_synchronized(const StaleValue& v) const { return v.write_order <= order_.visible_locally; }
    [[nodiscard]] bool is_due(const StaleValue& v) const { return v.write_order <= due_; }
    template <class Use>
    void for_each(const VaRange& range, Use use) {
        values_.for_each(range, use);
    }

private:
    StaleValues values_;
    StoreOrder order_{};
    arch::u64 after_isb_{0};
    arch::u64 due_{0};
};

}  // namespace mmu::check
