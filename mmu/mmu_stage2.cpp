// Where the two stages meet: outputs of stage 1 translated, entries that hold both, and faults for EL2.
// Arm: AArch64.FullTranslate.
#include <algorithm>
#include <bit>

#include "mmu/arch/sysreg_layout.h"
#include "mmu/mmu.h"
#include "mmu/tlb/coalescing.h"
#include "mmu/walk/memory_attributes.h"

namespace mmu {

using arch::FaultKind;
using arch::PhysicalAddress;
using arch::u64;
using arch::u8;
using arch::VirtualAddress;

namespace {

arch::Unexpected<FaultRecord> stage2_fault(const AccessDescriptor& access, VirtualAddress va, FaultKind kind, int level, u64 ipa) {
    return {FaultRecord{.kind = kind,
                        .level = level,
                        .is_write = reports_write(access, true),
                        .cache_maintenance = access.kind == AccessKind::CacheMaintenance,
                        .second_stage = true,
                        .ipa = ipa,
                        .va = va}};
}

unsigned count_reads(const LookupRecord& record) {
    return static_cast<unsigned>(std::count_if(record.steps.begin(), record.steps.begin() + record.step_count,
                                               [](const WalkStep& step) { return !step.update; }));
}

u64 output_address(const WalkOutcome& outcome, u64 va) { return outcome.output + (va & arch::low_mask(outcome.leaf_shift)); }

}  // namespace

arch::Unexpected<FaultRecord> Mmu::stage2_fault_of(const AccessDescriptor& access, VirtualAddress va, const WalkOutcome& outcome) {
    auto result = stage2_fault(access, va, outcome.fault, outcome.stage2_level, outcome.ipa);
    result.error.on_walk = outcome.stage2_of_table;
    if (outcome.stage2_of_table) result.error.is_write = outcome.stage2_is_write;
    result.error.stage1_level = static_cast<arch::i8>(outcome.level);
    return result;
}

void Mmu::translate_output(const AccessDescriptor& access, VirtualAddress va, WalkOutcome& outcome, LookupRecord& record) {
    if (outcome.fault != FaultKind::None) return;
    const unsigned before = count_reads(record);
    const u64 ipa = output_address(outcome, va.value);
    outcome.fault = stage2_.translate(ipa, {.access = access}, stage2_output_, &record);
    counters_.count(events_of(access).step, count_reads(record) - before);
    if (outcome.fault == FaultKind::None) return;
    outcome.second_stage = true;
    outcome.stage2_level = static_cast<arch::i8>(stage2_output_.level);
    outcome.ipa = ipa;
}

// An entry reaches as far as both stages do. Pages are aggregated where stage 2 maps them by one leaf, or by neighbouring
// pages of the same size that continue each other too: assumed.
TlbEntry Mmu::combined_entry(const WalkOutcome& outcome, u64 va) const {
    TlbEntry entry = entry_of(outcome, va, aggregated_shift_);
    TlbEntry output = stage2_output_;
    // A group that stage 2 maps in pieces is but pages to aggregate.
    if (!entry.is_aggregated() && output.reach_shift < entry.reach_shift && outcome.level == arch::kLeafLevel && aggregated_shift_ != 0) {
        entry = piece_of(entry, va, outcome.leaf_shift);
        aggregate(entry, aggregated_shift_, memory_);
    }
    const unsigned page = entry.page_shift;
    if (entry.is_aggregated() && output.reach_shift < entry.reach_shift) {
        const bool same_size = output.reach_shift == page && output.level == arch::kLeafLevel;
        if (same_size) aggregate(output, aggregated_shift_, memory_);
        entry.valid_pages = static_cast<u8>(output.is_aggregated() ? entry.valid_pages & output.valid_pages : 0);
        if (!std::has_single_bit(unsigned{entry.valid_pages}) && entry.valid_pages != 0) {
            entry.clean_pages = static_cast<u8>(entry.clean_pages & entry.valid_pages);
        } else {
            entry = entry_of(outcome, va, 0);
        }
    }
    const u64 reach = std::min(entry.reach_shift, output.reach_shift);
    if (reach < entry.reach_shift) entry = piece_of(entry, va, static_cast<unsigned>(reach));
    entry.pa = arch::align_down(output.pa_of(output_address(outcome, va)), u64{1} << reach);
    entry.permissions = limited(entry.permissions, output.table_limits);
    entry.table_limits = output.table_limits;
    entry.memory_attr = combined_attribute(entry.memory_attr, output.memory_attr, stage2_.regime().forces_write_back);
    entry.shareability = combined_shareability(entry.shareability, output.shareability, entry.memory_attr);
    return entry;
}

// A right that stage 2 does not give, or not yet, is for a walk to judge: an entry may go at any time.
Mmu::Readiness Mmu::judge_under_stage2(const AccessDescriptor& access, const TlbEntry& entry) const {
    return stage2_permits({.access = access}, entry.table_limits) ? Readiness::NotPermitted : Readiness::Stale;
}

void Mmu::walk_nested_for_prefetch(u64 va, const TablePointer& start, bool is_fetch, WalkOutcome& outcome, LookupRecord& walk) {
    walker_.walk_nested(regime_, va, start, stage2_, outcome, &walk);
    if (outcome.fault != FaultKind::None) return;
    const AccessDescriptor access{.kind = is_fetch ? AccessKind::Fetch : AccessKind::Load, .el = 1};
    outcome.fault = stage2_.translate(output_address(outcome, va), {.access = access}, stage2_output_, &walk);
}

TranslateResult Mmu::translate_flat_nested(const AccessDescriptor& access, VirtualAddress va, LookupRecord& record) {
    const TranslateResult flat = translate_flat(access, va);
    if (!flat) return flat;
    TlbEntry output;
    const u64 ipa = flat.value().pa.value;
    const FaultKind fault = stage2_.translate(ipa, {.access = access}, output, &record);
    if (fault != FaultKind::None) return stage2_fault(access, va, fault, static_cast<arch::i8>(output.level), ipa);
    Translation out = flat.value();
    out.pa = PhysicalAddress{output.pa_of(ipa)};
    out.memory_attr = combined_attribute(out.memory_attr, output.memory_attr, stage2_.regime().forces_write_back);
    out.shareability = combined_shareability(out.shareability, output.shareability, out.memory_attr);
    return out;
}

// EL2 takes the fault and returns to the instruction, which translates again. What it does not map is not there: as on a
// machine without stage 2, an External abort.
TranslateResult Mmu::try_again(const AccessDescriptor& access, VirtualAddress va, FaultRecord fault, LookupRecord& record) {
    for (u8 traps = 1;; ++traps) {
        if (el2_ == nullptr) break;
        counters_.count(Event::SIM_STAGE2_TRAP);
        if (!el2_->resolve(fault)) break;
        const TranslateResult result = translate_once(access, va, record);
        record.stage2_traps = traps;
        if (result || !result.error().second_stage) return result;
        fault = result.error();
    }
    if (el2_ == nullptr) return arch::Unexpected<FaultRecord>{fault};
    record.faulted = true;
    return arch::Unexpected<FaultRecord>{FaultRecord{.kind = fault.on_walk ? FaultKind::SyncExternalOnWalk : FaultKind::SyncExternal,
                                                     .level = fault.on_walk ? fault.stage1_level : 0,
                                                     .is_write = reports_write(access, true),
                                                     .cache_maintenance = fault.cache_maintenance,
                                                     .on_walk = fault.on_walk,
                                                     .va = va}};
}

void Mmu::set_stage2(const Stage2Registers& registers, Stage2Handler* el2) {
    el2_ = el2;
    if (registers == stage2_registers_) return;
    if (watcher_ != nullptr) watcher_->before_other_walks();
    stage2_registers_ = registers;
    stage2_.set_registers(registers);
    invalidate_both_stages();
}

// Translations of addresses of stage 2 alone, of which no LookupRecord tells either.
void Mmu::invalidate_ipa(u64 ipa) { static_cast<void>(stage2_.invalidate_ipa(ipa)); }

void Mmu::invalidate_both_stages() {
    if (watcher_ != nullptr) watcher_->before_drop();
    static_cast<void>(tlbs_.invalidate({}));
    drop_all_memos();
}

}  // namespace mmu
