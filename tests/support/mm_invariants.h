// What must hold of the memory manager's state between two operations, recounted from the raw tables of all address
// spaces. Section 5 of the design lists the rules; each has a mutation that breaks it (tests/mm/test_invariants.cpp).
#pragma once

#include <string>

#include "kernel_model/mm/memory.h"

namespace km_test {

// The first rule that is broken, as "rule: what and where"; empty: all hold.
//   contiguous     of a user block all entries have the Contiguous bit or none
//   block-valid    entries of a contiguous block are valid
//   block-frames   ... and map consecutive frames from an aligned one
//   block-bits     ... and agree in all but access flag and dirty state
//   block-folio    ... and lie in one folio
//   region         every entry lies in a region of its address space
//   index          a page is mapped where its index says
//   mapcount       of a page = its entries
//   large-mapcount of a large folio = sum over its pages
//   mapped-pages   of a large folio = pages with an entry
//   refcount       of a folio = entries + the page cache's reference
//   rss            of an address space = its anonymous, and file, entries
//   exclusive      a writable private anonymous entry maps an exclusive page
//   exclusive-once an exclusive page has one mapping
//   partial        a large anonymous folio is marked partially mapped if and only if it has lost mappings, and then is on
//                  the deferred list
//   tables         page-table pages of an address space = those reachable from its root
//   memory         every page is free, reserved, a slab's, a table, or part of a folio that is in use
// `held_pages` are in use by the test itself.
[[nodiscard]] std::string broken_invariant(km::u64 held_pages = 0);

}  // namespace km_test
