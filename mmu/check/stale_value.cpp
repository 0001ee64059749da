#include "mmu/check/stale_value.h"

namespace mmu::check {

using Scope = arch::TlbInvalidation::Scope;

bool names(const arch::TlbInvalidation& tlbi, const StaleValue& value) {
    switch (tlbi.scope) {
        case Scope::All: return true;
        case Scope::Asid: return !value.global && value.asid == tlbi.asid;
        case Scope::VaAsid:
            if (!value.owned_by(tlbi.asid)) return false;
            break;
        case Scope::VaAllAsids: break;
    }
    if (value.is_table && tlbi.last_level_only) return false;
    return value.own.meets({tlbi.va, tlbi.bytes});
}

bool hits_level(const arch::TlbInvalidation& tlbi, const StaleValue& value) {
    const bool by_address = tlbi.scope == Scope::VaAsid || tlbi.scope == Scope::VaAllAsids;
    return !by_address || value.is_table || tlbi.ttl_level < 0 || tlbi.ttl_level == value.level;
}

}  // namespace mmu::check
