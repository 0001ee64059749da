#include "emu/report/snapshot_json.h"

#include "emu/report/number_format.h"

namespace emu {
namespace {

Json json_of(const AddressSpaceState& space) {
    Json totals = Json::object();
    for (const auto& [state, blocks] : blocks_by_state(space)) totals[state] = blocks;
    Json runs = Json::array();
    for (const auto& run : space.runs) {
        Json object{{"va", hex64(run.va)}, {"bytes", run.bytes}, {"blocks", run.blocks}, {"state", run.state}};
        if (!run.reason.empty()) object["reason"] = run.reason;
        runs.push_back(std::move(object));
    }
    return {{"name", space.name}, {"root", hex64(space.root)}, {"current", space.current}, {"totals", totals}, {"runs", runs}};
}

Json json_of(const TlbEntryState& e) {
    return {{"va", hex64(e.va)},
            {"pa", hex64(e.pa)},
            {"reach", e.reach},
            {"valid_bytes", e.valid_bytes},
            {"valid_pages", e.valid_pages},
            {"page_bytes", e.page_bytes},
            {"asid", e.asid},
            {"global", e.global},
            {"level", e.level},
            {"dirty", e.valid_pages & ~e.clean_pages},
            {"contiguity", e.contiguity},
            {"table", e.table}};
}

Json json_of(const TlbState& tlb) {
    Json sizes = Json::object();
    std::uint64_t reach = 0;
    for (const auto& [size, bytes] : reach_by_size(tlb)) {
        sizes[std::to_string(size)] = bytes;
        reach += bytes;
    }
    Json entries = Json::array();
    for (const auto& entry : tlb.entries) entries.push_back(json_of(entry));
    return {{"name", tlb.name},       {"capacity", tlb.capacity}, {"live", tlb.entries.size()},
            {"reach_bytes", reach}, {"reach_by_size", sizes},   {"entries", entries}};
}

}  // namespace

Json snapshot_document(const std::vector<Snapshot>& snapshots) {
    Json document{{"schema", "foldwalk-snapshot/1"}, {"snapshots", Json::array()}};
    for (const auto& snapshot : snapshots) {
        Json spaces = Json::array();
        for (const auto& space : snapshot.address_spaces) spaces.push_back(json_of(space));
        Json tlbs = Json::array();
        for (const auto& tlb : snapshot.tlbs) tlbs.push_back(json_of(tlb));
        document["snapshots"].push_back(Json{{"phase", snapshot.phase},
                                             {"interrupted", snapshot.interrupted},
                                             {"instruction", snapshot.instruction},
                                             {"block_bytes", snapshot.block_bytes},
                                             {"address_spaces", spaces},
                                             {"tlbs", tlbs}});
    }
    return document;
}

}  // namespace emu
