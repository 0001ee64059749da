// Reads translation tables. The only walk is in table_walk.h: granule, start level, regime and stage are parameters.
// Arm: AArch64.S1Walk.
#pragma once

#include <array>

#include "mmu/arch/fault_status.h"
#include "mmu/physical_memory_port.h"
#include "mmu/translation.h"
#include "mmu/walk/permissions.h"
#include "mmu/walk/translation_regime.h"

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
    bool second_stage{false};     // the fault is one of stage 2: EL2 gets it
    bool stage2_of_table{false};  // likewise: S1PTW
    bool stage2_is_write{false};  // likewise: of a hardware update
    arch::i8 stage2_level{0};     // likewise: where stage 2 stopped; `level` is that of stage 1
    arch::u64 ipa{0};             // likewise: that it could not translate
    arch::u64 descriptor_ipa;     // of a nested walk: what stage 2 made descriptor_pa of
    unsigned table_count{0};
    std::array<TablePointer, 4> tables;  // table_count of them, that this walk found, root first; without the start
};

class Stage2;

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

    // The same where stage 2 translates the addresses of descriptors, through its own caches unless `record` is null. The
    // output is an intermediate physical address.
    void walk_nested(const TranslationRegime& regime, arch::u64 va, const TablePointer& start, const Stage2& stage2,
                     WalkOutcome& out, LookupRecord* record) const;

private:
    PhysicalMemoryPort& memory_;
};

// Adds one memory access of the walker to the record; what does not fit is dropped.
inline void append_step(LookupRecord& record, const WalkStep& step) {
    if (record.step_count < record.steps.size()) record.steps[record.step_count++] = step;
}

}  // namespace mmu
