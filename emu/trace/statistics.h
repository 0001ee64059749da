// What a trace says happened: the truth that a replay is judged by.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "emu/trace/event.h"
#include "emu/trace/heap_placement.h"

namespace emu::trace {

struct BadLine {
    std::uint64_t number{0};
    std::string text;  // its beginning
};

struct Statistics {
    // Completed faults: retries and events without result left out. A format without results counts all.
    std::uint64_t anon_user{0};
    std::uint64_t anon_kernel{0};
    std::uint64_t file_user{0};
    std::uint64_t file_kernel{0};
    std::uint64_t from_get_user_pages{0};  // execve's argument pages: on no side of user and kernel
    std::uint64_t touched_anon_pages{0};   // distinct 4 KiB pages of anonymous faults, per address space
    std::uint64_t retries{0};
    std::uint64_t unpaired{0};             // fault events whose result is not in the trace

    std::array<std::uint64_t, static_cast<std::size_t>(ContpteCall::Count)> contpte{};
    std::uint64_t born_folded{0};          // contpte_set_ptes with nr = 16: one 64K folio, or its copy in a child
    std::uint64_t cleared_whole{0};        // aligned blocks that calls of contpte_clear_full_ptes and its like covered

    std::uint64_t processes{0};
    std::uint64_t calls{0};                // address-space calls with a result
    std::uint64_t call_sequence_hash{0};   // of each process's calls in order, summed over processes
    HeapStarts heaps;
    std::uint64_t lines{0};
    std::uint64_t bad_lines{0};
    std::vector<BadLine> first_bad_lines;  // at most kKeptBadLines
    bool truncated{false};

    static constexpr std::size_t kKeptBadLines = 5;
    [[nodiscard]] std::uint64_t faults() const {
        return anon_user + anon_kernel + file_user + file_kernel + from_get_user_pages;
    }
};

}  // namespace emu::trace
