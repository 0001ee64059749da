// mremap on page tables. Linux: move_page_tables(), mm/mremap.c, 6.12.
#include "kernel_model/mm/contpte.h"
#include "kernel_model/mm/memory.h"
#include "kernel_model/mm/page_table.h"
#include "kernel_model/mm/zap.h"

namespace km {
namespace {

constexpr int kPmdLevel = 2;
constexpr int kPudLevel = 1;

struct Move {
    Vma& from;
    Vma& to;
    u64 old_addr;
    u64 new_addr;
    u64 old_end;
};

// Bytes up to the next boundary of `level` on either side, or to the end. Linux: get_extent().
u64 extent(const Move& move, int level) {
    const u64 old_extent = entry_end(level, move.old_addr, move.old_end) - move.old_addr;
    const u64 size = arch::level_size(kGranule, level);
    const u64 new_extent = arch::align_down(move.new_addr + size, size) - move.new_addr;
    return old_extent < new_extent ? old_extent : new_extent;
}

// Nothing else of the address space lies between `masked` and the start of the region.
bool can_align_down(const Vma& vma, u64 address, u64 masked) {
    if (vma.vm_start != address) return false;
    return vma.prev == nullptr || vma.prev->vm_end <= masked;
}

// Both sides may begin at a table's boundary if they lie equally in their tables and nothing is mapped before them: then
// the first table moves whole.
void try_realign(Move& move) {
    const u64 offset = move.old_addr & ~PMD_MASK;
    if (offset == 0 || offset != (move.new_addr & ~PMD_MASK)) return;
    if (move.old_end - move.old_addr < PMD_SIZE - offset) return;
    if (!can_align_down(move.from, move.old_addr, move.old_addr & PMD_MASK) ||
        !can_align_down(move.to, move.new_addr, move.new_addr & PMD_MASK))
        return;
    move.old_addr &= PMD_MASK;
    move.new_addr &= PMD_MASK;
}

// Moves the table below `old_slot`. False: the target already has one.
bool move_table(AddressSpace& mm, u64* old_slot, u64* new_slot, u64 old_addr, int level) {
    if (port::load_descriptor(new_slot) != 0) return false;
    const u64 entry = port::load_descriptor(old_slot);
    set_table_entry(old_slot, level, 0);
    set_table_entry(new_slot, level, entry);
    flush_tlb_range(mm, old_addr, old_addr + arch::level_size(kGranule, level));
    return true;
}

void move_ptes(const Move& move, u64* old_pte, u64* new_pte, u64 bytes) {
    AddressSpace& mm = *move.from.vm_mm;
    flush_tlb_batched_pending(mm);
    bool force_flush = false;
    u64 new_addr = move.new_addr;
    const u64 old_end = move.old_addr + bytes;
    for (u64 addr = move.old_addr; addr != old_end; addr += PAGE_SIZE, new_addr += PAGE_SIZE, ++old_pte, ++new_pte) {
        if (pte_none(ptep_get(old_pte))) continue;
        const Pte pte = ptep_get_and_clear(mm, addr, old_pte);
        // Until the flush a stale entry could still write to a page that the new address already maps.
        if (pte_present(pte)) force_flush = true;
        set_pte_at(mm, new_addr, new_pte, pte);
    }
    if (force_flush) flush_tlb_range(mm, move.old_addr, old_end);
}

// What one turn did: the bytes it dealt with, or 0: no memory.
u64 move_some(const Move& move) {
    AddressSpace& mm = *move.from.vm_mm;
    u64 bytes = extent(move, kPudLevel);
    u64* const old_pud = find_entry(mm, kPudLevel, move.old_addr);
    if (old_pud == nullptr || port::load_descriptor(old_pud) == 0) return bytes;
    u64* const new_pud = alloc_entry(mm, kPudLevel, move.new_addr);
    if (new_pud == nullptr) return 0;
    const u64 pud_size = arch::level_size(kGranule, kPudLevel);
    if (bytes == pud_size && move_table(mm, old_pud, new_pud, move.old_addr, kPudLevel)) return bytes;

    bytes = extent(move, kPmdLevel);
    u64* const old_pmd = find_entry(mm, kPmdLevel, move.old_addr);
    if (old_pmd == nullptr || port::load_descriptor(old_pmd) == 0) return bytes;
    u64* const new_pmd = alloc_entry(mm, kPmdLevel, move.new_addr);
    if (new_pmd == nullptr) return 0;
    if (bytes == PMD_SIZE && move_table(mm, old_pmd, new_pmd, move.old_addr, kPmdLevel)) return bytes;
    if (!pte_alloc(mm, new_pmd)) return 0;
    move_ptes(move, pte_offset(port::load_descriptor(old_pmd), move.old_addr),
              pte_offset(port::load_descriptor(new_pmd), move.new_addr), bytes);
    return bytes;
}

}  // namespace

extern "C" [[gnu::noinline]] u64 move_page_tables(Vma& from, u64 old_address, Vma& to, u64 new_address, u64 length) {
    if (length == 0) return 0;
    Move move{from, to, old_address, new_address, old_address + length};
    try_realign(move);
    while (move.old_addr < move.old_end) {
        const u64 moved = move_some(move);
        if (moved == 0) break;
        move.old_addr += moved;
        move.new_addr += moved;
    }
    // Realigned, it may have stopped before it came to the first address.
    return move.old_addr < old_address ? 0 : move.old_addr - old_address;
}

}  // namespace km
