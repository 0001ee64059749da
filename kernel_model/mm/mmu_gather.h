// Collects what was unmapped, flushes the TLB once, and only then frees pages and tables. Linux: struct mmu_gather,
// include/asm-generic/tlb.h and mm/mmu_gather.c, 6.12; batches of pages have its sizes, since a full one forces a flush.
#pragma once

#include "kernel_model/mm/address_space.h"
#include "kernel_model/mm/folio.h"

namespace km {

class MmuGather {
public:
    enum class Kind : u8 { Range, FullMm };  // FullMm: the address space is being destroyed (tlb_gather_mmu_fullmm)

    explicit MmuGather(AddressSpace& mm, Kind kind = Kind::Range);
    ~MmuGather();  // tlb_finish_mmu()
    MmuGather(const MmuGather&) = delete;
    MmuGather& operator=(const MmuGather&) = delete;

    [[nodiscard]] AddressSpace& mm() const { return mm_; }

    // `pages` entries from `address` were cleared or changed and must be flushed. Linux: tlb_remove_tlb_entries(),
    // tlb_flush_pte_range().
    void add_ptes(u64 address, u64 pages);
    // The table of `level` (1..3) that maps from `address` on was unlinked; it is freed after the flush. Linux:
    // pte_free_tlb(), pmd_free_tlb(), pud_free_tlb().
    void add_table(Page* table, int level, u64 address);
    // Takes over one reference for each of `nr` pages of one folio. True: no room for more, flush now. Linux:
    // __tlb_remove_folio_pages().
    [[nodiscard]] bool add_pages(Page* page, u64 nr);

    void end_vma();         // flushes, so that the range does not span the hole to the next region
    void flush_tlb_only();  // Linux: tlb_flush_mmu_tlbonly()
    void flush();           // Linux: tlb_flush_mmu(): TLB, then tables and pages are freed

private:
    struct Batch;
    void adjust_range(u64 address, u64 size);
    void reset_range();
    void flush_tlb();
    [[nodiscard]] u64 unmap_size() const;
    [[nodiscard]] unsigned level_hint() const;
    [[nodiscard]] bool next_batch();
    void free_batched_pages();
    void free_batched_tables();

    static constexpr unsigned kBundle = 8;  // entries before the first batch page. Linux: MMU_GATHER_BUNDLE

    AddressSpace& mm_;
    u64 start_{0}, end_{0};
    bool full_mm_;
    bool freed_tables_{false};
    bool cleared_[4]{};  // by level of the entries that were cleared
    u64 local_entries_[kBundle];
    unsigned local_used_{0};
    Batch* first_batch_{nullptr};
    Batch* active_batch_{nullptr};
    unsigned batch_count_{0};
    ListNode tables_;
};

}  // namespace km
