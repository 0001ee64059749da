// Reads translation tables. The only walker: granule, start level and regime are parameters.
// Arm: AArch64.S1Walk.
#pragma once

#include <array>

#include "mmu/arch/fault_status.h"
#include "mmu/permissions.h"
#include "mmu/physical_memory_port.h"
#include "mmu/translation.h"
#include "mmu/translation_regime.h"

namespace mmu {

// A table that a walk has reached, or starts from.
struct TablePointer {
    int level{0};
    arch::u64 table{0};
    TableLimits limits{};
};

struct WalkOutcome {
    arch::FaultKind fault{arch::FaultKind::None};
    int level{0};                 // of the leaf, or of the fault
    arch::u64 descriptor_pa{0};
    arch::Descriptor leaf{};
    TableLimits limits{};
    bool write_back{true};        // the descriptor's memory can be updated by hardware
    bool leaf_contiguous{false};  // a leaf was reached and has the Contiguous bit
    unsigned table_count{0};
    std::array<TablePointer, 4> tables{};  // those that this walk found, root first; the start is not one of them
};

class TableWalker {
public:
    explicit TableWalker(PhysicalMemoryPort& memory) : memory_{memory} {}

    // Where a walk of `va` starts without a walk cache, or the fault (level 0) that keeps it from starting:
    // address out of range, walks disabled, table outside the physical address space.
    [[nodiscard]] static arch::FaultKind start_fault(const TranslationRegime& regime, arch::u64 va);
    [[nodiscard]] static TablePointer root(const TranslationRegime& regime, arch::u64 va);

    // Walks from `start` down to a leaf or a fault; neither access flag nor permissions are judged. Appends to
    // `record`, where there is one, each descriptor read.
    [[nodiscard]] WalkOutcome walk(const TranslationRegime& regime, arch::u64 va, const TablePointer& start,
                                   LookupRecord* record) const;

private:
    PhysicalMemoryPort& memory_;
};

// Adds one memory access of the walker to the record; what does not fit is dropped.
void append_step(LookupRecord& record, const WalkStep& step);

}  // namespace mmu
