#include "mmu/check/pending_use.h"

#include <algorithm>

namespace mmu::check {

void PendingUse::made(const Made& made) {
    if (!made_.empty() && !made_.back().visible && made_.back().for_fetch == made.for_fetch) {
        VaRange& last = made_.back().range;
        if (last.first + last.bytes == made.range.first) {
            last.bytes += made.range.bytes;
            return;
        }
    }
    made_.push_back(made);
}

void PendingUse::stores_visible() {
    for (Made& m : made_) m.visible = true;
}

void PendingUse::synchronized() {
    registers_ = {};
    ended_.clear();
    mmu_switched_ = execution_allowed_ = {};
    std::erase_if(made_, [](const Made& m) { return m.visible; });
}

void PendingUse::returned_to_user() {
    std::erase_if(made_, [](const Made& m) { return m.for_fetch; });
}

std::optional<PendingUse::Made> PendingUse::take_made(arch::u64 va, bool fetch) {
    const auto found = std::find_if(made_.begin(), made_.end(),
                                    [va, fetch](const Made& m) { return (fetch || !m.for_fetch) && m.range.contains(va); });
    if (found == made_.end()) return std::nullopt;
    const Made made = *found;
    made_.erase(found);
    return made;
}

std::optional<StaleValue> PendingUse::take_ended(arch::u64 va, arch::u16 asid) {
    const auto found = std::find_if(ended_.begin(), ended_.end(),
                                    [va, asid](const StaleValue& v) { return v.owned_by(asid) && v.reach.contains(va); });
    if (found == ended_.end()) return std::nullopt;
    const StaleValue value = *found;
    ended_.erase(found);
    return value;
}

std::optional<Site> PendingUse::take_register(arch::u64 va) {
    Site& site = registers_[(va >> 55) & 1];
    if (!site.known()) return std::nullopt;
    return std::exchange(site, {});
}

}  // namespace mmu::check
