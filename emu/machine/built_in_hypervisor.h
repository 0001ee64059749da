// An EL2 that only maps memory: tables of stage 2 behind the guest's RAM, where the guest cannot reach them, and the handling of
// stage 2 faults. Intermediate physical addresses equal physical ones, so whatever looks at the guest from outside need not
// know of stage 2. Nothing here executes instructions; what a fault costs is mmu.stage2_trap.
#pragma once

#include "emu/machine/stage2_config.h"
#include "emu/memory/physical_memory.h"
#include "mmu/mmu.h"

namespace emu {

class BuiltInHypervisor final : public mmu::Stage2Handler {
public:
    // Memory that the tables may need behind `guest_bytes` of RAM; 0 while stage 2 is off.
    [[nodiscard]] static arch::u64 hidden_bytes(const Stage2Config& config, arch::u64 guest_bytes);

    // Turns stage 2 on in `mmu`. `memory` has hidden_bytes() behind its RAM. Both must outlive this. Throws UserError where the
    // core's physical addresses are too few for the key machine.stage2_ipa_bits or for the memory.
    BuiltInHypervisor(const Stage2Config& config, PhysicalMemory& memory, mmu::Mmu& mmu);

    [[nodiscard]] bool resolve(const mmu::FaultRecord& fault) override;

private:
    struct Leaf {
        int level;
        bool contiguous;
        arch::u64 bytes;  // of the leaf, or its group
    };
    [[nodiscard]] Leaf leaf_for(arch::u64 ipa) const;
    [[nodiscard]] arch::u64 take_table(arch::u64 bytes);
    [[nodiscard]] arch::u64 entry_of(arch::u64 ipa, int level);
    void map(arch::u64 ipa, const Leaf& leaf, arch::u64 attributes);
    [[nodiscard]] arch::u64 guest_end() const { return memory_.base() + memory_.size(); }

    Stage2Config config_;
    PhysicalMemory& memory_;
    int start_level_;
    arch::u64 next_table_;
    arch::u64 root_;
};

}  // namespace emu
