// The TLBs of one core once more, from the words of mmu/README.md: own tables, own walker, own rules of replacement, aggregation,
// invalidation, inclusion and prefetch. Judges mmu::Mmu by the same accesses; no header of its TLBs or of its walker.
#pragma once

#include <string>

#include "tests/mmu/reference/reference_array.h"

namespace reference {

enum class WalkCaches { None, L2Tlb, Separate, Levels };
enum class Inclusion { Neither, Inclusive, Exclusive };

struct Config {
    Shape l1i, l1d, l2, l2_large;  // l2_large: no entries, none there
    bool uses_hint{false};
    unsigned group_pages{1};  // that hardware aggregates
    Policy policy{Policy::Lru};
    u64 seed{1};
    WalkCaches walk_caches{WalkCaches::L2Tlb};
    std::vector<Shape> caches;  // Separate: one; Levels: by the level of the descriptor
    bool prefetches{false};
    Inclusion inclusion{Inclusion::Neither};
    bool tlbi_flushes_l1{false};
    bool updates_access_flag{false}, updates_dirty{false}, wide_asids{true};  // what the core can do
};

struct Registers {
    u64 SCTLR_EL1{0}, TCR_EL1{0}, TTBR0_EL1{0}, TTBR1_EL1{0};
};

enum class Kind { Fetch, Load, Store };
enum class Source { L1Hit, L2Hit, Walk };

// How one access went.
struct Course {
    Source source{Source::Walk};
    bool faulted{false};
    u64 bytes{4096};  // reach of the entry that served it
    bool from_walk_cache{false};
    unsigned steps{0};
    unsigned prefetch_steps{0};
    friend bool operator==(const Course&, const Course&) = default;
};
[[nodiscard]] std::string text_of(const Course& course);

struct Tlbi {
    bool by_address{false}, all_asids{false}, all{false}, last_level{false};
    unsigned asid{0};
    u64 va{0}, bytes{0};
    int level{-1};  // hint; -1: none
};

class Mmu {
public:
    // `read` gives eight bytes of physical memory, as they are after the access.
    using Read = std::function<std::optional<u64>(u64 pa)>;
    Mmu(const Config& config, Read read);

    void set_registers(const Registers& registers) { registers_ = registers; }
    [[nodiscard]] bool is_on() const { return (registers_.SCTLR_EL1 & 1) != 0; }
    Course access(Kind kind, u64 va, unsigned el);
    // How many entries, or pages of a group, it removed.
    unsigned invalidate(const Tlbi& tlbi);

    // "l1i", "l1d", "l2", "l2-large", "walk-cache".
    void for_each(const std::function<void(const std::string&, const Array&)>& visit) const;
    Array& l1d() { return l1d_; }
    // A mistake to be found out: of the next invalidation that concerns anything, the entries stay.
    bool forgets_tlbi{false};

private:
    struct Half {
        u64 page_bytes, root;
        unsigned input_bits, output_bits;
        int start_level;
        bool disabled, limits_count, tag_ignored;
    };
    struct Leaf {
        bool found{false};
        u64 descriptor{0}, at{0}, output{0};
        int level{0};
        unsigned limits{0};
    };
    struct Walk {
        Leaf leaf{};
        unsigned steps{0};
        bool from_cache{false};
    };
    struct Run {
        u64 first, end;
    };

    [[nodiscard]] Half half_of(u64 va) const;
    [[nodiscard]] unsigned asid() const;
    [[nodiscard]] bool in_range(u64 va) const;
    [[nodiscard]] static u64 span(const Half& half, int level);
    [[nodiscard]] Array& l2_part(const Entry& entry);
    [[nodiscard]] std::pair<Array*, Entry*> find_l2(u64 address);
    [[nodiscard]] Array* cache_for(int level);
    [[nodiscard]] Walk walk(u64 address);
    [[nodiscard]] Entry entry_of(const Leaf& leaf, u64 address, bool write, bool prefetched);
    void form_group(Entry& entry, const Leaf& leaf, u64 address);
    [[nodiscard]] unsigned rights_of(u64 descriptor, unsigned limits) const;
    [[nodiscard]] static bool allows(unsigned rights, Kind kind, unsigned el);
    // What is to be done before a write through `entry`. false: its descriptor is not in the tables any more.
    [[nodiscard]] bool make_dirty(Entry& entry, u64 address);
    void forget(u64 address);
    Course walk_for(Kind kind, u64 address, unsigned el);
    void fill(Kind kind, const Entry& entry, u64 address, Course& course);
    void fill_l1_exclusively(Array& l1, const Entry& entry, u64 address, Course& course);
    void follow_evictions();
    void prefetch_after(Kind kind, const Entry& entry, u64 address, bool used, Course& course);
    [[nodiscard]] static Run run_around(const Entry& entry, u64 address);
    [[nodiscard]] unsigned removed_of(const Tlbi& tlbi, Entry& entry) const;

    Config config_;
    Read read_;
    Registers registers_{};
    Array l1i_, l1d_, l2_;
    std::optional<Array> l2_large_;
    std::vector<Array> caches_;
    struct Stream {
        u64 end{1};
        unsigned asid{0};
    } streams_[2];
};

}  // namespace reference
