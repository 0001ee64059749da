// The translation tables that walks can reach, with a copy of each descriptor as it was last seen: so a store is known by
// what it changed. Trees are known by their root table.
#pragma once

#include <memory>
#include <unordered_map>
#include <vector>

#include "mmu/arch/descriptor.h"
#include "mmu/arch/granule.h"
#include "mmu/check/check_rules.h"
#include "mmu/physical_memory_port.h"

namespace mmu::check {

// What one TTBR translates.
struct TableRoot {
    arch::u64 table{0};
    arch::TableFormat format{};
    unsigned input_bits{48};
    int start_level{0};
    bool upper{false};    // TTBR1_EL1
    bool enabled{true};   // not EPD
    [[nodiscard]] arch::u64 first_va() const { return upper ? ~arch::low_mask(input_bits) : 0; }
    friend bool operator==(const TableRoot&, const TableRoot&) = default;
};

struct TablePage;

// All that is reached from one root. Entries of its translations may be cached for every ASID that it was installed with.
struct Tree {
    arch::u64 id{0};
    TableRoot root{};
    bool installed{false};
    bool maps_global{false};
    bool globals_stale{false};  // they are among the stale values since another tree came in its place
    std::vector<arch::u16> asids;
    arch::u64 valid{0};       // valid descriptors
    std::vector<std::pair<arch::u64, unsigned>> changed;  // (table, index) written while it was not installed

    [[nodiscard]] bool may_be_cached_for(arch::u16 asid) const;
    void remember(arch::u16 asid);
    void forget(arch::u16 asid);
};

struct TablePage {
    // A table may be linked at several places.
    struct Position {
        Tree* tree{nullptr};
        arch::u64 va{0};  // that its first descriptor maps
    };
    arch::u64 pa{0};
    int level{0};
    std::vector<arch::Descriptor> shadow;
    std::vector<Position> positions;

    [[nodiscard]] bool is_linked_at(const Tree& tree, arch::u64 va) const;
};

class TrackedTables {
public:
    explicit TrackedTables(PhysicalMemoryPort& memory) : memory_{memory} {}

    // Whether a store or load at `pa` may concern a table (or a page marked by watch).
    [[nodiscard]] bool is_watched(arch::u64 pa) const {
        const arch::u64 frame = (pa >> 12) - first_frame_;
        return frame / 64 < watched_.size() && ((watched_[frame / 64] >> (frame % 64)) & 1) != 0;
    }
    void watch(arch::u64 pa, bool on);

    [[nodiscard]] TablePage* find(arch::u64 pa);
    // The table at `pa`, linked at one more position. Null where there is no memory, or it is known at another level.
    // `is_new`: its descriptors are still to be looked at.
    TablePage* link(Tree& tree, arch::u64 pa, int level, arch::u64 va, bool& is_new);
    // One position less; without any, the table is forgotten.
    void unlink(TablePage& page, const Tree& tree, arch::u64 va);

    [[nodiscard]] Tree* find_tree(const TableRoot& root);
    Tree& add_tree(const TableRoot& root);
    void remove_tree(const Tree& tree);  // once its tables are unlinked
    [[nodiscard]] const std::vector<std::unique_ptr<Tree>>& trees() const { return trees_; }

    // The descriptor that decides `va`, with its level: the last one of a walk. Null tree pages end it.
    struct Found {
        TablePage* page{nullptr};
        unsigned index{0};
    };
    [[nodiscard]] Found walk(const Tree& tree, arch::u64 va);

    [[nodiscard]] arch::Descriptor read(arch::u64 pa) { return {memory_.descriptor(arch::PhysicalAddress{pa}).value_or(0)}; }
    // Whether the bytes at both addresses are the same.
    [[nodiscard]] bool same_contents(arch::u64 a, arch::u64 b, arch::u64 bytes);

private:
    [[nodiscard]] static unsigned entries_of(const TableRoot& root, int level);

    PhysicalMemoryPort& memory_;
    arch::u64 first_frame_{0};
    std::vector<arch::u64> watched_;  // bit per 4 KiB frame, from first_frame_ on
    std::unordered_map<arch::u64, TablePage*> by_frame_;
    std::unordered_map<arch::u64, std::unique_ptr<TablePage>> pages_;
    std::vector<std::unique_ptr<Tree>> trees_;
    arch::u64 last_id_{0};
};

}  // namespace mmu::check
