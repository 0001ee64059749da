// Why the TLBs missed, in numbers: each miss with its class (mmu/taxonomy/miss_classifier.h), the kind of memory it was for and how the
// tables map it; and of what TLBIs removed, which operation of the guest issued them. An observer of the recording loop:
// hits cost it next to nothing, and the MMU knows nothing of it.
#pragma once

#include <array>
#include <map>

#include "emu/core/pe.h"
#include "emu/core/record.h"
#include "emu/machine/address_names.h"
#include "emu/report/miss_counts.h"
#include "emu/timing/ledger/function_table.h"
#include "emu/timing/ledger/operation_probes.h"
#include "mmu/mmu.h"
#include "mmu/taxonomy/miss_classifier.h"

namespace emu {

class MissTaxonomy final : mmu::TlbWatcher {
public:
    struct Sources {
        const Pe& pe;
        const mmu::MmuConfig& config;
        const mmu::Counters& counters;
        const OperationProbes& probes;
        const FunctionTable& functions;
        const GuestView& guest;
    };
    // Begins with what the TLBs hold now. Everything referred to must outlive it, but for `config`.
    explicit MissTaxonomy(const Sources& sources);
    MissTaxonomy(const MissTaxonomy&) = delete;
    MissTaxonomy& operator=(const MissTaxonomy&) = delete;
    ~MissTaxonomy() { pe_.mmu->set_watcher(nullptr); }

    // After each instruction, and after the clock.
    [[gnu::always_inline]] void consume(const InstructionRecord& record) {
        if (!has_work_ && !record.exception) [[likely]] return;
        if (record.fetch_looked_up) lookup(l1i_, record.fetch, record.pc, record.el);
        for (unsigned i = 0; i < record.access_count; ++i) lookup(l1d_, record.lookups[i], record.access[i].va, record.el);
        if (record.tlbi_valid || record.exception) [[unlikely]] event(record);
    }
    // The TLBs go on, and nobody tells of it for a while.
    void look_away() { before_drop(); }

    // Since the beginning; what happened in a phase is end minus begin.
    [[nodiscard]] const MissTotals& totals() const { return totals_; }
    // Of issuer n, from 1 on: the probed operations that were open when it issued a TLBI, innermost first, or the function.
    [[nodiscard]] const std::vector<std::vector<std::string>>& issuers() const { return issuers_; }

private:
    struct Level1 {
        mmu::MissClassifier classifier;
        const mmu::Tlb& tlb;
        MissTlb name;
    };

    // What hits tell is only of interest to ghosts and the like.
    [[gnu::always_inline]] void lookup(Level1& level, const mmu::LookupRecord& lookup, arch::u64 va, unsigned el) {
        using Source = mmu::LookupRecord::Source;
        const bool is_hit = lookup.source == Source::L1Hit && lookup.l1_slot != mmu::kNoSlot;
        if (!is_hit) look_closer(level, lookup, va, el);
        else if (!level.classifier.ignores_hit(lookup.l1_slot)) hit(level, lookup.l1_slot);
    }
    void hit(Level1& level, unsigned slot);
    void look_closer(Level1& level, const mmu::LookupRecord& lookup, arch::u64 va, unsigned el);
    void refused_hit(Level1& level, arch::u64 va);
    void miss(Level1& level, const mmu::LookupRecord& lookup, arch::u64 va, unsigned el);
    void walk(const mmu::LookupRecord& lookup, arch::u64 va, unsigned el, const mmu::TlbEntry* filled, RegionKind region);
    void count(MissTlb tlb, unsigned el, const mmu::MissVerdict& verdict, RegionKind region, const mmu::TlbEntry* filled,
               unsigned times);
    void event(const InstructionRecord& record);
    void before_tlbi(const arch::TlbInvalidation& tlbi) override;
    void before_drop() override;
    void before_prefetch() override { l2_.before_hidden_change(); }
    void before_other_walks() override { l2_.keep_ghosts(); }
    [[nodiscard]] mmu::TlbiIssuer issuer_of(const InstructionRecord& record);
    [[nodiscard]] arch::u64 walk_cycles() const;
    // Part and slot of a slot number of the L2 TLB, whose part for large pages comes last.
    struct L2Slot {
        unsigned part;
        unsigned slot;
    };
    [[nodiscard]] L2Slot l2_slot(arch::u16 number) const {
        const unsigned first = l2_parts_[0]->size();
        return number < first ? L2Slot{0, number} : L2Slot{1, number - first};
    }

    const Pe& pe_;
    const mmu::Counters& counters_;
    const OperationProbes& probes_;
    const FunctionTable& functions_;
    AddressNames names_;
    bool tlbi_flushes_l1_;
    Level1 l1d_;
    Level1 l1i_;
    std::vector<const mmu::Tlb*> l2_parts_;
    mmu::MissClassifier l2_;
    MissTotals totals_;
    arch::u64 walk_cycles_seen_;
    std::vector<std::vector<std::string>> issuers_;
    std::map<std::vector<std::size_t>, mmu::TlbiIssuer> numbers_;  // by open operations, or by ~function
};

}  // namespace emu
