#include "emu/report/snapshot.h"

#include <algorithm>
#include <map>

#include "emu/report/number_format.h"
#include "emu/report/text_table.h"

namespace emu {
namespace {

std::string state_name(const BlockRun& run) { return run.reason.empty() ? run.state : run.state + ": " + run.reason; }

std::string kilobytes(std::uint64_t bytes) { return grouped(bytes / 1024); }

std::string moment_of(const Snapshot& snapshot) {
    const std::string what = snapshot.phase == kSnapshotAtEnd ? "the run" : snapshot.phase;
    return snapshot.interrupted ? "snapshot where " + what + " was interrupted" : "snapshot at the end of " + what;
}

}  // namespace

std::vector<std::pair<std::string, std::uint64_t>> blocks_by_state(const AddressSpaceState& space) {
    std::vector<std::pair<std::string, std::uint64_t>> totals;
    for (const auto& run : space.runs) {
        const auto name = state_name(run);
        auto at = std::find_if(totals.begin(), totals.end(), [&](const auto& t) { return t.first == name; });
        if (at == totals.end()) at = totals.insert(at, {name, 0});
        at->second += run.blocks;
    }
    return totals;
}

std::vector<std::pair<std::uint64_t, std::uint64_t>> reach_by_size(const TlbState& tlb) {
    std::map<std::uint64_t, std::uint64_t> sizes;
    for (const auto& entry : tlb.entries)
        if (!entry.table) sizes[entry.valid_bytes] += entry.valid_bytes;
    return {sizes.begin(), sizes.end()};
}

std::string snapshot_table(const Snapshot& snapshot) {
    TextTable blocks{{moment_of(snapshot), "state of " + kilobytes(snapshot.block_bytes) + "K blocks", "blocks"}};
    for (const auto& space : snapshot.address_spaces) {
        std::string label = space.name;
        for (const auto& [state, n] : blocks_by_state(space)) {
            blocks.add_row({label, state, grouped(n)});
            label.clear();
        }
    }
    TextTable tlbs{{"TLB", "live", "of", "reach, KiB"}};
    for (const auto& tlb : snapshot.tlbs) {
        std::uint64_t reach = 0;
        for (const auto& [unused, bytes] : reach_by_size(tlb)) reach += bytes;
        tlbs.add_row({tlb.name, grouped(tlb.entries.size()), grouped(tlb.capacity), kilobytes(reach)});
    }
    return blocks.to_string() + "\n" + tlbs.to_string();
}

}  // namespace emu
