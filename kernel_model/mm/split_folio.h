// Splitting a large anonymous folio into single pages while it is mapped. Linux: split_folio(), mm/huge_memory.c, with
// try_to_migrate_one() of mm/rmap.c and remove_migration_ptes() of mm/migrate.c.
#pragma once

#include "kernel_model/mm/folio.h"

namespace km {

// The caller holds one reference, and gets it on the page that was the folio's first. False: somebody else holds one
// too, and nothing happened.
[[nodiscard]] bool split_folio(Folio* folio);

}  // namespace km
