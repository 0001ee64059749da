// The state of page tables and TLBs at one moment, as plain data; schema foldwalk-snapshot/1 of emu/report/snapshot_json.h.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace emu {

// Neighbouring blocks of one state. A block is what one Contiguous bit could join at level 3 (64K with 4K pages), or one
// block descriptor ("block") of its own size.
struct BlockRun {
    std::uint64_t va{0};
    std::uint64_t bytes{0};
    std::uint64_t blocks{0};
    std::string state;   // "folded", "foldable", "not foldable", "block"
    std::string reason;  // of "not foldable"
};

struct AddressSpaceState {
    std::string name;         // "user 0", "user 1", .., oldest first; "kernel"
    std::uint64_t root{0};    // physical address of its root table
    bool current{false};      // of TTBR0_EL1 or TTBR1_EL1 at that moment
    std::vector<BlockRun> runs;  // by address; holes without any valid page are left out
};

struct TlbEntryState {
    std::uint64_t va{0};
    std::uint64_t pa{0};
    std::uint64_t reach{0};  // bytes between the first and the last page that it may hold
    std::uint64_t valid_bytes{0};
    std::uint64_t valid_pages{0};  // a bit each, of page_bytes
    std::uint64_t page_bytes{0};
    unsigned asid{0};
    bool global{false};
    bool table{false};  // a pointer of the walk cache
    unsigned level{0};
    std::uint64_t clean_pages{0};  // a bit each: a write must first make the descriptor dirty
    std::string contiguity;
};

struct TlbState {
    std::string name;  // "l1i", "l1d", "l2", "l2-large"
    std::uint64_t capacity{0};
    std::vector<TlbEntryState> entries;  // by address
};

// Asked for in place of a phase: when the first process has ended and its memory still stands, or where the run stops earlier.
inline constexpr const char* kSnapshotAtEnd = "end";

struct Snapshot {
    std::string phase;  // that ended; "end": the run
    bool interrupted{false};  // in the middle of it: the run went no further
    std::uint64_t instruction{0};
    std::uint64_t block_bytes{0};
    std::vector<AddressSpaceState> address_spaces;
    std::vector<TlbState> tlbs;
};

// Blocks by "state" or "state: reason", in the order of first appearance.
[[nodiscard]] std::vector<std::pair<std::string, std::uint64_t>> blocks_by_state(const AddressSpaceState& space);
// Bytes that the translations of a TLB reach, by size of the entry's valid part, ascending.
[[nodiscard]] std::vector<std::pair<std::uint64_t, std::uint64_t>> reach_by_size(const TlbState& tlb);

// A short table: blocks by state of each address space, and the reach of each TLB.
[[nodiscard]] std::string snapshot_table(const Snapshot& snapshot);

}  // namespace emu
