// Notices that pages are asked for one after the other: what the translation prefetcher waits for.
#pragma once

#include "mmu/tlb/tlb_entry.h"

namespace mmu {

class SequentialStream {
public:
    // The addresses that `entry` maps around `va` without a gap: [first, end).
    struct Run {
        arch::u64 first;
        arch::u64 end;
    };
    [[nodiscard]] static Run run_around(const TlbEntry& entry, arch::u64 va) {
        const unsigned pages = 1u << (entry.reach_shift - entry.page_shift);
        unsigned first = entry.page_of(va);
        unsigned end = first + 1;
        while (first > 0 && (entry.valid_pages >> (first - 1) & 1) != 0) --first;
        while (end < pages && (entry.valid_pages >> end & 1) != 0) ++end;
        return {entry.va + (arch::u64{first} << entry.page_shift), entry.va + (arch::u64{end} << entry.page_shift)};
    }

    // Whether `run` begins where the last one of this ASID ended.
    bool goes_on_with(const Run& run, arch::u16 asid) {
        const bool goes_on = run.first == end_ && asid == asid_;
        end_ = run.end;
        asid_ = asid;
        return goes_on;
    }

    void serialize(auto& archive) { archive(end_, asid_); }

private:
    arch::u64 end_{1};  // where nothing begins
    arch::u16 asid_{0};
};

}  // namespace mmu
