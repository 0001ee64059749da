// Runs of page-table entries that map neighbouring pages of one folio alike. Linux: folio_pte_batch(), mm/internal.h.
#pragma once

#include "kernel_model/mm/contpte.h"
#include "kernel_model/mm/folio.h"

namespace km {

enum class BatchDirty : u8 { Compare, Ignore };

struct FolioBatch {
    unsigned nr{1};
    // Of the entries after the first.
    bool any_writable{false};
    bool any_young{false};
};

// `pte` is *ptep and maps a page of `folio`; at most `max_nr` entries, all in one table. Access flag and write permission
// are not compared. A contiguous block is read once: its other entries are known.
inline FolioBatch folio_pte_batch(Folio* folio, const u64* ptep, Pte pte, u64 max_nr, BatchDirty dirty) {
    const auto comparable = [dirty](Pte p) {
        if (dirty == BatchDirty::Ignore) p = pte_mkclean(p);
        return pte_wrprotect(pte_mkold(p));
    };
    const u64 folio_left = folio_pfn(folio) + folio_nr_pages(folio) - pte_pfn(pte);
    const auto limit = static_cast<unsigned>(max_nr < folio_left ? max_nr : folio_left);

    FolioBatch batch;
    unsigned nr = pte_batch_hint(ptep, pte);
    Pte expected = comparable(pte_advance_pfn(pte, nr));
    while (nr < limit) {
        const Pte next = ptep_get(ptep + nr);
        const Pte compared = comparable(next);
        if (compared != expected) break;
        batch.any_writable |= pte_write(next);
        batch.any_young |= pte_young(next);
        const unsigned more = pte_batch_hint(ptep + nr, compared);
        expected = pte_advance_pfn(expected, more);
        nr += more;
    }
    batch.nr = nr < limit ? nr : limit;
    return batch;
}

}  // namespace km
