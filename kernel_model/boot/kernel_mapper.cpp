#include "kernel_model/boot/kernel_mapper.h"

#include "kernel_model/boot/layout.h"
#include "mmu/arch/descriptor.h"

namespace km {
namespace {

using arch::Descriptor;
using arch::Granule;

constexpr Granule kGranule = Granule::k4K;
constexpr u64 kInnerShareable = 3;
constexpr u64 kSoftwareDirty = u64{1} << 55;

constexpr u64 attributes_of(u64 memory_type) {
    return Descriptor::AttrIndx::make(memory_type) | Descriptor::SH::make(kInnerShareable) | Descriptor::AF::make(1) |
           Descriptor::UXN::make(1);
}

u64* table_at(u64 pa) { return reinterpret_cast<u64*>(pa); }

// The next-level table below `entry`; 0 when the pool is empty.
u64 table_below(u64* entry, TablePool& pool) {
    if (Descriptor{*entry}.type_at(kGranule, 0) == arch::DescriptorType::Table)
        return Descriptor{*entry}.next_table(kGranule);
    if (pool.next == pool.end) return 0;
    const u64 table = pool.next;
    pool.next += arch::page_size(kGranule);
    *entry = table | 3;
    return table;
}

bool block_fits(const KernelRange& range, int level) {
    const u64 size = arch::level_size(kGranule, level);
    if (level == 1 && range.grain != MapGrain::Block1G) return false;
    if (level == 2 && range.grain < MapGrain::Block2M) return false;
    return level >= 1 && arch::is_aligned(range.va | range.pa, size) && range.bytes >= size;
}

// Whether the page at the front of `range` lies in a whole group of `range`; `start` is the range's first page.
bool group_fits(const KernelRange& range, u64 start_va) {
    const u64 reach = u64{1} << arch::contiguous_reach_shift(kGranule, arch::kLeafLevel);
    const u64 group = arch::align_down(range.va, reach);
    const u64 end = range.va + range.bytes;
    return range.grain >= MapGrain::Contiguous && arch::is_aligned(range.va - range.pa, reach) && group >= start_va &&
           group + reach <= end;
}

u64 leaf(const KernelRange& range, int level, u64 start_va) {
    if (level != arch::kLeafLevel) return range.pa | range.attributes | 1;
    return range.pa | range.attributes | 3 | Descriptor::Contiguous::make(group_fits(range, start_va) ? 1 : 0);
}

bool map_one(u64 table, TablePool& pool, KernelRange& range, u64 start_va) {
    for (int level = 0;; ++level) {
        u64* entry = table_at(table) + arch::table_index(kGranule, level, range.va);
        const bool table_there = Descriptor{*entry}.type_at(kGranule, level) == arch::DescriptorType::Table;
        if (level == arch::kLeafLevel || (block_fits(range, level) && !table_there)) {
            if ((*entry & 1) == 0) *entry = leaf(range, level, start_va);
            const u64 size = arch::level_size(kGranule, level);
            range = {range.va + size, range.pa + size, range.bytes - size, range.attributes, range.grain};
            return true;
        }
        if (Descriptor{*entry}.type_at(kGranule, level) == arch::DescriptorType::Block) {  // a block put there earlier already maps this: skip to its end
            const u64 size = arch::level_size(kGranule, level);
            const u64 step = size - (range.va & (size - 1));
            const u64 skip = step < range.bytes ? step : range.bytes;
            range = {range.va + skip, range.pa + skip, range.bytes - skip, range.attributes, range.grain};
            return true;
        }
        table = table_below(entry, pool);
        if (table == 0) return false;
    }
}

}  // namespace

const u64 kKernelReadWrite = attributes_of(KM_MT_NORMAL) | Descriptor::PXN::make(1) | Descriptor::DBM::make(1) |
                             kSoftwareDirty;
const u64 kKernelReadOnly = attributes_of(KM_MT_NORMAL) | Descriptor::PXN::make(1) | Descriptor::AP2::make(1);
const u64 kKernelReadExecute = attributes_of(KM_MT_NORMAL) | Descriptor::AP2::make(1);
const u64 kKernelDevice = attributes_of(KM_MT_DEVICE_nGnRE) | Descriptor::PXN::make(1) | Descriptor::DBM::make(1) |
                          kSoftwareDirty;

bool map_kernel_range(u64 root_pa, TablePool& pool, const KernelRange& range) {
    KernelRange rest = range;
    while (rest.bytes != 0) {
        if (!map_one(root_pa, pool, rest, range.va)) return false;
    }
    asm volatile("dsb ishst\n\tisb" : : : "memory");
    return true;
}

u64 table_pages_for(u64 bytes) {
    u64 pages = 0;
    for (int level = 0; level < arch::kLeafLevel; ++level) pages += bytes / arch::level_size(kGranule, level) + 2;
    return pages;
}

}  // namespace km
