// Which pages a TLB has ever held a translation of.
#pragma once

#include <unordered_map>

#include "mmu/tlb_entry.h"

namespace mmu {

class SeenPages {
public:
    // All pages that `entry` translates.
    void add(const TlbEntry& entry) {
        const arch::u32 owner = entry.global ? kGlobal : entry.asid;
        if (entry.is_aggregated()) {
            for (unsigned page = 0; page < 8; ++page)
                if ((entry.valid_pages >> page & 1) != 0) add(entry.va + (arch::u64{page} << entry.page_shift), entry.page_shift, owner);
        } else {
            add(entry.va, entry.reach_shift, owner);
        }
    }
    // Whether a translation of `va` for `asid`, or for all, was here.
    [[nodiscard]] bool contains(arch::u64 va, arch::u16 asid) const { return test(va, asid) || test(va, kGlobal); }

private:
    static constexpr arch::u32 kGlobal = 0x10000;  // above any ASID
    static constexpr unsigned kPageShift = 12;     // the smallest page of any granule
    static constexpr unsigned kWordShift = kPageShift + 6;

    [[nodiscard]] static arch::u64 key_of(arch::u64 va, arch::u32 owner) {
        return (va >> kWordShift & arch::low_mask(56 - kWordShift)) | arch::u64{owner} << (56 - kWordShift);
    }
    void add(arch::u64 va, unsigned shift, arch::u32 owner) {
        if (shift < kWordShift) {
            const arch::u64 pages = arch::low_mask(1u << (shift - kPageShift));
            words_[key_of(va, owner)] |= pages << (va >> kPageShift & 63);
            return;
        }
        for (arch::u64 at = 0; at < arch::u64{1} << shift; at += arch::u64{1} << kWordShift) words_[key_of(va + at, owner)] = ~arch::u64{0};
    }
    [[nodiscard]] bool test(arch::u64 va, arch::u32 owner) const {
        const auto word = words_.find(key_of(va, owner));
        return word != words_.end() && (word->second >> (va >> kPageShift & 63) & 1) != 0;
    }

    std::unordered_map<arch::u64, arch::u64> words_;  // a bit for each page, 64 pages a word; never iterated
};

}  // namespace mmu
