// What happens to an Mmu between accesses: registers, TLB maintenance, memos, counters and state.
#include "mmu/mmu.h"

namespace mmu {

using arch::PhysicalAddress;
using arch::TlbInvalidation;
using arch::u64;
using arch::u8;

void Mmu::set_regime(const RegimeRegisters& registers) {
    if (registers == registers_) return;
    RegimeRegisters only_tables_differ = registers;
    only_tables_differ.TTBR0_EL1 = registers_.TTBR0_EL1;
    only_tables_differ.TTBR1_EL1 = registers_.TTBR1_EL1;
    const bool controls_changed = !(only_tables_differ == registers_);
    const arch::u16 old_asid = regime_.asid;
    if (watcher_ != nullptr && registers.TCR_EL1 != registers_.TCR_EL1) watcher_->before_other_walks();
    registers_ = registers;
    regime_ = decode_regime(registers, config_.features);
    // Another table base alone changes no cached translation: that takes a TLBI.
    if (!controls_changed && regime_.asid == old_asid) return;
    const bool shared_stay =
        !controls_changed && !tlbs_.l1(false).has_asid_bound_upper() && !tlbs_.l1(true).has_asid_bound_upper();
    for (HostTlb& memos : host_tlb) shared_stay ? memos.forget_asid_bound() : memos.forget_all();
}

bool Mmu::is_guarded(arch::VirtualAddress va) const {
    if (!regime_.mmu_on || !regime_.in_range(va.value, true)) return false;
    const Tlb& l1 = tlbs_.l1(true);
    const unsigned slot = l1.find(va.value, regime_.asid);
    if (slot != Tlb::kNone) return arch::Descriptor{l1.entry(slot).descriptor}.test<arch::Descriptor::GP>();
    const TranslateResult now = translate_address({.kind = AccessKind::Fetch, .el = 0}, va);
    return now && now.value().guarded;
}

unsigned Mmu::invalidate(const TlbInvalidation& tlbi) {
    TlbInvalidation effective = tlbi;
    effective.asid = static_cast<arch::u16>(tlbi.asid & regime_.asid_mask);
    if (watcher_ != nullptr) watcher_->before_tlbi(effective);
    const unsigned removed = tlbs_.invalidate(effective);
    if (tlbi.scope == TlbInvalidation::Scope::All || config_.tlbi_flushes_l1) drop_all_memos();
    counters_.count(Event::SIM_TLBI);
    counters_.count(Event::SIM_TLBI_BROADCAST, tlbi.shareability != arch::Shareability::NonShareable ? 1 : 0);
    counters_.count(Event::SIM_TLBI_RANGE, tlbi.is_range ? 1 : 0);
    counters_.count(Event::SIM_TLBI_ASID, tlbi.scope == TlbInvalidation::Scope::Asid ? 1 : 0);
    counters_.count(Event::SIM_TLBI_ALL, tlbi.scope == TlbInvalidation::Scope::All ? 1 : 0);
    counters_.count(Event::SIM_TLBI_ENTRIES, removed);
    return removed;
}

// The translations of `va` no longer say what the tables do.
void Mmu::drop_outdated(u64 va) {
    if (watcher_ != nullptr) watcher_->before_drop();
    tlbs_.drop(va, regime_.asid);
}

void Mmu::drop_all_memos() {
    for (HostTlb& memos : host_tlb) memos.forget_all();
}

void Mmu::drop_memos_of_page(PhysicalAddress pa) {
    const u8* const page = memory_.host_page(pa);
    if (page == nullptr) return;
    for (HostTlb& memos : host_tlb) memos.forget_writes_to(page);
}

void Mmu::add_hits(const SideEvents& events, const HitCounts& hits) {
    for (unsigned reach = 0; reach < kReachClasses; ++reach) {
        if (hits[reach] == 0) continue;
        counters_.count(events.lookup, hits[reach]);
        count_l1_hits(events, reach, hits[reach]);
    }
}

void Mmu::sync_counters() {
    for (HostTlb& memos : host_tlb) {
        add_hits(kDataEvents, memos.take_data_hits());
        add_hits(kFetchEvents, memos.take_fetch_hits());
    }
}

void Mmu::serialize(emu::Archive& archive) {
    if (archive.loading() && watcher_ != nullptr) watcher_->before_drop();
    archive(tlbs_, streams_);
    if (archive.loading()) drop_all_memos();
}

u64 Mmu::state_hash() {
    auto archive = emu::Archive::hasher();
    serialize(archive);
    return archive.hash();
}

}  // namespace mmu
