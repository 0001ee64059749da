#include "mmu/table_walker.h"

namespace mmu {

using arch::Descriptor;
using arch::DescriptorType;
using arch::FaultKind;
using arch::u64;

namespace {

// Where one descriptor of a table of out.level leads.
enum class Next : arch::u8 { Table, Leaf, Fault };

template <arch::TableFormat F>
Next judge(const WalkParams& params, WalkOutcome& out) {
    const DescriptorType type = out.leaf.type_at(F.granule, out.level, F.layout);
    if (type == DescriptorType::Invalid) {
        out.fault = FaultKind::Translation;
        return Next::Fault;
    }
    const bool is_table = type == DescriptorType::Table;
    const u64 output = is_table ? out.leaf.next_table(F.granule, F.layout)
                                : out.leaf.output_address(F.granule, out.level, F.layout);
    if ((output >> params.output_bits) != 0) {
        out.fault = FaultKind::AddressSize;
        return Next::Fault;
    }
    out.output = output;
    return is_table ? Next::Table : Next::Leaf;
}

template <arch::TableFormat F>
void describe_leaf(const TranslationRegime& regime, const WalkParams& params, WalkOutcome& out) {
    out.leaf_shift = arch::level_shift(F.granule, out.level);
    out.shareability = F.layout == arch::AddressLayout::Bits52Ds ? params.shareability
                                                                 : static_cast<arch::u8>(out.leaf.get<Descriptor::SH>());
    out.leaf_contiguous = out.leaf.test<Descriptor::Contiguous>();
    out.permissions = effective_permissions(out.leaf, out.limits, {regime.write_implies_xn, regime.manages_dirty_state});
}

}  // namespace

template <arch::TableFormat F>
void TableWalker::walk_with(const TranslationRegime& regime, u64 va, const TablePointer& start, WalkOutcome& out,
                            LookupRecord* record) const {
    const WalkParams& params = regime.half_of(va);
    const u64 input = va & arch::low_mask(params.input_bits);
    TablePointer at = start;
    while (true) {
        out.level = at.level;
        out.limits = at.limits;
        out.descriptor_pa = at.table + 8 * arch::table_index(F.granule, at.level, input);
        const auto raw = memory_.descriptor(arch::PhysicalAddress{out.descriptor_pa});
        if (record != nullptr) append_step(*record, {out.descriptor_pa, raw.value_or(0), at.level, false});
        if (!raw) {
            out.fault = FaultKind::SyncExternalOnWalk;
            return;
        }
        out.leaf = Descriptor{*raw};
        const Next next = judge<F>(params, out);
        if (next == Next::Fault) return;
        if (next == Next::Leaf) return describe_leaf<F>(regime, params, out);
        at.table = out.output;
        if (params.hierarchical_attributes) at.limits = at.limits.with(out.leaf);
        ++at.level;
        out.tables[out.table_count++] = at;
    }
}

void TableWalker::walk(const TranslationRegime& regime, u64 va, const TablePointer& start, WalkOutcome& out,
                       LookupRecord* record) const {
    using arch::AddressLayout;
    using arch::Granule;
    const WalkParams& params = regime.half_of(va);
    switch (params.granule) {
        case Granule::k4K:
            if (params.layout == AddressLayout::Bits48) return walk_with<{Granule::k4K, AddressLayout::Bits48}>(regime, va, start, out, record);
            return walk_with<{Granule::k4K, AddressLayout::Bits52Ds}>(regime, va, start, out, record);
        case Granule::k16K:
            if (params.layout == AddressLayout::Bits48) return walk_with<{Granule::k16K, AddressLayout::Bits48}>(regime, va, start, out, record);
            return walk_with<{Granule::k16K, AddressLayout::Bits52Ds}>(regime, va, start, out, record);
        case Granule::k64K:
            if (params.layout == AddressLayout::Bits48) return walk_with<{Granule::k64K, AddressLayout::Bits48}>(regime, va, start, out, record);
            return walk_with<{Granule::k64K, AddressLayout::Bits52Lpa}>(regime, va, start, out, record);
    }
}

}  // namespace mmu
