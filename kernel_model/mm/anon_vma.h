// Which regions may map the pages of an anonymous folio. Linux: struct anon_vma and struct anon_vma_chain
// (include/linux/rmap.h, mm/rmap.c); the interval tree is a list here.
//
// A region has a chain: its own AnonVma and, after forks, those of its ancestors, since pages from before the fork
// stay with the ancestor's.
#pragma once

#include "kernel_model/lib/list.h"
#include "kernel_model/mm/vma.h"

namespace km {

struct AnonVma {
    AnonVma* root{nullptr};
    AnonVma* parent{nullptr};
    u64 refcount{1};          // on a root: its descendants'
    u64 num_children{0};      // a root is its own child
    u64 num_active_vmas{0};   // regions whose anon_vma points here
    ListNode regions;         // AnonVmaChain::same_anon_vma of every region that may map our pages
};

struct AnonVmaChain {
    Vma* vma{nullptr};
    AnonVma* anon_vma{nullptr};
    AnonVmaChain* next_same_vma{nullptr};
    ListNode same_anon_vma;
};

// All return 0 or -ENOMEM.
[[nodiscard]] int anon_vma_prepare(Vma& vma);                // gives the region an AnonVma, a neighbour's if it fits
[[nodiscard]] int anon_vma_clone(Vma& dst, Vma& src);        // split, mremap: dst.anon_vma is already set, or null
[[nodiscard]] int anon_vma_fork(Vma& child, Vma& parent);
void unlink_anon_vmas(Vma& vma);

}  // namespace km
