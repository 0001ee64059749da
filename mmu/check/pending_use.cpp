#include "mmu/check/pending_use.h"

#include <algorithm>
#include <utility>

namespace mmu::check {

void PendingUse::made(const Made& made) {
    if (!made_.empty() && !made_.back().visible) {
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
    std::erase_if(made_, [](const Made& m) { return m.visible; });
}

std::optional<PendingUse::Made> PendingUse::take_made(arch::u64 va) {
    const auto found = std::find_if(made_.begin(), made_.end(), [va](const Made& m) { return m.range.contains(va); });
    if (found == made_.end()) return std::nullopt;
    const Made made = *found;
    made_.erase(found);
    return made;
}

std::optional<Site> PendingUse::take_register(arch::u64 va) {
    Site& site = registers_[(va >> 55) & 1];
    if (!site.known()) return std::nullopt;
    return std::exchange(site, {});
}

}  // namespace mmu::check
