#include "kernel_model/mm/tlbflush.h"

#include "kernel_model/mm/asid_allocator.h"
#include "kernel_model/mm/mm_counters.h"
#include "kernel_model/port/port.h"
#include "mmu/arch/tlbi.h"

namespace km {

using port::Barrier;
using port::TlbiOp;

namespace {

constexpr u64 kMaxRangePages = arch::tlbi_range_pages(3, 31);  // Linux: MAX_TLBI_RANGE_PAGES
constexpr unsigned kMaxRangeNum = 31;

u64 page_operand(u64 address, u16 asid, unsigned tlb_level) {
    return arch::tlbi_va_operand(address, asid, kGranule, port::features.ttl ? tlb_level : 0);
}

void count_pages(bool last_level, u64 operations) {
    count(last_level ? GUEST_TLBI_VA : GUEST_TLBI_VA_NON_LEAF, operations);
}

// One operation for every `stride` bytes: the operand counts in 4 KiB units.
void invalidate_pages(u64 start, u64 end, u64 stride, u16 asid, bool last_level, unsigned tlb_level) {
    const u64 operations = (end - start) / stride;
    count_pages(last_level, operations);
    u64 operand = page_operand(start, asid, tlb_level);
    const u64 step = stride >> 12;
    if (last_level)
        for (u64 i = 0; i != operations; ++i, operand += step) port::tlb_invalidate(TlbiOp::VALE1IS, operand);
    else
        for (u64 i = 0; i != operations; ++i, operand += step) port::tlb_invalidate(TlbiOp::VAE1IS, operand);
}

// The largest `num` of an operation of `scale` that covers no more than `pages`; -1: none does.
int range_num(u64 pages, unsigned scale) {
    const u64 most = arch::tlbi_range_pages(scale, kMaxRangeNum);
    return static_cast<int>((pages < most ? pages : most) >> (5 * scale + 1)) - 1;
}

// From the coarsest operation down; a range operation covers an even number of pages, so an odd one is left for a single
// operation, of `stride` bytes.
void invalidate_ranges(u64 start, u64 pages, u64 stride, u16 asid, bool last_level, unsigned tlb_level) {
    for (unsigned scale = 3; pages != 0;) {
        if (pages == 1) {
            invalidate_pages(start, start + PAGE_SIZE, stride, asid, last_level, tlb_level);
            return;
        }
        const int num = range_num(pages, scale);
        if (num >= 0) {
            const auto n = static_cast<unsigned>(num);
            const u64 operand = arch::tlbi_range_operand(start, asid, kGranule, scale, n, tlb_level);
            if (last_level)
                port::tlb_invalidate(TlbiOp::RVALE1IS, operand);
            else
                port::tlb_invalidate(TlbiOp::RVAE1IS, operand);
            count(GUEST_TLBI_RANGE);
            const u64 covered = arch::tlbi_range_pages(scale, n);
            start += covered << PAGE_SHIFT;
            pages -= covered;
        }
        --scale;
    }
}

// More than one flush of the address space is worth, or more than range operations can say.
bool exceeds_limit(u64 start, u64 end, u64 stride) {
    if (!port::features.tlb_range && end - start >= MAX_DVM_OPS * stride) return true;
    return (end - start) >> PAGE_SHIFT > kMaxRangePages;
}

}  // namespace

void __flush_tlb_range_nosync(const AddressSpace& mm, u64 start, u64 end, u64 stride, bool last_level,
                              unsigned tlb_level) {
    start = arch::align_down(start, stride);
    end = arch::align_up(end, stride);
    if (exceeds_limit(start, end, stride)) return flush_tlb_mm(mm);
    port::barrier(Barrier::DsbIshst);
    const u16 asid = asid_of(mm);
    if (port::features.tlb_range)
        invalidate_ranges(start, (end - start) >> PAGE_SHIFT, stride, asid, last_level, tlb_level);
    else
        invalidate_pages(start, end, stride, asid, last_level, tlb_level);
}

void __flush_tlb_range(const AddressSpace& mm, u64 start, u64 end, u64 stride, bool last_level, unsigned tlb_level) {
    __flush_tlb_range_nosync(mm, start, end, stride, last_level, tlb_level);
    port::barrier(Barrier::DsbIsh);
}

void flush_tlb_range(const AddressSpace& mm, u64 start, u64 end) {
    __flush_tlb_range(mm, start, end, PAGE_SIZE, false, TLBI_TTL_UNKNOWN);
}

void flush_tlb_page_nosync(const AddressSpace& mm, u64 address) {
    port::barrier(Barrier::DsbIshst);
    count(GUEST_TLBI_VA);
    port::tlb_invalidate(TlbiOp::VALE1IS, page_operand(address, asid_of(mm), TLBI_TTL_UNKNOWN));
}

void flush_tlb_page(const AddressSpace& mm, u64 address) {
    flush_tlb_page_nosync(mm, address);
    port::barrier(Barrier::DsbIsh);
}

void flush_tlb_mm(const AddressSpace& mm) {
    port::barrier(Barrier::DsbIshst);
    count(GUEST_TLBI_ASID);
    port::tlb_invalidate(TlbiOp::ASIDE1IS, arch::TlbiOperand::Asid::make(asid_of(mm)));
    port::barrier(Barrier::DsbIsh);
}

void local_flush_tlb_all() {
    port::barrier(Barrier::DsbNshst);
    count(GUEST_TLBI_ALL);
    port::tlb_invalidate(TlbiOp::VMALLE1, 0);
    port::barrier(Barrier::DsbNsh);
    port::barrier(Barrier::Isb);
}

}  // namespace km
