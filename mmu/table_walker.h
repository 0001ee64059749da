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

// A table that a walk has reached, or starts from. Without initial values: a walk has room for several, and few to store.
struct TablePointer {
    arch::u64 table;  // physical address
    TableLimits limits;
    arch::i8 level;   // -1..3
};

struct WalkOutcome {
    arch::FaultKind fault{arch::FaultKind::None};
    int level{0};                 // of the leaf, or of the fault
    arch::u64 descriptor_pa{0};
    arch::Descriptor leaf{};
    arch::u64 output{0};          // address in the last descriptor: of the leaf's memory
    unsigned leaf_shift{0};       // log2 bytes that the leaf maps
    TableLimits limits{};
    Permissions permissions{};    // of the leaf, where one was reached
    arch::u8 shareability{0};     // likewise
    bool leaf_contiguous{false};  // a leaf was reached and has the Contiguous bit
    unsigned table_count{0};
    std::array<TablePointer, 4> tables;  // table_count of them, that this walk found, root first; without the start
};

class TableWalker {
public:
    explicit TableWalker(PhysicalMemoryPort& memory) : memory_{memory} {}

    // Where a walk of `va` starts without a walk cache, or the fault (level 0) that keeps it from starting:
    // address out of range, walks disabled, table outside the physical address space.
    [[nodiscard]] static arch::FaultKind start_fault(const TranslationRegime& regime, arch::u64 va, bool is_fetch) {
        const WalkParams& params = regime.half_of(va);
        if (!regime.in_range(va, is_fetch) || params.walks_disabled) return arch::FaultKind::Translation;
        return params.base_in_range ? arch::FaultKind::None : arch::FaultKind::AddressSize;
    }
    [[nodiscard]] static TablePointer root(const TranslationRegime& regime, arch::u64 va) {
        const WalkParams& params = regime.half_of(va);
        return {.table = params.table_base, .limits = {}, .level = static_cast<arch::i8>(params.start_level)};
    }

    // Walks from `start` down to a leaf or a fault, into a fresh `out`; neither access flag nor permissions are judged.
    // Appends to `record`, where there is one, each descriptor read.
    void walk(const TranslationRegime& regime, arch::u64 va, const TablePointer& start, WalkOutcome& out,
              LookupRecord* record) const;

private:
    template <arch::TableFormat F>
    void walk_with(const TranslationRegime& regime, arch::u64 va, const TablePointer& start, WalkOutcome& out,
                   LookupRecord* record) const;

    PhysicalMemoryPort& memory_;
};

// Adds one memory access of the walker to the record; what does not fit is dropped.
inline void append_step(LookupRecord& record, const WalkStep& step) {
    if (record.step_count < record.steps.size()) record.steps[record.step_count++] = step;
}

}  // namespace mmu
