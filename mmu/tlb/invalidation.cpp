#include "mmu/tlb/invalidation.h"

#include <algorithm>

namespace mmu {

using arch::TlbInvalidation;
using arch::u64;
using arch::u8;
using Scope = TlbInvalidation::Scope;

namespace {

// Addresses as 56-bit numbers: bits 63:56 are the tag or copies of bit 55, and no TLBI operand has them.
constexpr u64 kAddressMask = arch::low_mask(56);

struct Span {
    u64 first;
    u64 bytes;
    [[nodiscard]] bool meets(Span other) const {
        return ((other.first - first) & kAddressMask) < bytes || ((first - other.first) & kAddressMask) < other.bytes;
    }
};

Span span_of(const TlbInvalidation& tlbi) { return {tlbi.va & kAddressMask, tlbi.bytes}; }

Span span_of(const TlbEntry& entry) {
    const unsigned shift = std::max(entry.reach_shift, entry.leaf_shift);
    return {arch::align_down(entry.va & kAddressMask, u64{1} << shift), u64{1} << shift};
}

bool owner_matches(const TlbInvalidation& tlbi, const TlbEntry& entry) {
    switch (tlbi.scope) {
        case Scope::All:
        case Scope::VaAllAsids: return true;
        case Scope::Asid: return !entry.global && entry.asid == tlbi.asid;
        case Scope::VaAsid: return entry.global || entry.asid == tlbi.asid;
    }
    return false;
}

}  // namespace

bool matches(const TlbInvalidation& tlbi, const TlbEntry& entry) {
    if (entry.kind == TlbEntry::Kind::None || !owner_matches(tlbi, entry)) return false;
    if (!is_by_address(tlbi)) return true;
    if (!span_of(tlbi).meets(span_of(entry))) return false;
    if (entry.kind == TlbEntry::Kind::Table) return !tlbi.last_level_only;
    if (tlbi.ttl_level >= 0 && tlbi.ttl_level != entry.level) return false;
    return pages_hit(tlbi, entry) != 0;
}

u8 pages_hit(const TlbInvalidation& tlbi, const TlbEntry& entry) {
    if (!entry.is_aggregated() || !is_by_address(tlbi)) return entry.valid_pages;
    const unsigned pages = 1u << (entry.reach_shift - entry.page_shift);
    unsigned hit = 0;
    for (unsigned i = 0; i < pages; ++i) {
        const Span page{(entry.va + (u64{i} << entry.page_shift)) & kAddressMask, u64{1} << entry.page_shift};
        if (span_of(tlbi).meets(page)) hit |= 1u << i;
    }
    return static_cast<u8>(hit & entry.valid_pages);
}

}  // namespace mmu
