// Snapshots as a file:
//   {"schema": "foldwalk-snapshot/1", "snapshots": [{
//      "phase", "instruction": instructions retired since reset, "block_bytes",
//      "address_spaces": [{"name", "root": physical address, "current", "totals": {state or "not foldable: reason": blocks},
//                          "runs": [{"va", "bytes", "blocks", "state", "reason"}]}],
//      "tlbs": [{"name", "capacity", "live", "reach_bytes", "reach_by_size": {bytes of an entry: bytes reached by all such},
//                "entries": [{"va", "pa", "reach", "valid_bytes", "valid_pages": mask, "page_bytes", "asid", "global", "level",
//                             "dirty": mask of pages that may be written without another update, "contiguity", "table"}]}]}]}
// Addresses are hexadecimal texts. Table pointers of walks that a TLB holds are entries with "table": true and reach nothing.
#pragma once

#include <string>
#include <vector>

#include "emu/report/json_type.h"
#include "emu/report/snapshot.h"

namespace emu {

[[nodiscard]] Json snapshot_document(const std::vector<Snapshot>& snapshots);

}  // namespace emu
