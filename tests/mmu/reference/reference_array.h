// One TLB or walk cache as a table of ways, searched from end to end: slow, and easy to believe. Shares nothing with mmu/tlb.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace reference {

using u64 = std::uint64_t;

enum class Policy { Lru, Plru, Random };

struct Entry {
    bool is_table{false};
    u64 first{0};       // 56-bit address of the first byte that it reaches
    u64 bytes{0};       // and how far
    u64 page_bytes{0};  // of one valid bit; `bytes` unless several pages share the entry
    u64 leaf_bytes{0};  // that the descriptor maps
    unsigned valid{1};
    unsigned clean{0};  // pages that a write must make dirty first
    bool global{false};
    unsigned asid{0};
    int level{0};
    u64 output{0};  // address that `first` translates to, or of the table
    u64 descriptor{0}, descriptor_at{0};  // of the first page
    unsigned limits{0};                   // bits 62:59 of the tables above
    unsigned rights{0};
    bool prefetched{false};
    // Kept by the array.
    u64 filled{0}, used{0};

    [[nodiscard]] bool is_group() const { return page_bytes != bytes; }
    [[nodiscard]] bool covers(u64 address) const { return address >= first && address - first < bytes; }
    [[nodiscard]] unsigned page_of(u64 address) const { return static_cast<unsigned>((address - first) / page_bytes); }
    [[nodiscard]] bool maps(u64 address) const { return covers(address) && (valid >> page_of(address) & 1) != 0; }
    [[nodiscard]] bool belongs_to(unsigned who) const { return global || asid == who; }
    [[nodiscard]] bool same_owner(const Entry& other) const { return global == other.global && (global || asid == other.asid); }
};

struct Shape {
    unsigned entries{0};
    unsigned ways{0};        // 0: as many as entries
    std::vector<u64> sizes;  // bytes, ascending
    bool groups{true};       // holds entries of several pages
};

class Array {
public:
    Array(const Shape& shape, Policy policy, u64 seed);

    // The translation of `address`: of the smallest reach, and of these the youngest.
    [[nodiscard]] Entry* find(u64 address, unsigned asid);
    [[nodiscard]] Entry* find_table(u64 address, unsigned asid, u64 bytes);
    void use(Entry& entry) { note_use(entry); }
    // `entry` or as much of it as fits here, around `address`. Returns it in its place.
    Entry& fill(const Entry& entry, u64 address);
    [[nodiscard]] bool holds_whole(const Entry& entry) const;
    [[nodiscard]] u64 largest_within(u64 bytes) const;  // 0: none
    unsigned remove_if(const std::function<unsigned(Entry&)>& bits_removed);
    void remove(const Entry& entry);

    // What fill() has evicted since it was last asked.
    std::vector<Entry> victims;
    [[nodiscard]] const std::vector<std::optional<Entry>>& places() const { return places_; }
    // A mistake to be found out: the last but one to be used goes first.
    bool off_by_one{false};

private:
    Entry& insert(const Entry& entry);
    [[nodiscard]] std::optional<unsigned> join_group(const Entry& group, Entry& joined);
    [[nodiscard]] unsigned choose_way(unsigned set);
    [[nodiscard]] unsigned choose_lru(unsigned set) const;
    [[nodiscard]] unsigned choose_by_tree(unsigned set);
    void note_use(Entry& entry);
    void point_away(unsigned set, unsigned way);

    Shape shape_;
    unsigned ways_, sets_;
    Policy policy_;
    u64 random_;
    u64 clock_{0};
    std::vector<std::optional<Entry>> places_;  // set by set
    // Per set and node of its tree: whether the second part is the one to take from. Nodes by (first way, number of ways).
    std::vector<std::vector<bool>> trees_;
};

}  // namespace reference
