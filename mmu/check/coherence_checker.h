// Whether software keeps TLBs coherent with its translation tables, whatever a particular TLB happens to hold. The checker
// knows addresses, descriptors, TLBIs and barriers, in program order of one processing element, and keeps for each
// descriptor the values that a TLB or walk cache may hold: the present one, and old ones until a TLBI that names them
// was completed. What it assumes and does not see: README.md here.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <unordered_map>

#include "mmu/access.h"
#include "mmu/check/contiguous_groups.h"
#include "mmu/check/findings.h"
#include "mmu/check/pending_use.h"
#include "mmu/check/register_changes.h"
#include "mmu/check/stale_values.h"
#include "mmu/check/tracked_tables.h"

namespace mmu::check {

// What a use of an address is.
struct Use {
    arch::u64 va{0};
    bool write{false};
    bool fetch{false};
    arch::u8 el{0};
    Site site{};
};

struct LegalCounts {
    std::array<arch::u64, kStaleKindCount> values{};    // old values that stayed cacheable for a while
    std::array<arch::u64, kStaleKindCount> accesses{};  // that may have been served by one, and would have differed
};

class CoherenceChecker {
public:
    struct Options {
        unsigned bbm{0};          // FEAT_BBM level
        std::size_t reports{10};  // errors told in full
    };
    // Told of each table when it becomes known (`descriptors` read then), and of each descriptor that changes.
    struct Observer {
        std::function<void(arch::u64 pa, std::span<const arch::Descriptor> descriptors)> table_found;
        std::function<void(arch::u64 pa, arch::Descriptor value, const Site& site)> descriptor_written;
    };

    // `memory` must outlive the checker.
    CoherenceChecker(const Options& options, PhysicalMemoryPort& memory);
    void observe(Observer observer) { observer_ = std::move(observer); }

    // Cheap tests before the calls below.
    [[nodiscard]] bool watches(arch::u64 pa) const { return tables_.is_watched(pa); }
    [[nodiscard]] bool wants_use(arch::u64 va, unsigned el) const {
        return stale_.may_concern(va) || (el != 0 && !pending_.empty()) || register_changes_.may_concern(va);
    }
    [[nodiscard]] bool wants_walks() const { return !groups_.empty(); }

    void set_regime(const CheckedRegime& regime, const Site& site);
    // After a store to [pa, +bytes). `exchange`: it is part of an atomic read-modify-write.
    void store(arch::u64 pa, arch::u64 bytes, bool exchange, const Site& site);
    void load(arch::u64 pa, arch::u64 bytes);
    void hardware_update(arch::u64 pa, arch::u64 value, const Site& site);
    // A walk for `use` read the leaf at `pa`.
    void walked(arch::u64 pa, const Use& use);
    void use(const Use& use);
    void tlbi(const arch::TlbInvalidation& tlbi, const Site& site);
    // `in_domain`: of the Inner Shareable domain at least.
    void dsb(bool loads, bool stores, bool in_domain);
    // A context synchronization event: ISB, exception entry, exception return.
    void synchronized() {
        pending_.synchronized();
        register_changes_.synchronized();
    }
    void isb() {
        synchronized();
        register_changes_.isb();
    }
    void return_to_user(const Site& site);
    // Memory is given back, or given another use.
    void freed(arch::u64 pa, arch::u64 bytes, const Site& site);

    [[nodiscard]] const Findings& findings() const { return findings_; }
    [[nodiscard]] const LegalCounts& legal() const { return legal_; }

private:
    // Bytes of a kernel stack: a return to EL0 at the top of the one that a store was made on ends what the store was part of.
    // Linux: THREAD_SIZE of arm64.
    static constexpr arch::u64 kStackBytes = 16384;

    // One descriptor of one table at one position.
    struct Place {
        TablePage* page;
        Tree* tree;
        unsigned index;
        arch::u64 va;  // that it maps from
        [[nodiscard]] int level() const { return page->level; }
        [[nodiscard]] arch::u64 pa() const { return page->pa + 8 * index; }
        [[nodiscard]] arch::u64 bytes() const { return arch::level_size(tree->root.format.granule, page->level); }
    };

    // What was told of a value before it became stale.
    struct StaleNote {
        bool told{false};
        arch::u32 finding{kNoFinding};
    };

    // coherence_tables.cpp: which tables there are
    [[nodiscard]] static Place place_in(TablePage& page, const TablePage::Position& at, unsigned index);
    void uninstall(Tree& tree, const Site& site);
    void install(bool upper, const Site& site);
    void check_asid(const Tree& tree, const Site& site);
    void report_asid(const Tree& tree, arch::u64 other_root, const Site& site);
    void adopt(Tree& tree, arch::u64 table, int level, arch::u64 va, const Site& site);
    void adopt_contents(TablePage& page, const TablePage::Position& at, const Site& site);
    // Takes a table out of the tree. With `site`, what may be cached of it is stale from there on.
    void release(Tree& tree, arch::u64 table, int level, arch::u64 va, const Site* site);
    void drop_tree(Tree& tree);
    void leave_globals(const Site& site);
    void make_global_leaves_stale(Tree& tree, arch::u64 table, int level, const Site& site);
    void catch_up(Tree& tree, const Site& site);
    void complete_address_spaces(bool in_domain);

    // coherence_checker.cpp: what writes do
    void changed(const Place& place, arch::Descriptor old, arch::Descriptor now, const Site& site);
    [[nodiscard]] Finding finding_at(const Place& place, arch::Descriptor old, arch::Descriptor now, const Site& site) const;
    [[nodiscard]] StaleNote check_in_place(const Place& place, arch::Descriptor old, arch::Descriptor now, const Site& site);
    void check_exchange(const Place& place, arch::Descriptor old, arch::Descriptor now, const Site& site);
    [[nodiscard]] std::optional<Rule> in_place_rule(const Place& place, arch::Descriptor old, arch::Descriptor now);
    [[nodiscard]] Difference difference_at(const Place& place, arch::Descriptor old, arch::Descriptor now);
    void made(const Place& place, arch::Descriptor now, const Site& site);
    void check_against_stale(const Place& place, arch::Descriptor now, const Site& site);
    [[nodiscard]] bool conflicts(const StaleValue& v, const Place& place, arch::Descriptor now);
    void report_conflict(StaleValue& v, const Place& place, arch::Descriptor now, const Site& site);
    void note_group(const Place& place, const Site& site);
    [[nodiscard]] StaleValue value_at(const Place& place, arch::Descriptor value, const Site& site) const;
    void add_stale(const Place& place, arch::Descriptor old, arch::Descriptor now, const Site& site, StaleNote note);
    void store_to_unlinked(arch::u64 pa, arch::u64 bytes, const Site& site);
    void gone(const StaleValue& value);
    [[nodiscard]] VaRange reach_of(const Place& place, arch::Descriptor leaf) const;
    [[nodiscard]] ChangeRules rules_for(arch::TableFormat format) const;

    // coherence_uses.cpp: what accesses may meet
    void use_early(const Use& use);
    void fetch_early(const Use& use);
    [[nodiscard]] bool fetches_alike(const StaleValue& v, arch::u64 va, arch::Descriptor& now, int& level);
    void use_stale(StaleValue& v, const Use& use, std::optional<StaleKind>& legal);
    [[nodiscard]] bool matters(const StaleValue& v, StaleKind kind, arch::Descriptor expected, const Use& use) const;
    [[nodiscard]] std::optional<StaleKind> kind_now(const StaleValue& v, arch::u64 va, arch::Descriptor& now, int& level);
    [[nodiscard]] bool has_returned(const Site& write) const;
    void check_freed();
    void judge(const std::vector<ContiguousGroups::Group>& groups, const Use* use);
    [[nodiscard]] static Finding finding_of(const StaleValue& v);

    // coherence_registers.cpp: MAIR_EL1, SCTLR_EL1, and TCR_EL1 but for where the tables are
    struct SubTable {
        arch::u64 table;
        int level;
        arch::u64 va;
        bool limited;  // by hierarchical permissions above
    };
    void change_fields(const CheckedRegime& before, const Site& site);
    void change_fields_of(Tree& tree, const SubTable& at, const CheckedRegime& before, const Site& site);
    void add_register_stale(const Place& place, bool limited, const CheckedRegime& before, const Site& site);
    [[nodiscard]] bool is_outdated(const StaleValue& v) const;
    [[nodiscard]] bool register_matters(const StaleValue& v, const Use& use) const;
    [[nodiscard]] bool is_identity(arch::u64 va);
    [[nodiscard]] bool executes_writable(arch::u64 va);
    [[nodiscard]] Finding early_use(const Use& use, const Site& write) const;
    [[nodiscard]] static Finding old_register_use(const StaleValue& v);
    void use_control_early(const Use& use);
    void use_old_registers(const Use& use);

    Options options_;
    CheckedRegime regime_{};
    CheckedRegime in_force_{};  // the last one that translated, for which entries may be there
    std::array<Tree*, 2> current_{};
    TrackedTables tables_;
    StaleValues stale_;
    StoreOrder order_{};
    ContiguousGroups groups_;
    PendingUse pending_;
    RegisterChanges register_changes_;
    Findings findings_;
    LegalCounts legal_{};
    Observer observer_{};
    std::unordered_map<arch::u64, Site> unseen_;  // descriptors that hardware updated since software last read them
    struct FlushedSpace {
        std::optional<arch::u16> asid;  // empty: all
        bool broadcast;
    };
    std::vector<FlushedSpace> flushed_;  // by TLBIs that a DSB has to complete
    std::map<arch::u64, arch::u64> returns_;  // SP at returns to EL0, and the number of the last one there
    bool some_freed_{false};
    bool adopting_{false};  // tables that were there before a register pointed to them
};

}  // namespace mmu::check
