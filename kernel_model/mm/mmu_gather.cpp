#include "kernel_model/mm/mmu_gather.h"

#include <new>

#include "kernel_model/mm/buddy_allocator.h"
#include "kernel_model/mm/page_table.h"
#include "kernel_model/mm/tlbflush.h"

namespace km {

// A page full of entries. An entry is the address of a Page; if bit 0 is set, the next entry is the number of pages of
// that folio, else it is one page. Linux: struct mmu_gather_batch, encoded_page.
struct MmuGather::Batch {
    static constexpr unsigned kCapacity = (PAGE_SIZE - 2 * sizeof(u64)) / sizeof(u64);  // Linux: MAX_GATHER_BATCH

    Batch* next{nullptr};
    u64 used{0};
    u64 entries[kCapacity];
};

namespace {
constexpr u64 kCountFollows = 1;
constexpr unsigned kMaxPagesGathered = 10000;  // Linux: MAX_GATHER_BATCH_COUNT's numerator

void release(const u64* entries, u64 used) {
    for (u64 i = 0; i != used; ++i) {
        Page* const page = reinterpret_cast<Page*>(entries[i] & ~kCountFollows);
        const u64 nr = (entries[i] & kCountFollows) != 0 ? entries[++i] : 1;
        folio_put_refs(page_folio(page), nr);
    }
}
}  // namespace

MmuGather::MmuGather(AddressSpace& mm, Kind kind) : mm_{mm}, full_mm_{kind == Kind::FullMm} { reset_range(); }

MmuGather::~MmuGather() {
    flush();
    for (Batch* batch = first_batch_; batch != nullptr;) {
        Batch* const next = batch->next;
        free_pages(virt_to_page(batch), 0);
        batch = next;
    }
}

void MmuGather::reset_range() {
    start_ = ~u64{0};
    end_ = 0;
    freed_tables_ = false;
    for (bool& cleared : cleared_) cleared = false;
}

void MmuGather::adjust_range(u64 address, u64 size) {
    if (address < start_) start_ = address;
    if (address + size > end_) end_ = address + size;
}

void MmuGather::add_ptes(u64 address, u64 pages) {
    adjust_range(address, pages * PAGE_SIZE);
    cleared_[kPteLevel] = true;
}

// The entry that named the table was cleared: one of the level above. The range grows by a page only, the stride does
// the rest. Linux: pte_free_tlb() -> tlb_flush_pmd_range(tlb, address, PAGE_SIZE).
void MmuGather::add_table(Page* table, int level, u64 address) {
    adjust_range(address, PAGE_SIZE);
    freed_tables_ = true;
    cleared_[level - 1] = true;
    table->links.insert_tail(tables_);
}

bool MmuGather::next_batch() {
    if (active_batch_ != nullptr && active_batch_->next != nullptr) {
        active_batch_ = active_batch_->next;
        return true;
    }
    if (active_batch_ == nullptr && first_batch_ != nullptr) {
        active_batch_ = first_batch_;
        return true;
    }
    if (batch_count_ == kMaxPagesGathered / Batch::kCapacity) return false;
    Page* const page = alloc_pages(0, false);
    if (page == nullptr) return false;
    Batch* const batch = new (page_address(page)) Batch;
    (active_batch_ != nullptr ? active_batch_->next : first_batch_) = batch;
    active_batch_ = batch;
    ++batch_count_;
    return true;
}

bool MmuGather::add_pages(Page* page, u64 nr) {
    const u64 address = reinterpret_cast<u64>(page);
    if (active_batch_ != nullptr) {
        u64* const entry = active_batch_->entries + active_batch_->used;
        entry[0] = address | (nr != 1 ? kCountFollows : 0);
        if (nr != 1) entry[1] = nr;
        active_batch_->used += nr != 1 ? 2 : 1;
        // The next call may need two entries.
        return active_batch_->used + 1 >= Batch::kCapacity && !next_batch();
    }
    local_entries_[local_used_++] = address | (nr != 1 ? kCountFollows : 0);
    if (nr != 1) local_entries_[local_used_++] = nr;
    return local_used_ + 1 >= kBundle && !next_batch();
}

void MmuGather::end_vma() {
    if (!full_mm_) flush_tlb_only();
}

// The size of what one cleared entry mapped, the smallest of the levels. Linux: tlb_get_unmap_size().
u64 MmuGather::unmap_size() const {
    for (int level = kPteLevel; level >= kRootLevel; --level)
        if (cleared_[level]) return arch::level_size(kGranule, level);
    return PAGE_SIZE;
}

// A hint is right only if all leaves were of one level and no table entry was cleared. Linux: tlb_get_level().
unsigned MmuGather::level_hint() const {
    if (freed_tables_) return TLBI_TTL_UNKNOWN;
    return cleared_[kPteLevel] && !cleared_[2] && !cleared_[1] && !cleared_[0] ? kPteLevel : TLBI_TTL_UNKNOWN;
}

// An address space that dies keeps its ASID to itself: only walk caches of freed tables matter. Linux: arm64 tlb_flush().
void MmuGather::flush_tlb() {
    if (full_mm_) {
        if (freed_tables_) flush_tlb_mm(mm_);
        return;
    }
    __flush_tlb_range(mm_, start_, end_, unmap_size(), !freed_tables_, level_hint());
}

void MmuGather::flush_tlb_only() {
    if (end_ == 0) return;
    flush_tlb();
    reset_range();
}

void MmuGather::free_batched_tables() {
    while (!tables_.empty()) {
        Page* const table = page_of_links(tables_.next);
        table->links.remove();
        free_table(mm_, table);
    }
}

void MmuGather::free_batched_pages() {
    release(local_entries_, local_used_);
    local_used_ = 0;
    for (Batch* batch = first_batch_; batch != nullptr && batch->used != 0; batch = batch->next) {
        release(batch->entries, batch->used);
        batch->used = 0;
    }
    active_batch_ = nullptr;
}

void MmuGather::flush() {
    flush_tlb_only();
    free_batched_tables();
    free_batched_pages();
}

}  // namespace km
