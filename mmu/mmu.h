// The memory management unit of one processing element: stage 1 of the EL1&0 regime, its TLBs, its walker.
#pragma once

#include "mmu/access.h"
#include "mmu/access_events.h"
#include "mmu/arch/address.h"
#include "mmu/arch/result.h"
#include "mmu/arch/tlbi.h"
#include "mmu/base/archive.h"
#include "mmu/base/counters.h"
#include "mmu/config.h"
#include "mmu/host_tlb.h"
#include "mmu/physical_memory_port.h"
#include "mmu/tlb/tlb_hierarchy.h"
#include "mmu/tlb_watcher.h"
#include "mmu/translation.h"
#include "mmu/walk/group_choice.h"
#include "mmu/walk/sequential_stream.h"
#include "mmu/walk/stage2.h"
#include "mmu/walk/table_walker.h"
#include "mmu/walk/translation_regime.h"

namespace mmu {

using TranslateResult = arch::Result<Translation, FaultRecord>;

class Mmu {
public:
    // Throws UserError if `config` contradicts itself. `memory` and `counters` must outlive the Mmu.
    Mmu(const MmuConfig& config, PhysicalMemoryPort& memory, Counters& counters);
    Mmu(const Mmu&) = delete;
    Mmu& operator=(const Mmu&) = delete;

    // After every write to one of the registers.
    void set_regime(const RegimeRegisters& registers);
    [[nodiscard]] const TranslationRegime& regime() const { return regime_; }
    [[nodiscard]] const MmuFeatures& features() const { return config_.features; }
    // Stage 2, off at reset. `el2`, which may be null, hears of its faults and must outlive the Mmu. Another VMID finds the
    // TLBs empty: they remember one.
    void set_stage2(const Stage2Registers& registers, Stage2Handler* el2);
    // TLBI IPAS2E1 and VMALLS12E1 as EL2 issues them for the current VMID; not counted, for counters are the guest's.
    void invalidate_ipa(arch::u64 ipa);
    void invalidate_both_stages();
    [[nodiscard]] bool has_stage2() const { return stage2_.on(); }
    // From now on `watcher` hears of what it says; null: nobody does.
    void set_watcher(TlbWatcher* watcher) { watcher_ = watcher; }
    // For debuggers.
    [[nodiscard]] const TlbHierarchy& tlbs() const { return tlbs_; }
    // Granule of TTBR0 or TTBR1, whichever translates `va`: what decode_tlbi wants as `current`.
    [[nodiscard]] arch::Granule granule_of(arch::u64 va) const { return regime_.half_of(va).granule; }

    // Translates one access that lies in one 4 KiB page. Looks up, walks, updates descriptors, fills, counts, and
    // overwrites `record`. Alignment is the core's business: Translation::memory_attr tells it of Device memory.
    [[nodiscard]] TranslateResult translate(const AccessDescriptor& access, arch::VirtualAddress va,
                                            LookupRecord& record);
    // What the tables say now. For AT and debuggers: uses no TLB, counts and changes nothing.
    [[nodiscard]] TranslateResult translate_address(const AccessDescriptor& access, arch::VirtualAddress va) const;

    // The page of `va`, which was fetched from last, is guarded (GP): by its TLB entry, or the tables where that is gone.
    // Counts nothing.
    [[nodiscard]] bool is_guarded(arch::VirtualAddress va) const;

    // Executes and counts one TLBI. Returns entries, or valid bits of aggregated entries, that it removed; entries
    // of the L1 and L2 TLBs and walk intermediates count one each.
    unsigned invalidate(const arch::TlbInvalidation& tlbi);

    // Host pointers have changed meaning (memory remapped, checkpoint loaded).
    void drop_all_memos();
    // The page at `pa` has become one whose instructions are cached: stores to it must come here again.
    void drop_memos_of_page(arch::PhysicalAddress pa);
    // Adds the hits that host_tlb has counted to Counters::current: before anyone reads counters, and before
    // Counters::set_el.
    void sync_counters();

    // TLB contents, replacement state, statistics not included; memos are not state.
    void serialize(emu::Archive& archive);
    [[nodiscard]] arch::u64 state_hash();

private:
    // Whether a TLB entry can serve an access.
    enum class Readiness : arch::u8 { Ready, NotPermitted, NotUpdatable, Stale };

    [[nodiscard]] TranslateResult translate_flat(const AccessDescriptor& access, arch::VirtualAddress va) const;
    [[nodiscard]] TranslateResult look_up(const AccessDescriptor& access, arch::VirtualAddress va, LookupRecord& record);
    [[nodiscard]] TranslateResult look_up_l2(const AccessDescriptor& access, arch::VirtualAddress va, LookupRecord& record);
    [[nodiscard]] TranslateResult refill(const AccessDescriptor& access, arch::VirtualAddress va, TlbHierarchy::L2Place hit,
                                         LookupRecord& record);
    [[nodiscard]] Readiness make_ready(const AccessDescriptor& access, arch::VirtualAddress va, Tlb& tlb, unsigned slot,
                                       LookupRecord& record);
    [[nodiscard]] Readiness make_dirty_through(arch::VirtualAddress va, Tlb& tlb, unsigned slot, LookupRecord& record);
    [[nodiscard]] TranslateResult conclude(const AccessDescriptor& access, arch::VirtualAddress va, Tlb& tlb,
                                           unsigned slot, Readiness readiness, LookupRecord& record);
    [[nodiscard]] TranslateResult walk(const AccessDescriptor& access, arch::VirtualAddress va, LookupRecord& record);
    void walk_on_demand(const AccessDescriptor& access, arch::VirtualAddress va, WalkOutcome& outcome,
                        LookupRecord& record);
    void judge_leaf(const AccessDescriptor& access, WalkOutcome& outcome) const;
    [[nodiscard]] bool update_leaf(const AccessDescriptor& access, const WalkParams& params, WalkOutcome& outcome,
                                   LookupRecord& record);
    // The largest entry that a walk of stage 1 justifies; pages are aggregated if `aggregated_shift` is not 0.
    [[nodiscard]] TlbEntry entry_of(const WalkOutcome& outcome, arch::u64 va, unsigned aggregated_shift) const;
    // What two stages take (mmu_stage2.cpp).
    [[nodiscard]] TranslateResult translate_once(const AccessDescriptor& access, arch::VirtualAddress va, LookupRecord& record);
    [[nodiscard]] TranslateResult try_again(const AccessDescriptor& access, arch::VirtualAddress va, FaultRecord fault,
                                            LookupRecord& record);
    [[nodiscard]] TranslateResult translate_flat_nested(const AccessDescriptor& access, arch::VirtualAddress va, LookupRecord& record);
    [[nodiscard]] static arch::Unexpected<FaultRecord> stage2_fault_of(const AccessDescriptor& access, arch::VirtualAddress va,
                                                                       const WalkOutcome& outcome);
    void translate_output(const AccessDescriptor& access, arch::VirtualAddress va, WalkOutcome& outcome, LookupRecord& record);
    [[nodiscard]] TlbEntry combined_entry(const WalkOutcome& outcome, arch::u64 va) const;
    // Whether several entries of `tlb` match and the core reports that.
    [[nodiscard]] bool conflicts(const Tlb& tlb, arch::VirtualAddress va) const {
        return config_.bbm_choice == GroupDecision::Abort && tlb.matches_several(va.value, regime_.asid);
    }
    [[nodiscard]] Readiness judge_under_stage2(const AccessDescriptor& access, const TlbEntry& entry) const;
    void walk_nested_for_prefetch(arch::u64 va, const TablePointer& start, bool is_fetch, WalkOutcome& outcome, LookupRecord& walk);
    // After a demand walk that made `entry`, and after the first L2 hit on a prefetched `entry`.
    void prefetch_after_walk(const TlbEntry& entry, arch::u64 va, bool is_fetch, LookupRecord& record);
    void prefetch_after_use(const TlbEntry& entry, arch::u64 va, bool is_fetch, LookupRecord& record);
    // Brings the translation of `va`, whose neighbour has a descriptor of `level`, into the L2 TLB.
    void prefetch(arch::u64 va, int level, bool is_fetch, LookupRecord& record);
    void remember(const AccessDescriptor& access, arch::VirtualAddress va, Tlb& l1, unsigned slot, const Translation& served);
    void drop_outdated(arch::u64 va);
    void count_l1_hits(const SideEvents& events, unsigned reach, arch::u64 hits);
    void add_hits(const SideEvents& events, const HitCounts& hits);

    MmuConfig config_;
    PhysicalMemoryPort& memory_;
    Counters& counters_;
    RegimeRegisters registers_{};
    TranslationRegime regime_;
    TableWalker walker_;
    TlbHierarchy tlbs_;
    Stage2 stage2_;
    Stage2Registers stage2_registers_{};
    Stage2Handler* el2_{nullptr};
    TlbWatcher* watcher_{nullptr};
    GroupChoice group_choice_;
    bool nt_faults_;  // blocks with nT set
    TlbEntry stage2_output_{};  // what stage 2 made of the last walk's output
    unsigned aggregated_shift_;  // log2 pages of an aggregated entry; 0: none
    std::array<SequentialStream, 2> streams_{};  // of data, of fetches

public:
    HostTlb host_tlb[2];  // by Exception level whose permissions apply
};

}  // namespace mmu
