// Which pages a TLB has ever held a translation of.
#pragma once

#include <array>
#include <vector>

#include "mmu/tlb/tlb_entry.h"

namespace mmu {

class SeenPages {
public:
    // All pages that `entry` translates.
    void add(const TlbEntry& entry) {
        const arch::u32 owner = entry.global ? kGlobal : entry.asid;
        if (!entry.is_aggregated()) return add(entry.va, entry.reach_shift, owner);
        if (entry.page_shift == kPageShift && entry.reach_shift < kWordShift) return add_pages(entry.va, entry.valid_pages, owner);
        add_each(entry, owner);
    }
    // Whether a translation of `va` for `asid`, or for all, was here.
    [[nodiscard]] bool contains(arch::u64 va, arch::u16 asid) { return test(va, asid) || test(va, kGlobal); }

private:
    static constexpr arch::u32 kGlobal = 0x10000;  // above any ASID
    static constexpr unsigned kPageShift = 12;     // the smallest page of any granule
    static constexpr unsigned kWordShift = kPageShift + 6;
    static constexpr arch::u64 kUsed = arch::u64{1} << 63;  // above any key

    // Many words, of which it is known that they are all used.
    struct Block {
        arch::u64 va_and_shift{0};
        arch::u32 owner{0};
        friend bool operator==(const Block&, const Block&) = default;
    };
    static constexpr unsigned kBlockSpread = 39;
    // A bit for each of 64 pages.
    struct Word {
        arch::u64 key{0};  // 0: free
        arch::u64 pages{0};
    };

    [[nodiscard]] static arch::u64 key_of(arch::u64 va, arch::u32 owner) {
        return (va >> kWordShift & arch::low_mask(56 - kWordShift)) | arch::u64{owner} << (56 - kWordShift) | kUsed;
    }
    void add(arch::u64 va, unsigned shift, arch::u32 owner) {
        if (shift < kWordShift) return add_pages(va, arch::low_mask(1u << (shift - kPageShift)), owner);
        const Block block{va | shift, owner};
        Block& known = blocks_[(va >> shift ^ va >> kBlockSpread) % blocks_.size()];
        if (known == block) return;
        known = block;
        add_words(va, shift, owner);
    }
    [[gnu::noinline]] void add_each(const TlbEntry& entry, arch::u32 owner) {
        for (unsigned page = 0; page < 8; ++page)
            if ((entry.valid_pages >> page & 1) != 0) add(entry.va + (arch::u64{page} << entry.page_shift), entry.page_shift, owner);
    }
    [[gnu::noinline]] void add_words(arch::u64 va, unsigned shift, arch::u32 owner) {
        for (arch::u64 at = 0; at < arch::u64{1} << shift; at += arch::u64{1} << kWordShift) word(key_of(va + at, owner)) = ~arch::u64{0};
    }
    // `pages`: bit 0 is that of `va`.
    void add_pages(arch::u64 va, arch::u64 pages, arch::u32 owner) { word(key_of(va, owner)) |= pages << (va >> kPageShift & 63); }
    [[nodiscard]] bool test(arch::u64 va, arch::u32 owner) {
        last_ = place_of(key_of(va, owner));
        return (words_[last_].pages >> (va >> kPageShift & 63) & 1) != 0;
    }

    // Where `key` is, or would be: the next free place from its own on.
    [[nodiscard]] std::size_t place_of(arch::u64 key) const {
        std::size_t at = (key * 0x9e3779b97f4a7c15u) >> shift_;
        while (words_[at].key != key && words_[at].key != 0) at = (at + 1) & (words_.size() - 1);
        return at;
    }
    [[nodiscard]] arch::u64& word(arch::u64 key) {
        if (words_[last_].key == key) return words_[last_].pages;
        const std::size_t at = place_of(key);
        return words_[at].key == key ? words_[at].pages : new_word(key);
    }
    [[gnu::noinline]] arch::u64& new_word(arch::u64 key) {
        if (++used_ * 2 > words_.size()) grow();
        Word& word = words_[place_of(key)];
        word.key = key;
        return word.pages;
    }
    void grow() {
        std::vector<Word> old(2 * words_.size());
        old.swap(words_);
        --shift_;
        for (const Word& w : old)
            if (w.key != 0) words_[place_of(w.key)] = w;
    }

    unsigned shift_{64 - 8};
    std::size_t used_{0};
    std::array<Block, 256> blocks_{};  // that came last, by address
    std::size_t last_{0};  // where the last test() looked: what misses is added next
    std::vector<Word> words_ = std::vector<Word>(std::size_t{1} << 8);  // at most half of them used
};

}  // namespace mmu
