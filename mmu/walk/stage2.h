// Stage 2 of EL1&0: from intermediate physical addresses to physical ones, with the caches of its own.
// Arm: AArch64.S2Translate, AArch64.S2CheckPermissions.
#pragma once

#include "mmu/base/counters.h"
#include "mmu/tlb/tlb_hierarchy.h"
#include "mmu/walk/stage2_regime.h"

namespace mmu {

// What wants an address translated.
struct Stage2Access {
    AccessDescriptor access{};
    bool of_table{false};        // a walk of stage 1
    bool is_update{false};       // a hardware update of that table: a write
};

// Rights that stage 2 leaves: TableLimits, where el0_never_accesses stands for "nobody reads".
[[nodiscard]] TableLimits stage2_limits(arch::Descriptor leaf, bool manages_dirty_state);
[[nodiscard]] bool stage2_permits(const Stage2Access& wanted, TableLimits limits);
// `permissions` of stage 1, less what stage 2 takes away.
[[nodiscard]] Permissions limited(Permissions permissions, TableLimits limits);

// What EL2 does about a stage 2 fault.
class Stage2Handler {
public:
    virtual ~Stage2Handler() = default;
    // true: the tables have changed, try again. false: there is nothing at fault.ipa, and the guest gets an External abort.
    [[nodiscard]] virtual bool resolve(const FaultRecord& fault) = 0;
};

class Stage2 {
public:
    // What it is given must outlive it.
    Stage2(const MmuConfig& config, PhysicalMemoryPort& memory, TlbHierarchy& tlbs, Counters& counters)
        : config_{config}, memory_{memory}, tlbs_{tlbs}, counters_{counters} {}

    void set_registers(const Stage2Registers& registers) { regime_ = decode_stage2(registers, config_.features); }
    [[nodiscard]] const Stage2Regime& regime() const { return regime_; }
    [[nodiscard]] bool on() const { return regime_.on; }

    // Translates `ipa` into an entry of its own kind: `va` is the IPA, `table_limits` the rights, memory_attr MemAttr, level that
    // of the leaf or of the fault. With a record through the caches, steps appended; without, from the tables alone,
    // changing nothing.
    [[nodiscard]] arch::FaultKind translate(arch::u64 ipa, const Stage2Access& wanted, TlbEntry& found, LookupRecord* record) const;
    // Turns the address of a stage 1 descriptor into that of memory. false: sets the fault in `out`.
    [[nodiscard]] bool locate_table(arch::u64& address, bool is_update, WalkOutcome& out, LookupRecord* record) const;

    // Before the hardware updates the leaf of a nested walk: whether stage 2 lets it. false: likewise.
    [[nodiscard]] bool locate_table_again(WalkOutcome& out, LookupRecord& record) const {
        arch::u64 address = out.descriptor_ipa;
        return locate_table(address, true, out, &record);
    }

    // TLBI IPAS2E1: the cached translations of one page.
    unsigned invalidate_ipa(arch::u64 ipa) const;

private:
    [[nodiscard]] arch::FaultKind walk(arch::u64 ipa, const Stage2Access& wanted, TlbEntry& found, LookupRecord* record) const;
    [[nodiscard]] arch::FaultKind judge(const WalkOutcome& outcome, const Stage2Access& wanted) const;
    [[nodiscard]] bool update(WalkOutcome& outcome, const Stage2Access& wanted, LookupRecord& record) const;
    [[nodiscard]] TlbEntry entry_of(const WalkOutcome& outcome, arch::u64 ipa) const;

    const MmuConfig& config_;
    PhysicalMemoryPort& memory_;
    TlbHierarchy& tlbs_;
    Counters& counters_;
    Stage2Regime regime_{};
};

}  // namespace mmu
