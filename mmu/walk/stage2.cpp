#include "mmu/walk/stage2.h"

#include "mmu/arch/stage2.h"
#include "mmu/walk/contiguous.h"
#include "mmu/walk/hw_update.h"
#include "mmu/walk/table_walk.h"

namespace mmu {

using arch::Descriptor;
using arch::FaultKind;
using arch::Stage2Leaf;
using arch::u64;
using arch::u8;

namespace {

constexpr u8 kEl1NeverExecutes = 1;
constexpr u8 kEl0NeverExecutes = 2;
constexpr u8 kNeverReads = 4;
constexpr u8 kNeverWrites = 8;

// Addresses of stage 2 share structures with those of stage 1. No virtual address has bit 55 clear and bit 54 set.
constexpr u64 kIpaTag = u64{1} << 54;
constexpr arch::u16 kNoAsid = 0;

// S2AP[1] is the other way round than AP[2]: set means writable.
bool is_stage2_clean(Descriptor leaf) { return leaf.test<Descriptor::DBM>() && !leaf.test<Stage2Leaf::Writable>(); }

}  // namespace

TableLimits stage2_limits(Descriptor leaf, bool manages_dirty_state) {
    const u64 xn = leaf.get<Stage2Leaf::XN>();
    const bool writable = leaf.test<Stage2Leaf::Writable>() || (manages_dirty_state && leaf.test<Descriptor::DBM>());
    unsigned bits = 0;
    if (xn == 1 || xn == 2) bits |= kEl1NeverExecutes;
    if (xn == 2 || xn == 3) bits |= kEl0NeverExecutes;
    if (!leaf.test<Stage2Leaf::Readable>()) bits |= kNeverReads;
    if (!writable) bits |= kNeverWrites;
    return {static_cast<u8>(bits)};
}

bool stage2_permits(const Stage2Access& wanted, TableLimits limits) {
    if (wanted.is_update) return (limits.bits & (kNeverReads | kNeverWrites)) == 0;
    if (wanted.of_table) return (limits.bits & kNeverReads) == 0;
    const AccessDescriptor& access = wanted.access;
    if (access.kind == AccessKind::Fetch)
        return (limits.bits & (access.el == 0 ? kEl0NeverExecutes : kEl1NeverExecutes)) == 0;
    if (access.kind == AccessKind::CacheMaintenance) return true;
    if (access.kind == AccessKind::Atomic) return (limits.bits & (kNeverReads | kNeverWrites)) == 0;
    return (limits.bits & (access.writes() ? kNeverWrites : kNeverReads)) == 0;
}

Permissions limited(Permissions permissions, TableLimits limits) {
    using P = Permissions;
    constexpr unsigned kBoth = 1u | 1u << P::kEl1Shift;
    unsigned bits = permissions.bits;
    if ((limits.bits & kNeverReads) != 0) bits &= ~(P::kRead * kBoth);
    if ((limits.bits & kNeverWrites) != 0) bits &= ~(P::kWrite * kBoth);
    if ((limits.bits & kEl0NeverExecutes) != 0) bits &= ~unsigned{P::kExecute};
    if ((limits.bits & kEl1NeverExecutes) != 0) bits &= ~(unsigned{P::kExecute} << P::kEl1Shift);
    return {static_cast<u8>(bits)};
}

FaultKind Stage2::translate(u64 ipa, const Stage2Access& wanted, TlbEntry& found, LookupRecord* record) const {
    found.level = 0;
    if (!regime_.in_range(ipa) || regime_.walk.walks_disabled) return FaultKind::Translation;
    if (!regime_.walk.base_in_range) return FaultKind::AddressSize;
    if (record == nullptr) return walk(ipa, wanted, found, nullptr);
    if (const TlbEntry* cached = tlbs_.find_ipa(ipa | kIpaTag)) {
        found = *cached;
        // What the entry does not allow, the tables may by now; a clean page must be made dirty there.
        if (stage2_permits(wanted, cached->table_limits)) {
            counters_.count(Event::SIM_IPA_HIT);
            return FaultKind::None;
        }
        tlbs_.drop_ipa(ipa | kIpaTag);
    }
    return walk(ipa, wanted, found, record);
}

// Arm: access flag before permissions.
FaultKind Stage2::judge(const WalkOutcome& outcome, const Stage2Access& wanted) const {
    if (outcome.fault != FaultKind::None) return outcome.fault;
    if (!outcome.leaf.test<Descriptor::AF>() && !regime_.manages_access_flag) return FaultKind::AccessFlag;
    const TableLimits limits = stage2_limits(outcome.leaf, regime_.manages_dirty_state);
    const bool is_device = regime_.forces_write_back ? outcome.leaf.get<Stage2Leaf::MemAttr>() < 4
                                                     : (outcome.leaf.get<Stage2Leaf::MemAttr>() & 12) == 0;
    if (wanted.of_table && regime_.protects_walks && is_device) return FaultKind::Permission;
    return stage2_permits(wanted, limits) ? FaultKind::None : FaultKind::Permission;
}

// Sets access flag and dirty state in the tables where the hardware manages them. false: the descriptor is no longer what was
// read.
bool Stage2::update(WalkOutcome& outcome, const Stage2Access& wanted, LookupRecord& record) const {
    const bool writes = wanted.is_update || (!wanted.of_table && wanted.access.writes());
    Descriptor updated = outcome.leaf.with<Descriptor::AF>(1);
    if (writes && regime_.manages_dirty_state && is_stage2_clean(outcome.leaf)) updated = updated.with<Stage2Leaf::Writable>(1);
    if (updated == outcome.leaf) return true;
    return replace_leaf(memory_, regime_.walk.write_back_walks, updated, true, outcome, record);
}

FaultKind Stage2::walk(u64 ipa, const Stage2Access& wanted, TlbEntry& found, LookupRecord* record) const {
    const WalkParams& params = regime_.walk;
    const auto cached = record != nullptr ? tlbs_.walk_caches().find(ipa | kIpaTag, kNoAsid, params) : std::nullopt;
    const TablePointer root{.table = params.table_base, .limits = {}, .level = static_cast<arch::i8>(params.start_level)};
    WalkOutcome outcome;
    do {
        outcome.fault = FaultKind::None;
        outcome.table_count = 0;
        const unsigned before = record != nullptr ? record->step_count : 0u;
        TableWalk<2>::run(memory_, params, ipa, cached ? *cached : root, outcome, record, InPlace{});
        if (record != nullptr) counters_.count(Event::SIM_STAGE2_STEP, record->step_count - before);
        outcome.fault = judge(outcome, wanted);
    } while (outcome.fault == FaultKind::None && record != nullptr && !update(outcome, wanted, *record));
    found.level = static_cast<u8>(outcome.level < 0 ? 0xff : outcome.level);
    if (record != nullptr && outcome.table_count != 0)
        tlbs_.walk_caches().fill({outcome.tables.data(), outcome.table_count}, ipa | kIpaTag, kNoAsid, params);
    if (outcome.fault != FaultKind::None) return outcome.fault;
    found = entry_of(outcome, ipa);
    if (record != nullptr) tlbs_.fill_ipa(found, ipa | kIpaTag);
    return FaultKind::None;
}

TlbEntry Stage2::entry_of(const WalkOutcome& outcome, u64 ipa) const {
    const unsigned own = outcome.leaf_shift;
    const bool is_group = uses_hint(config_.contiguous) && outcome.leaf_contiguous;
    const unsigned reach = is_group ? contiguous_reach(outcome.leaf, regime_.walk.granule, outcome.level, ipa, true) : own;
    TlbEntry entry;
    entry.kind = TlbEntry::Kind::Leaf;
    entry.global = true;
    entry.va = arch::align_down(ipa | kIpaTag, u64{1} << reach);
    entry.pa = arch::align_down(outcome.output + (ipa & arch::low_mask(own)), u64{1} << reach);
    entry.descriptor_pa = outcome.descriptor_pa;
    entry.descriptor = outcome.leaf.raw;
    entry.reach_shift = entry.page_shift = static_cast<u8>(reach);
    entry.leaf_shift = static_cast<u8>(own);
    entry.level = static_cast<u8>(outcome.level);
    // A clean page is one that must not be written through this entry.
    entry.table_limits = stage2_limits(outcome.leaf, false);
    entry.memory_attr = static_cast<u8>(outcome.leaf.get<Stage2Leaf::MemAttr>());
    entry.shareability = outcome.shareability;
    return entry;
}

bool Stage2::locate_table(u64& address, bool is_update, WalkOutcome& out, LookupRecord* record) const {
    out.descriptor_ipa = address;
    TlbEntry found;
    const FaultKind fault = translate(address, {.of_table = true, .is_update = is_update}, found, record);
    if (fault != FaultKind::None) {
        out.fault = fault;
        out.stage2_level = static_cast<arch::i8>(found.level);
        out.second_stage = out.stage2_of_table = true;
        out.stage2_is_write = is_update;
        out.ipa = address;
        return false;
    }
    address = found.pa_of(address);
    return true;
}

unsigned Stage2::invalidate_ipa(u64 ipa) const {
    arch::TlbInvalidation tlbi;
    tlbi.scope = arch::TlbInvalidation::Scope::VaAllAsids;
    tlbi.granule = regime_.walk.granule;
    tlbi.bytes = arch::page_size(tlbi.granule);
    tlbi.va = arch::align_down(ipa, tlbi.bytes) | kIpaTag;
    return tlbs_.invalidate(tlbi);
}

}  // namespace mmu
