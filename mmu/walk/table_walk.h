// The walk itself, for either stage: a template over the format of the tables and over where their descriptors are.
#pragma once

#include "mmu/walk/table_walker.h"

namespace mmu {

// Stage 1 alone: descriptors are where the table above says.
struct InPlace {
    [[nodiscard]] bool operator()(arch::u64&, WalkOutcome&) const { return true; }
};

template <int Stage>
class TableWalk {
public:
    // `input` is the address to translate, without bits above the input range. Ends at a leaf, which it describes but for
    // its permissions, or with out.fault. locate(address, out) turns the address of a descriptor into that of memory, or sets
    // out.fault and returns false.
    template <class Locate>
    static void run(PhysicalMemoryPort& memory, const WalkParams& params, arch::u64 input, const TablePointer& start,
                    WalkOutcome& out, LookupRecord* record, Locate&& locate) {
        using arch::AddressLayout;
        using arch::Granule;
        using arch::TableFormat;
        const Context<Locate> c{memory, params, input, start, out, record, locate};
        const bool plain = params.layout == AddressLayout::Bits48;
        switch (params.granule) {
            case Granule::k4K: return plain ? of<TableFormat{Granule::k4K, AddressLayout::Bits48}>(c) : of<TableFormat{Granule::k4K, AddressLayout::Bits52Ds}>(c);
            case Granule::k16K: return plain ? of<TableFormat{Granule::k16K, AddressLayout::Bits48}>(c) : of<TableFormat{Granule::k16K, AddressLayout::Bits52Ds}>(c);
            case Granule::k64K: return plain ? of<TableFormat{Granule::k64K, AddressLayout::Bits48}>(c) : of<TableFormat{Granule::k64K, AddressLayout::Bits52Lpa}>(c);
        }
    }

private:
    template <class Locate>
    struct Context {
        PhysicalMemoryPort& memory;
        const WalkParams& params;
        arch::u64 input;
        const TablePointer& start;
        WalkOutcome& out;
        LookupRecord* record;
        Locate& locate;
    };
    // Where one descriptor of a table of out.level leads.
    enum class Next : arch::u8 { Table, Leaf, Fault };

    // The start table of stage 2 may be several, one behind the other.
    template <arch::TableFormat F>
    static arch::u64 index_at(const WalkParams& params, int level, arch::u64 input) {
        if (Stage == 2 && level == params.start_level) return input >> arch::level_shift(F.granule, level);
        return arch::table_index(F.granule, level, input);
    }

    template <arch::TableFormat F>
    static Next judge(const WalkParams& params, WalkOutcome& out) {
        using arch::DescriptorType;
        const DescriptorType type = out.leaf.type_at(F.granule, out.level, F.layout);
        if (type == DescriptorType::Invalid) {
            out.fault = arch::FaultKind::Translation;
            return Next::Fault;
        }
        const bool is_table = type == DescriptorType::Table;
        const arch::u64 output = is_table ? out.leaf.next_table(F.granule, F.layout)
                                          : out.leaf.output_address(F.granule, out.level, F.layout);
        if ((output >> params.output_bits) != 0) {
            out.fault = arch::FaultKind::AddressSize;
            return Next::Fault;
        }
        out.output = output;
        return is_table ? Next::Table : Next::Leaf;
    }

    template <arch::TableFormat F>
    static void describe_leaf(const WalkParams& params, WalkOutcome& out) {
        using arch::Descriptor;
        out.leaf_shift = arch::level_shift(F.granule, out.level);
        out.leaf_contiguous = out.leaf.test<Descriptor::Contiguous>();
        out.shareability = F.layout == arch::AddressLayout::Bits52Ds ? params.shareability
                                                                     : static_cast<arch::u8>(out.leaf.get<Descriptor::SH>());
    }

    template <arch::TableFormat F, class Locate>
    static void of(const Context<Locate>& c) {
        WalkOutcome& out = c.out;
        TablePointer at = c.start;
        while (true) {
            out.level = at.level;
            out.limits = at.limits;
            out.descriptor_pa = at.table + 8 * index_at<F>(c.params, at.level, c.input);
            if (!c.locate(out.descriptor_pa, out)) return;
            const auto raw = c.memory.descriptor(arch::PhysicalAddress{out.descriptor_pa});
            if (c.record != nullptr) append_step(*c.record, {out.descriptor_pa, raw.value_or(0), at.level, false, Stage == 2});
            if (!raw) {
                out.fault = arch::FaultKind::SyncExternalOnWalk;
                return;
            }
            out.leaf = arch::Descriptor{*raw};
            const Next next = judge<F>(c.params, out);
            if (next == Next::Fault) return;
            if (next == Next::Leaf) return describe_leaf<F>(c.params, out);
            at.table = out.output;
            if (Stage == 1 && c.params.hierarchical_attributes) at.limits = at.limits.with(out.leaf);
            ++at.level;
            out.tables[out.table_count++] = at;
        }
    }
};

}  // namespace mmu
