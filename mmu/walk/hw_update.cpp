#include "mmu/walk/hw_update.h"

namespace mmu {

using arch::Descriptor;
using arch::PhysicalAddress;
using arch::u64;

namespace {

// Bits that hardware does not translate by, and those that its own updates change.
constexpr u64 kNotCompared = arch::BitField<63, 55>::kMask | Descriptor::AF::kMask | Descriptor::AP2::kMask;
constexpr unsigned kMaxAttempts = 64;

bool is_same_translation(Descriptor a, Descriptor b) { return ((a.raw ^ b.raw) & ~kNotCompared) == 0; }

}  // namespace

DirtyOutcome make_dirty(PhysicalMemoryPort& memory, const TlbEntry& entry, u64 va, WalkStep& step) {
    const u64 page = entry.page_of(va);
    const PhysicalAddress pa{entry.descriptor_pa + 8 * page};
    const Descriptor expected{entry.descriptor + (page << entry.page_shift)};
    for (unsigned attempt = 0; attempt < kMaxAttempts; ++attempt) {
        const auto raw = memory.read64(pa);
        if (!raw) return DirtyOutcome::Unsupported;
        const Descriptor current{*raw};
        if (!is_same_translation(current, expected)) return DirtyOutcome::Stale;
        if (!is_clean(current)) return DirtyOutcome::AlreadyDirty;
        const Descriptor dirty = after_access(current, true);
        const auto result = memory.compare_exchange64(pa, current.raw, dirty.raw);
        if (result == CompareExchangeResult::Fault) return DirtyOutcome::Unsupported;
        if (result == CompareExchangeResult::Changed) continue;
        step = {pa.value, dirty.raw, static_cast<arch::i8>(entry.level), true, false};
        return DirtyOutcome::Updated;
    }
    return DirtyOutcome::Stale;
}

bool replace_leaf(PhysicalMemoryPort& memory, bool write_back, Descriptor updated, bool of_stage2, WalkOutcome& outcome,
                  LookupRecord& record) {
    const PhysicalAddress pa{outcome.descriptor_pa};
    const auto result = write_back ? memory.compare_exchange64(pa, outcome.leaf.raw, updated.raw) : CompareExchangeResult::Fault;
    if (result == CompareExchangeResult::Changed) return false;
    if (result == CompareExchangeResult::Fault) {
        outcome.fault = arch::FaultKind::UnsupportedAtomicUpdate;
        return true;
    }
    outcome.leaf = updated;
    append_step(record, {pa.value, updated.raw, static_cast<arch::i8>(outcome.level), true, of_stage2});
    return true;
}

}  // namespace mmu
