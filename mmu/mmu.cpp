#include "mmu/mmu.h"

#include "mmu/arch/sysreg_layout.h"
#include "mmu/tlb/coalescing.h"
#include "mmu/walk/contiguous.h"
#include "mmu/walk/hw_update.h"

namespace mmu {

using arch::Descriptor;
using arch::FaultKind;
using arch::PhysicalAddress;
using arch::u64;
using arch::u8;
using arch::VirtualAddress;
using Source = LookupRecord::Source;

namespace {

constexpr u8 kNormalNonCacheable = 0x44;
constexpr u8 kNormalWriteThrough = 0xaa;
constexpr u8 kOuterShareable = 2;

const MmuConfig& checked(const MmuConfig& config) {
    validate(config);
    return config;
}

void reset(LookupRecord& record) {
    record.source = Source::None;
    record.reach_shift = 12;
    record.faulted = false;
    record.l1_slot = record.l2_slot = record.prefetch_slot = kNoSlot;
    record.step_count = record.prefetch_step_count = 0;
    record.walk_cache_hit = false;
    record.stage2_traps = 0;
}

arch::Unexpected<FaultRecord> fault(const AccessDescriptor& access, VirtualAddress va, FaultKind kind, int level,
                                    bool read_would_succeed = false) {
    return {FaultRecord{.kind = kind,
                        .level = level,
                        .is_write = reports_write(access, read_would_succeed),
                        .cache_maintenance = access.kind == AccessKind::CacheMaintenance,
                        .on_walk = kind == FaultKind::SyncExternalOnWalk,
                        .va = va}};
}

// PAN fails reads as well as writes.
bool may_read(const AccessDescriptor& access, Permissions permissions) {
    AccessDescriptor read = access;
    read.kind = AccessKind::Load;
    return is_permitted(read, permissions);
}

arch::Unexpected<FaultRecord> permission_fault(const AccessDescriptor& access, VirtualAddress va, int level,
                                               Permissions permissions) {
    return fault(access, va, FaultKind::Permission, level, may_read(access, permissions));
}

// SCTLR_EL1.C and .I clear: Normal memory is accessed Non-cacheable.
u8 effective_attr(const TranslationRegime& regime, bool is_fetch, u8 attr) {
    const bool cacheable = is_fetch ? regime.fetch_cacheable : regime.data_cacheable;
    return cacheable || arch::MairAttr::is_device(attr) ? attr : kNormalNonCacheable;
}

HostTlb::L1 l1_of(TlbHierarchy& tlbs, const TlbConfig& config, bool is_fetch) { return {tlbs.l1(is_fetch).clock(), config.entries}; }

}  // namespace

Mmu::Mmu(const MmuConfig& config, PhysicalMemoryPort& memory, Counters& counters)
    : config_{checked(config)},
      memory_{memory},
      counters_{counters},
      regime_{decode_regime({}, config.features)},
      walker_{memory},
      tlbs_{config},
      stage2_{config_, memory, tlbs_, counters},
      group_choice_{config, memory},
      nt_faults_{config.nt_faults && config.features.bbm >= 1},
      aggregated_shift_{config.hpa == Aggregation::Off ? 0 : coalesce_shift(config.contiguous)},
      host_tlb{{l1_of(tlbs_, config.l1d_tlb, false), l1_of(tlbs_, config.l1i_tlb, true)},
               {l1_of(tlbs_, config.l1d_tlb, false), l1_of(tlbs_, config.l1i_tlb, true)}} {}

// Arm: AArch64.S1DisabledOutput.
TranslateResult Mmu::translate_flat(const AccessDescriptor& access, VirtualAddress va) const {
    const bool tag_ignored = regime_.half_of(va.value).top_byte_ignored(access.kind == AccessKind::Fetch);
    const u64 address = tag_ignored ? va.value & arch::low_mask(56) : va.value;
    if ((address >> regime_.pa_bits) != 0) return fault(access, va, FaultKind::AddressSize, 0);
    Translation out{.pa = PhysicalAddress{address}, .memory_attr = 0, .shareability = kOuterShareable};
    if (access.kind == AccessKind::Fetch) out.memory_attr = regime_.fetch_cacheable ? kNormalWriteThrough : kNormalNonCacheable;
    return out;
}

// A hit is only as good as the entry's permissions and its dirty state.
inline Mmu::Readiness Mmu::make_ready(const AccessDescriptor& access, VirtualAddress va, Tlb& tlb, unsigned slot,
                               LookupRecord& record) {
    const TlbEntry& entry = tlb.entry(slot);
    if (!is_permitted(access, entry.permissions)) return stage2_.on() ? judge_under_stage2(access, entry) : Readiness::NotPermitted;
    if (!access.writes() || !entry.is_clean_at(va.value)) return Readiness::Ready;
    if (stage2_.on()) return Readiness::Stale;  // whether the table may be written is for a walk to find out
    return make_dirty_through(va, tlb, slot, record);
}

// A write through a clean entry makes it dirty, here and in the other level, after the descriptor. A stale descriptor means
// that the tables must be walked.
Mmu::Readiness Mmu::make_dirty_through(VirtualAddress va, Tlb& tlb, unsigned slot, LookupRecord& record) {
    WalkStep step;
    switch (make_dirty(memory_, tlb.entry(slot), va.value, step)) {
        case DirtyOutcome::Stale: return Readiness::Stale;
        case DirtyOutcome::Unsupported: return Readiness::NotUpdatable;
        case DirtyOutcome::Updated:
            append_step(record, step);
            counters_.count(Event::DTLB_HWUPD);
            break;
        case DirtyOutcome::AlreadyDirty: break;
    }
    tlb.set_dirty(slot, va.value);
    const auto lower = tlbs_.find_l2(va.value, regime_.asid);
    if (lower.slot != Tlb::kNone) lower.tlb->set_dirty(lower.slot, va.value);
    return Readiness::Ready;
}

// Which accesses a memo may serve: only those that would hit again with nothing left to check or to do. A page that is
// read and may be written without further ado is remembered for both, for it is usually written next.
inline void Mmu::remember(const AccessDescriptor& access, VirtualAddress va, Tlb& l1, unsigned slot, const Translation& served) {
    if (!config_.host_tlb || !has_memos(access.kind) || config_.bbm_choice == GroupDecision::Abort) return;
    const TlbEntry& entry = l1.entry(slot);
    const bool is_fetch = access.kind == AccessKind::Fetch;
    if (!is_fetch) {
        if (arch::MairAttr::is_device(entry.memory_attr)) return;  // alignment is checked
        if (access.el == 1 && entry.permissions.el0_may_read()) return;  // depends on PSTATE.PAN
    }
    const PhysicalAddress page_pa = served.pa.align_down_to(4096);
    const bool writable = !is_fetch && entry.permissions.allows(access.el, Permissions::kWrite | Permissions::kRead) &&
                          !entry.is_clean_at(va.value) && !memory_.has_code(page_pa);
    const HostTlb::Origin origin{.page_pa = page_pa.value,
                                 .l1_slot = static_cast<arch::u16>(slot),
                                 .memory_attr = served.memory_attr,
                                 .reach_shift = served.reach_shift};
    host_tlb[access.el].remember(memo_kind_of(access.kind), va.value, served.host_page, l1.use(slot), origin, writable);
}

// The outcome of a hit, or of a refill, with the entry that serves it.
TranslateResult Mmu::conclude(const AccessDescriptor& access, VirtualAddress va, Tlb& tlb, unsigned slot,
                              Readiness readiness, LookupRecord& record) {
    const TlbEntry& entry = tlb.entry(slot);
    record.reach_shift = entry.reach_shift;
    if (readiness == Readiness::NotPermitted) return permission_fault(access, va, entry.level, entry.permissions);
    if (readiness == Readiness::NotUpdatable) return fault(access, va, FaultKind::UnsupportedAtomicUpdate, entry.level);
    record.l1_slot = static_cast<arch::u16>(slot);
    const PhysicalAddress pa{entry.pa_of(va.value)};
    const Translation out{.pa = pa,
                          .memory_attr = effective_attr(regime_, access.kind == AccessKind::Fetch, entry.memory_attr),
                          .shareability = entry.shareability,
                          .reach_shift = entry.reach_shift,
                          .host_page = memory_.page(pa)};
    if (out.host_page != nullptr) remember(access, va, tlb, slot, out);
    return out;
}

[[gnu::flatten]] TranslateResult Mmu::walk(const AccessDescriptor& access, VirtualAddress va, LookupRecord& record) {
    const SideEvents& events = events_of(access);
    record.source = Source::Walk;
    counters_.count(Event::L2D_TLB_REFILL);
    counters_.count(events.walk);
    WalkOutcome outcome;
    walk_on_demand(access, va, outcome, record);
    if (outcome.leaf_contiguous) counters_.count(Event::SIM_WALK_CONTIGUOUS);
    if (stage2_.on()) [[unlikely]] translate_output(access, va, outcome, record);
    if (outcome.fault != FaultKind::None) {
        counters_.count(Event::SIM_WALK_FAULT);
        if (outcome.second_stage) return stage2_fault_of(access, va, outcome);
        if (outcome.fault != FaultKind::Permission) return fault(access, va, outcome.fault, outcome.level);
        return permission_fault(access, va, outcome.level, outcome.permissions);
    }
    const TlbEntry entry = stage2_.on() ? combined_entry(outcome, va.value) : entry_of(outcome, va.value, aggregated_shift_);
    memory_.expect_access(PhysicalAddress{entry.pa_of(va.value)});
    if (entry.is_aggregated()) counters_.count(Event::SIM_FILL_COALESCED);
    const bool is_fetch = access.kind == AccessKind::Fetch;
    const unsigned slot = tlbs_.fill_from_walk(is_fetch, entry, va.value, record.l2_slot);
    const auto result = conclude(access, va, tlbs_.l1(is_fetch), slot, Readiness::Ready, record);
    if (config_.prefetch != Prefetch::Off) prefetch_after_walk(entry, va.value, is_fetch, record);
    return result;
}

// Walks, judges the leaf, and updates it in memory where the access and the hardware ask for that; again from the start
// whenever somebody else changed the descriptor meanwhile.
inline void Mmu::walk_on_demand(const AccessDescriptor& access, VirtualAddress va, WalkOutcome& outcome, LookupRecord& record) {
    const SideEvents& events = events_of(access);
    const WalkParams& params = regime_.half_of(va.value);
    outcome.fault = TableWalker::start_fault(regime_, va.value, access.kind == AccessKind::Fetch);
    outcome.level = 0;
    if (outcome.fault != FaultKind::None) return;
    const auto cached = tlbs_.walk_caches().find(va.value, regime_.asid, params);
    record.walk_cache_hit = cached.has_value();
    if (cached) counters_.count(Event::SIM_WALK_CACHE_HIT);
    const TablePointer start = cached ? *cached : TableWalker::root(regime_, va.value);
    do {
        record.step_count = 0;
        outcome.table_count = 0;
        if (stage2_.on()) [[unlikely]] walker_.walk_nested(regime_, va.value, start, stage2_, outcome, &record);
        else walker_.walk(regime_, va.value, start, outcome, &record);
        counters_.count(events.step, record.step_count);
        if (group_choice_.is_active() && outcome.leaf_contiguous && outcome.fault == FaultKind::None) [[unlikely]]
            group_choice_.apply(params.granule, {regime_.write_implies_xn, regime_.manages_dirty_state}, outcome);
        judge_leaf(access, outcome);
    } while (outcome.fault == FaultKind::None && !update_leaf(access, params, outcome, record));
    if (outcome.table_count == 0) return;
    tlbs_.fill_tables({outcome.tables.data(), outcome.table_count}, va.value, regime_.asid, params);
}

// Arm: the order of AArch64.S1Translate: access flag before permissions.
inline void Mmu::judge_leaf(const AccessDescriptor& access, WalkOutcome& outcome) const {
    if (outcome.fault != FaultKind::None) return;
    if (nt_faults_ && outcome.level < arch::kLeafLevel && outcome.leaf.test<Descriptor::nT>()) outcome.fault = FaultKind::Translation;
    else if (!outcome.leaf.test<Descriptor::AF>() && !regime_.manages_access_flag) outcome.fault = FaultKind::AccessFlag;
    else if (!is_permitted(access, outcome.permissions)) outcome.fault = FaultKind::Permission;
}

// false: the descriptor is no longer what was read.
inline bool Mmu::update_leaf(const AccessDescriptor& access, const WalkParams& params, WalkOutcome& outcome,
                      LookupRecord& record) {
    if (outcome.leaf.test<Descriptor::AF>() && !access.writes()) return true;
    const bool make_dirty = access.writes() && regime_.manages_dirty_state && is_clean(outcome.leaf);
    const Descriptor updated = after_access(outcome.leaf, make_dirty);
    if (updated == outcome.leaf) return true;
    if (stage2_.on() && params.write_back_walks && !stage2_.locate_table_again(outcome, record)) return true;
    if (!replace_leaf(memory_, params.write_back_walks, updated, false, outcome, record)) return false;
    if (outcome.fault == FaultKind::None) counters_.count(events_of(access).hardware_update);
    return true;
}

// The largest entry that the walk justifies; each TLB holds as much of it as it can.
TlbEntry Mmu::entry_of(const WalkOutcome& outcome, u64 va, unsigned aggregated_shift) const {
    const u64 address = static_cast<u64>(arch::sign_extend(va, 56));
    const unsigned own = outcome.leaf_shift;
    const bool is_group = uses_hint(config_.contiguous) && outcome.leaf_contiguous;
    const unsigned reach = is_group ? group_reach(regime_.half_of(va).granule, outcome.level, address, outcome.output) : own;

    TlbEntry entry;
    entry.kind = TlbEntry::Kind::Leaf;
    entry.va = arch::align_down(address, u64{1} << reach);
    entry.pa = arch::align_down(outcome.output, u64{1} << reach);
    entry.descriptor_pa = outcome.descriptor_pa;
    entry.descriptor = outcome.leaf.raw;
    entry.global = !outcome.leaf.test<Descriptor::nG>();
    entry.asid = entry.global ? arch::u16{0} : regime_.asid;
    entry.reach_shift = entry.page_shift = static_cast<u8>(reach);
    entry.leaf_shift = static_cast<u8>(own);
    entry.level = static_cast<u8>(outcome.level);
    entry.clean_pages = regime_.manages_dirty_state && is_clean(outcome.leaf) ? 1 : 0;
    entry.permissions = outcome.permissions;
    entry.memory_attr = regime_.mair[outcome.leaf.get<Descriptor::AttrIndx>()];
    entry.shareability = outcome.shareability;
    if (aggregated_shift != 0 && outcome.level == arch::kLeafLevel && reach == own) aggregate(entry, aggregated_shift, memory_);
    return entry;
}

inline TranslateResult Mmu::look_up_l2(const AccessDescriptor& access, VirtualAddress va, LookupRecord& record) {
    const auto hit = tlbs_.find_l2(va.value, regime_.asid);
    if (hit.slot == Tlb::kNone) return walk(access, va, record);
    Tlb& l2 = *hit.tlb;
    const unsigned slot = hit.slot;
    if (conflicts(l2, va)) [[unlikely]] return fault(access, va, FaultKind::TlbConflict, 0);
    const Readiness readiness = make_ready(access, va, l2, slot, record);
    if (readiness == Readiness::Stale) {
        drop_outdated(va.value);
        return walk(access, va, record);
    }
    counters_.count(Event::SIM_L2_HIT);
    counters_.count(kL2HitByReach[reach_class(l2.entry(slot).reach_shift)]);
    l2.touch(slot);
    record.source = Source::L2Hit;
    record.l2_slot = tlbs_.number_of(hit);
    if (readiness != Readiness::Ready) return conclude(access, va, l2, slot, readiness, record);
    return refill(access, va, hit, record);
}

inline TranslateResult Mmu::refill(const AccessDescriptor& access, VirtualAddress va, TlbHierarchy::L2Place hit, LookupRecord& record) {
    const bool is_fetch = access.kind == AccessKind::Fetch;
    Tlb& l1 = tlbs_.l1(is_fetch);
    const TlbEntry& served = hit.tlb->entry(hit.slot);
    if (!served.prefetched) [[likely]]
        return conclude(access, va, l1, tlbs_.fill_from_l2(is_fetch, hit, va.value), Readiness::Ready, record);
    hit.tlb->set_used(hit.slot);
    const TlbEntry entry = served;  // which the refill may move, and the prefetch evict
    const auto result = conclude(access, va, l1, tlbs_.fill_from_l2(is_fetch, hit, va.value), Readiness::Ready, record);
    prefetch_after_use(entry, va.value, is_fetch, record);
    return result;
}

inline TranslateResult Mmu::look_up(const AccessDescriptor& access, VirtualAddress va, LookupRecord& record) {
    const SideEvents& events = events_of(access);
    const bool is_fetch = access.kind == AccessKind::Fetch;
    Tlb& l1 = tlbs_.l1(is_fetch);
    const bool in_range = regime_.in_range(va.value, is_fetch);
    const unsigned slot = in_range ? l1.find(va.value, regime_.asid) : Tlb::kNone;
    if (slot != Tlb::kNone) {
        if (conflicts(l1, va)) [[unlikely]] return fault(access, va, FaultKind::TlbConflict, 0);
        const Readiness readiness = make_ready(access, va, l1, slot, record);
        if (readiness != Readiness::Stale) {
            count_l1_hits(events, reach_class(l1.entry(slot).reach_shift), 1);
            l1.touch(slot);
            record.source = Source::L1Hit;
            return conclude(access, va, l1, slot, readiness, record);
        }
        drop_outdated(va.value);
    }
    if (watcher_ != nullptr) watcher_->note_miss();
    counters_.count(events.refill);
    counters_.count(Event::L2D_TLB);
    return in_range ? look_up_l2(access, va, record) : walk(access, va, record);
}

TranslateResult Mmu::translate(const AccessDescriptor& access, VirtualAddress va, LookupRecord& record) {
    if (!stage2_.on()) [[likely]] return translate_once(access, va, record);
    const TranslateResult result = translate_once(access, va, record);
    if (!result && result.error().second_stage) [[unlikely]] return try_again(access, va, result.error(), record);
    return result;
}

TranslateResult Mmu::translate_once(const AccessDescriptor& access, VirtualAddress va, LookupRecord& record) {
    reset(record);
    if (!regime_.mmu_on) {
        record.source = Source::MmuOff;
        auto result = stage2_.on() ? translate_flat_nested(access, va, record) : translate_flat(access, va);
        if (result) result.value().host_page = memory_.page(result.value().pa);
        record.faulted = !result;
        return result;
    }
    if (access.el == 0 && regime_.half_of(va.value).el0_kept_out) [[unlikely]] {
        record.faulted = true;
        return fault(access, va, FaultKind::Translation, 0);  // E0PD: not counted, whatever the TLBs hold
    }
    counters_.count(events_of(access).lookup);
    auto result = look_up(access, va, record);
    record.faulted = !result;
    return result;
}

TranslateResult Mmu::translate_address(const AccessDescriptor& access, VirtualAddress va) const {
    if (!regime_.mmu_on) return translate_flat(access, va);
    const WalkParams& params = regime_.half_of(va.value);
    if (access.el == 0 && params.el0_kept_out) return fault(access, va, FaultKind::Translation, 0);
    const FaultKind start = TableWalker::start_fault(regime_, va.value, access.kind == AccessKind::Fetch);
    if (start != FaultKind::None) return fault(access, va, start, 0);
    WalkOutcome outcome;
    const TablePointer root = TableWalker::root(regime_, va.value);
    if (stage2_.on()) walker_.walk_nested(regime_, va.value, root, stage2_, outcome, nullptr);
    else walker_.walk(regime_, va.value, root, outcome, nullptr);
    if (outcome.second_stage) return stage2_fault_of(access, va, outcome);
    judge_leaf(access, outcome);
    if (outcome.fault == FaultKind::Permission) return permission_fault(access, va, outcome.level, outcome.permissions);
    if (outcome.fault != FaultKind::None) return fault(access, va, outcome.fault, outcome.level);
    const u8 attr = regime_.mair[outcome.leaf.get<Descriptor::AttrIndx>()];
    return Translation{
        .pa = PhysicalAddress{outcome.output + (va.value & arch::low_mask(outcome.leaf_shift))},
        .memory_attr = effective_attr(regime_, access.kind == AccessKind::Fetch, attr),
        .shareability = outcome.shareability,
        .reach_shift = static_cast<u8>(outcome.leaf_shift),
        .guarded = outcome.leaf.test<Descriptor::GP>()};
}

void Mmu::count_l1_hits(const SideEvents& events, unsigned reach, u64 hits) {
    counters_.count(events.hit, hits);
    if (events.counts_reach) counters_.count(kL1dHitByReach[reach], hits);
}

}  // namespace mmu
