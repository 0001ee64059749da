#include "tests/support/mm_invariants.h"

#include <cstdio>
#include <vector>

#include "kernel_model/mm/folio.h"
#include "kernel_model/mm/page_table.h"
#include "kernel_model/mm/pte.h"
#include "kernel_model/mm/rmap.h"

namespace km_test {

using namespace km;

namespace {

struct Broken {
    std::string text;
};

[[noreturn]] void broken(const char* rule, const char* what, u64 where) {
    char text[200];
    std::snprintf(text, sizeof text, "%s: %s at %#llx", rule, what, static_cast<unsigned long long>(where));
    throw Broken{text};
}
void require(bool holds, const char* rule, const char* what, u64 where) {
    if (!holds) broken(rule, what, where);
}

constexpr u64 kAccessBits = PTE_AF | PTE_DIRTY;

// Access flag and dirty state left out, hardware's included.
u64 comparable(Pte pte) { return (pte_mkclean(pte_mkold(pte)).raw & ~kAccessBits) - (pte_pfn(pte) << PAGE_SHIFT); }

struct Entries {
    i64 anon{0};
    i64 file{0};
    u64 tables{0};
};

// A count for each page of memory.
class PageCounts {
public:
    u64& operator[](const Page* page) { return counts_[static_cast<u64>(page - page_array.pages)]; }
    u64& operator[](const Folio* folio) { return (*this)[&folio->page]; }

private:
    std::vector<u64> counts_ = std::vector<u64>(page_array.end_pfn - page_array.first_pfn);
};

class Recount {
public:
    void run(u64 held_pages) {
        for (const AddressSpace* mm = all_address_spaces; mm != nullptr; mm = mm->next) address_space(*mm);
        for (u64 pfn = page_array.first_pfn; pfn != page_array.end_pfn; ++pfn) page(pfn_to_page(pfn));
        memory(held_pages);
    }

private:
    void address_space(const AddressSpace& mm) {
        Entries seen;
        table(mm, mm.pgd, kRootLevel, 0, seen);
        require(seen.anon == mm.rss_anon, "rss", "anonymous pages", static_cast<u64>(seen.anon));
        require(seen.file == mm.rss_file, "rss", "file pages", static_cast<u64>(seen.file));
        require(seen.tables == mm.table_pages, "tables", "page-table pages", seen.tables);
    }

    void table(const AddressSpace& mm, const u64* slots, int level, u64 base, Entries& seen) {
        ++seen.tables;
        require(table_level_of(slots) == level, "tables", "a table that is marked otherwise", base);
        for (u64 i = 0; i != PTRS_PER_PTE; ++i) {
            const u64 address = base + (i << arch::level_shift(kGranule, level));
            if (level != kPteLevel) {
                if (slots[i] != 0) table(mm, table_of(slots[i]), level + 1, address, seen);
                continue;
            }
            if (i % CONT_PTES == 0) block(slots + i, address);
            if (slots[i] != 0) entry(mm, Pte{slots[i]}, address, seen);
        }
    }

    static void block(const u64* slots, u64 address) {
        const Pte first{slots[0]};
        for (u64 i = 1; i != CONT_PTES; ++i)
            require(pte_valid_cont(Pte{slots[i]}) == pte_valid_cont(first) || !pte_valid(Pte{slots[i]}) ||
                        !pte_valid(first),
                    "contiguous", "entries differ", address + i * PAGE_SIZE);
        bool any = false;
        for (u64 i = 0; i != CONT_PTES; ++i) any |= pte_cont(Pte{slots[i]});
        if (any) folded_block(slots, address);
    }

    static void folded_block(const u64* slots, u64 address) {
        for (u64 i = 0; i != CONT_PTES; ++i)
            require(pte_valid(Pte{slots[i]}), "block-valid", "an entry is not valid", address + i * PAGE_SIZE);
        const Pte first{slots[0]};
        require(arch::is_aligned(pte_pfn(first), CONT_PTES), "block-frames", "the first frame is not aligned", address);
        for (u64 i = 1; i != CONT_PTES; ++i) {
            const Pte pte{slots[i]};
            require(pte_pfn(pte) == pte_pfn(first) + i, "block-frames", "a frame is out of order", address);
            require(comparable(pte) == comparable(first), "block-bits", "entries differ", address + i * PAGE_SIZE);
            require(page_folio(pfn_to_page(pte_pfn(pte))) == page_folio(pfn_to_page(pte_pfn(first))), "block-folio",
                    "two folios", address);
        }
    }

    static const Vma* region_of(const AddressSpace& mm, u64 address) {
        const Vma* const vma = mm.vmas.find(address);
        return vma != nullptr && vma->contains(address) ? vma : nullptr;
    }

    void entry(const AddressSpace& mm, Pte pte, u64 address, Entries& seen) {
        const Vma* const vma = region_of(mm, address);
        require(vma != nullptr, "region", "an entry without a region", address);
        require(pte_present(pte), "region", "an entry that is not present", address);
        if (pte_special(pte)) {
            require(is_zero_pfn(pte_pfn(pte)) && !pte_write(pte), "region", "a special entry", address);
            return;
        }
        Page* const page = pfn_to_page(pte_pfn(pte));
        Folio* const folio = page_folio(page);
        ++mappings_[page];
        ++folio_mappings_[folio];
        const u64 index = folio->page.own.index + folio_page_idx(folio, page);
        require(vma->linear_page_index(address) == index, "index", "a page at the wrong place", address);
        const bool anon = folio_test_anon(folio);
        ++(anon ? seen.anon : seen.file);
        if (anon && pte_write(pte) && (vma->vm_flags & VM_SHARED) == 0)
            require(page->test(PG_anon_exclusive), "exclusive", "a writable entry of a shared page", address);
    }

    void page(Page* page) {
        if (page->test(PG_buddy)) return free_block(page);
        if (page->test(PG_reserved) || page->test(PG_slab) || page->test(PG_table)) return;
        const i32 mappings = static_cast<i32>(mappings_[page]);
        const u64 pa = page_to_phys(page);
        require(page->mapcount + 1 == mappings, "mapcount", "recount differs", pa);
        if (page->test(PG_anon_exclusive)) require(mappings <= 1, "exclusive-once", "mapped more than once", pa);
        if ((page->compound_head & 1) == 0) folio(page_folio(page), pa);
    }

    void folio(Folio* folio, u64 pa) {
        const i32 mappings = static_cast<i32>(folio_mappings_[folio]);
        if (folio->page.refcount == 0 && mappings == 0) return;
        const bool cached = folio->page.own.mapping != 0 && !folio_test_anon(folio);
        require(folio->page.refcount == mappings + (cached ? 1 : 0), "refcount", "recount differs", pa);
        used_pages_ += folio_nr_pages(folio);
        if (folio_test_large(folio)) large_folio(folio, mappings, pa);
    }

    void large_folio(Folio* folio, i32 mappings, u64 pa) {
        const Page::Large& large = folio_large(folio);
        require(large.large_mapcount + 1 == mappings, "large-mapcount", "recount differs", pa);
        const i32 nr = static_cast<i32>(folio_nr_pages(folio));
        i32 mapped = 0;
        for (i32 i = 0; i != nr; ++i)
            if (mappings_[folio_page(folio, static_cast<u64>(i))] != 0) ++mapped;
        require(large.nr_pages_mapped == mapped, "mapped-pages", "recount differs", pa);
        const bool lost_some = mapped != 0 && mapped != nr && folio_order(folio) > 1;
        require(folio->page.test(PG_partially_mapped) == lost_some, "partial", "the mark is wrong", pa);
        require(folio_deferred_list(folio).empty() != lost_some, "partial", "the deferred list is wrong", pa);
    }

    void free_block(Page* page) {
        const u64 pages = u64{1} << page->own.private_data;
        free_pages_ += pages;
        for (u64 i = 0; i != pages; ++i)
            require(page[i].mapcount == -1 && page[i].refcount == 0 && page[i].compound_head == 0 &&
                        mappings_[page + i] == 0,
                    "memory", "a free page is in use", page_to_phys(page + i));
    }

    void memory(u64 held_pages) const {
        require(free_pages_ == buddy.free_pages(), "memory", "free pages", free_pages_);
        u64 others = 0;
        for (u64 pfn = page_array.first_pfn; pfn != page_array.end_pfn; ++pfn) {
            const Page* const page = pfn_to_page(pfn);
            if (page->test(PG_reserved) || page->test(PG_slab) || page->test(PG_table)) ++others;
        }
        const u64 total = page_array.end_pfn - page_array.first_pfn;
        require(free_pages_ + others + used_pages_ + held_pages == total, "memory", "pages that nobody has",
                total - free_pages_ - others - used_pages_);
    }

    PageCounts mappings_;
    PageCounts folio_mappings_;
    u64 free_pages_{0};
    u64 used_pages_{0};
};

}  // namespace

std::string broken_invariant(u64 held_pages) {
    try {
        Recount{}.run(held_pages);
    } catch (const Broken& found) {
        return found.text;
    }
    return "";
}

}  // namespace km_test
