// Why a TLB missed. Every miss has one class, the first that fits:
//   compulsory    no translation of the page was ever in this TLB
//   invalidation  a TLBI removed it, and without any TLBI it would still be there: in a directory of the same geometry and
//                 replacement that sees the same accesses and no TLBI
//   conflict      a fully associative LRU directory with as many entries, which sees no TLBI either, has it
//   capacity      all others
// A page is a virtual address and an ASID (or all of them). It looks at the TLB after each event and changes nothing there.
#pragma once

#include <optional>
#include <vector>

#include "mmu/taxonomy/lazy_ghost.h"
#include "mmu/taxonomy/seen_pages.h"

namespace mmu {

enum class MissClass : arch::u8 { Compulsory, Invalidation, Conflict, Capacity };
inline constexpr unsigned kMissClasses = 4;

struct MissVerdict {
    MissClass miss_class{MissClass::Compulsory};
    TlbiIssuer issuer{0};  // of an invalidation
};

// One TLB level of one or more parts (an L2 TLB may be split by page size).
class MissClassifier {
public:
    struct PartOf {
        const Tlb& tlb;
        TlbConfig config;
        Replacement replacement;
    };
    // WhenTheyDiffer makes no difference but in cost, as long as the TLB does nothing but what the classifier is told of in
    // the same order, or warned of by before_tlbi() and before_hidden_change(). LRU alone: others keep their ghosts always.
    enum class Ghosts : arch::u8 { WhenTheyDiffer, Always };
    // Begins with what the parts hold now; they must outlive the classifier.
    explicit MissClassifier(const std::vector<PartOf>& parts, Ghosts ghosts = Ghosts::WhenTheyDiffer);

    // A lookup hit `slot` of a part.
    void hit(unsigned part, unsigned slot) {
        if (!hits_matter_) return;
        Part& p = parts_[part];
        const Link& link = p.links[slot];
        if (link.life != p.real->use(slot).life) [[unlikely]] return relink(p, slot);
        if (p.ghost.follows(slot)) p.ghost.directory().touch(link.ghost);
        if (lru_) lru_->touch(link.lru);
        make_youngest(p, link.life);
    }
    // Whether hit() does anything.
    [[nodiscard]] bool hits_matter() const { return hits_matter_; }
    // Whether to tell of a hit on `slot` of part 0 changes nothing: where it was used last of all, or nobody keeps count.
    [[nodiscard]] bool ignores_hit(unsigned slot) const { return !hits_matter_ || uses_[slot].life == youngest_; }
    // A lookup missed in all parts. `filled`: what it brought, null where it ended in a fault; `slot`: where in part 0 it is
    // already, if it is. Call before filled().
    [[nodiscard]] MissVerdict miss(arch::u64 va, arch::u16 asid, const TlbEntry* filled, unsigned slot = Tlb::kNone) {
        if (!seen_.contains(va, asid)) return {MissClass::Compulsory, 0};
        if (!hits_matter_) return {MissClass::Capacity, 0};  // what the TLB missed, a ghost in step does not have
        return miss_again(va, asid, filled, slot);
    }
    // The miss put an entry into `slot`.
    void filled(unsigned part, unsigned slot) {
        Part& p = parts_[part];
        const TlbEntry& entry = p.real->entry(slot);
        seen_.add(entry);
        p.ghost.directory().note(entry);
        if (hits_matter_) follow_fill(p, slot);
    }
    // The miss put `entry` into no slot of this level, which will have it later (an exclusive L2 TLB).
    void passed_by(const TlbEntry& entry) { seen_.add(entry); }
    struct Walk {
        arch::u64 va;
        arch::u16 asid;
        arch::Granule granule;
        bool searched;  // for pointers to tables: a walk that faults before it begins uses none
        unsigned slot;  // of the part, which it has filled; Tlb::kNone: none
    };
    // The miss walked the tables: where their pointers are kept in this TLB, they were used.
    void walked(unsigned part, const Walk& walk);
    // A TLBI is about to be executed; `asid` as the TLB compares it.
    void before_tlbi(const arch::TlbInvalidation& tlbi);
    // It has been, and all lookups of before it have been told of.
    void invalidated(const arch::TlbInvalidation& tlbi, TlbiIssuer issuer);
    // The TLB is about to change by something that nobody will tell of: a prefetch, a stale translation dropped.
    void before_hidden_change();
    // Nor of what comes after: as Ghosts::Always from now on.
    void keep_ghosts();

    // For tests: what part 0 would hold without TLBIs, and whether that is what it holds.
    [[nodiscard]] const Tlb& ghost() const { return parts_[0].ghost.tlb(); }
    [[nodiscard]] bool is_in_step() const { return parts_[0].ghost.in_step(); }

private:
    struct Link {
        arch::u64 life{0};  // SlotUse::life of the entry that the link is about; 0: none
        unsigned ghost{Tlb::kNone};
        unsigned lru{Tlb::kNone};
    };
    struct Part {
        const Tlb* real;
        LazyGhost ghost;
        std::vector<Link> links;       // by slot of `real`; up to date where hits matter
        unsigned first_number;         // of its slots, for the fully associative directory
    };

    void make_youngest(const Part& part, arch::u64 life) { youngest_ = &part == parts_.data() ? life : 0; }
    [[nodiscard]] MissVerdict miss_again(arch::u64 va, arch::u16 asid, const TlbEntry* filled, unsigned slot);
    void follow_fill(Part& part, unsigned slot);
    void begin_ghost(Part& part);
    [[nodiscard]] bool ghost_has(arch::u64 va, arch::u16 asid, const TlbEntry* filled, unsigned slot);
    void relink(Part& part, unsigned slot);
    void relink_ghost(Part& part, unsigned slot, Link& link);
    void forget_links() {
        if (!unlinked_lru_.empty()) forget_unlinked();
    }
    void forget_unlinked();
    void begin_lru(const std::vector<PartOf>& parts);

    std::vector<Part> parts_;
    const SlotUse* uses_;     // of part 0, by slot
    bool hits_matter_{true};  // to a ghost or to the fully associative directory
    arch::u64 youngest_{0};   // life of the entry there that was used last, in the directories too; 0: it was something else
    std::optional<GhostDirectory> lru_;  // absent where the ghost is fully associative LRU itself
    SeenPages seen_;
    std::vector<unsigned> unlinked_;      // slots that a ghost no longer has
    std::vector<unsigned> unlinked_lru_;  // numbers that the fully associative directory no longer has
};

}  // namespace mmu
