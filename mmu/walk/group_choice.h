// What the architecture leaves open about groups of the Contiguous bit: which member stands for the group, where the hardware
// keeps access flag and dirty state, and what an inconsistent group does (FEAT_BBM).
// Arm: "The Contiguous bit", "Support levels for changing table or block size"; ConstrainUnpredictable choices.
#pragma once

#include "mmu/config.h"
#include "mmu/walk/table_walker.h"

namespace mmu {

class GroupChoice {
public:
    GroupChoice(const MmuConfig& config, PhysicalMemoryPort& memory)
        : memory_{memory},
          inconsistent_{config.bbm_choice},
          update_{config.update_choice},
          seed_{config.bbm_seed},
          active_{uses_hint(config.contiguous) && (config.bbm_choice != GroupDecision::Walked || config.update_choice != UpdateChoice::Walked)} {}

    // Whether any choice but "the walked member" is wanted at all.
    [[nodiscard]] bool is_active() const { return active_; }
    // `out` has reached a leaf with the Contiguous bit: makes it what the choices say, or sets out.fault to TlbConflict. The
    // other members are read for free: a group fills at most a few lines, and the choice costs nothing else.
    void apply(arch::Granule granule, PermissionRules rules, WalkOutcome& out) const;

private:
    struct Group;
    [[nodiscard]] Group read(arch::Granule granule, const WalkOutcome& out) const;
    [[nodiscard]] unsigned pick(const Group& group, arch::u64 salt) const;
    void stand_in(const Group& group, unsigned member, PermissionRules rules, WalkOutcome& out) const;
    void amalgamate(const Group& group, PermissionRules rules, WalkOutcome& out) const;

    PhysicalMemoryPort& memory_;
    GroupDecision inconsistent_;
    UpdateChoice update_;
    arch::u64 seed_;
    bool active_;
};

}  // namespace mmu
