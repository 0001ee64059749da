#include "mmu/table_walker.h"

namespace mmu {

using arch::Descriptor;
using arch::DescriptorType;
using arch::FaultKind;
using arch::u64;

namespace {

// Where one descriptor leads from the table that holds it.
enum class Next : arch::u8 { Table, Leaf, Fault };

Next judge(const TranslationRegime& regime, const WalkParams& params, Descriptor descriptor, WalkOutcome& out) {
    const DescriptorType type = descriptor.type_at(params.granule, out.level);
    if (type == DescriptorType::Invalid) {
        out.fault = FaultKind::Translation;
        return Next::Fault;
    }
    const bool is_table = type == DescriptorType::Table;
    const u64 output = is_table ? descriptor.next_table(params.granule)
                                : descriptor.output_address(params.granule, out.level);
    if ((output >> regime.output_bits) != 0) {
        out.fault = FaultKind::AddressSize;
        return Next::Fault;
    }
    return is_table ? Next::Table : Next::Leaf;
}

void describe_leaf(const TranslationRegime& regime, WalkOutcome& out) {
    out.leaf_contiguous = out.leaf.test<Descriptor::Contiguous>();
    out.permissions = effective_permissions(out.leaf, out.limits, {regime.write_implies_xn, regime.manages_dirty_state});
}

}  // namespace

void append_step(LookupRecord& record, const WalkStep& step) {
    if (record.step_count < record.steps.size()) record.steps[record.step_count++] = step;
}

FaultKind TableWalker::start_fault(const TranslationRegime& regime, u64 va) {
    const WalkParams& params = regime.half_of(va);
    if (!regime.in_range(va) || params.walks_disabled) return FaultKind::Translation;
    return params.base_in_range ? FaultKind::None : FaultKind::AddressSize;
}

TablePointer TableWalker::root(const TranslationRegime& regime, u64 va) {
    const WalkParams& params = regime.half_of(va);
    return {.table = params.table_base, .limits = {}, .level = static_cast<arch::u8>(params.start_level)};
}

void TableWalker::walk(const TranslationRegime& regime, u64 va, const TablePointer& start, WalkOutcome& out,
                       LookupRecord* record) const {
    const WalkParams& params = regime.half_of(va);
    const u64 input = va & arch::low_mask(params.input_bits);
    TablePointer at = start;
    while (true) {
        out.level = at.level;
        out.limits = at.limits;
        out.descriptor_pa = at.table + 8 * arch::table_index(params.granule, at.level, input);
        const auto raw = memory_.read64(arch::PhysicalAddress{out.descriptor_pa});
        if (record != nullptr) append_step(*record, {out.descriptor_pa, raw.value_or(0), at.level, false});
        if (!raw) {
            out.fault = FaultKind::SyncExternalOnWalk;
            return;
        }
        out.leaf = Descriptor{*raw};
        const Next next = judge(regime, params, out.leaf, out);
        if (next == Next::Fault) return;
        if (next == Next::Leaf) return describe_leaf(regime, out);
        at.table = out.leaf.next_table(params.granule);
        if (params.hierarchical_attributes) at.limits = at.limits.with(out.leaf);
        ++at.level;
        out.tables[out.table_count++] = at;
    }
}

}  // namespace mmu
