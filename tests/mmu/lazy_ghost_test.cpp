// A classifier that keeps ghosts only while they differ from the TLB must say what one says that keeps them always, miss by miss.
#include <algorithm>
#include <random>

#include "mmu/taxonomy/miss_classifier.h"
#include "tests/support/catch.h"

using namespace mmu;
using arch::u16;
using arch::u64;
using Ghosts = MissClassifier::Ghosts;
using Scope = arch::TlbInvalidation::Scope;

namespace {

constexpr u64 kPage = 4096;

struct Shape {
    unsigned entries, ways;
    Replacement replacement;
    unsigned tlbi_permille;
};

// What happens to a TLB, told to two classifiers the way the emulator does: lookups when the instruction is over, changes that
// no record tells of before they happen.
class Stream {
public:
    Stream(const Shape& shape, bool warns)
        : config_{shape.entries, shape.ways, "4K,16K,64K,2M"},
          tlb_{config_, shape.replacement, 7},
          random_{shape.entries * 7919 + shape.ways * 31 + shape.tlbi_permille},
          pages_{3 * shape.entries},
          tlbi_permille_{shape.tlbi_permille},
          warns_{warns},
          always_{{{tlb_, config_, shape.replacement}}, Ghosts::Always},
          lazy_{{{tlb_, config_, shape.replacement}}, Ghosts::WhenTheyDiffer} {}

    void run(int instructions) {
        for (int i = 0; i < instructions; ++i) instruction();
    }
    unsigned misses{0}, in_step{0}, different{0}, by_class[kMissClasses]{};

private:
    struct Lookup {
        u64 va;
        u16 asid;
        unsigned slot;
        bool hit;
    };

    unsigned below(unsigned limit) { return static_cast<unsigned>(random_() % limit); }
    // Most accesses near, some far; the higher half is shared by all.
    u64 any_va() {
        const u64 page = below(below(4) == 0 ? pages_ : pages_ / 4);
        return below(8) == 0 ? ~u64{0} << 48 | page * kPage : page * kPage;
    }

    void instruction() {
        std::vector<Lookup> lookups;
        for (unsigned n = below(3) + 1; n != 0; --n) {
            // Accesses of an instruction are to different pages.
            const u64 va = any_va();
            const bool again = std::ranges::any_of(lookups, [&](const Lookup& l) { return (l.va ^ va) >> 14 == 0; });
            if (!again) lookups.push_back(access(va, static_cast<u16>(1 + below(2))));
        }
        const bool invalidates = below(1000) < tlbi_permille_;
        const arch::TlbInvalidation tlbi = any_tlbi();
        if (invalidates) {
            warn([&](MissClassifier& c) { c.before_tlbi(tlbi); });
            (void)tlb_.invalidate(tlbi);
        } else if (below(1000) < tlbi_permille_ / 4) {
            warn([](MissClassifier& c) { c.before_hidden_change(); });
            change_unseen();
        }
        for (const Lookup& lookup : lookups) tell(lookup);
        if (!invalidates) return;
        const auto issuer = static_cast<TlbiIssuer>(1 + below(5));
        both([&](MissClassifier& c) { c.invalidated(tlbi, issuer); });
    }
    Lookup access(u64 va, u16 asid) {
        const unsigned slot = tlb_.find(va, asid);
        if (slot == Tlb::kNone) return {va, asid, tlb_.insert(translation(va, asid)), false};
        tlb_.touch(slot);
        return {va, asid, slot, true};
    }
    void tell(const Lookup& lookup) {
        if (lookup.hit) {
            if (!lazy_.ignores_hit(lookup.slot)) lazy_.hit(0, lookup.slot);
            if (!always_.ignores_hit(lookup.slot)) always_.hit(0, lookup.slot);
            return;
        }
        const TlbEntry& entry = tlb_.entry(lookup.slot);
        const MissVerdict expected = always_.miss(lookup.va, lookup.asid, &entry, lookup.slot);
        const MissVerdict verdict = lazy_.miss(lookup.va, lookup.asid, &entry, lookup.slot);
        different += verdict.miss_class != expected.miss_class || verdict.issuer != expected.issuer;
        ++misses;
        ++by_class[static_cast<unsigned>(expected.miss_class)];
        in_step += lazy_.is_in_step();
        both([&](MissClassifier& c) { c.filled(0, lookup.slot); });
    }
    void both(auto&& action) {
        action(always_);
        action(lazy_);
    }
    void warn(auto&& action) {
        if (warns_) both(action);
    }

    // A translation dropped, or one brought that nobody has asked for.
    void change_unseen() {
        const u64 va = any_va();
        const unsigned slot = tlb_.find(va, 1);
        if (slot != Tlb::kNone) tlb_.drop(slot);
        else (void)tlb_.insert(translation(va, 1));
    }
    arch::TlbInvalidation any_tlbi() {
        arch::TlbInvalidation t;
        t.va = any_va();
        t.bytes = kPage;
        t.asid = static_cast<u16>(1 + below(3));
        t.last_level_only = below(2) == 0;
        const unsigned kind = below(20);
        t.scope = kind == 0 ? Scope::All : kind == 1 ? Scope::Asid : kind < 5 ? Scope::VaAllAsids : Scope::VaAsid;
        return t;
    }
    // Each 64 KiB are pages, pages that a group of four joins by and by, or one block; what they are changes with time.
    TlbEntry translation(u64 va, u16 asid) {
        TlbEntry e;
        const unsigned kind = static_cast<unsigned>(((va >> 16) + misses / 4096) % 3);
        const unsigned shift = kind == 2 ? 16 : kind == 1 ? 14 : 12;
        e.kind = TlbEntry::Kind::Leaf;
        e.va = arch::align_down(va, u64{1} << shift);
        e.pa = (e.va & arch::low_mask(40)) + 0x40000000 * u64{below(50) == 0 ? 2u : 1u};
        e.global = va >> 63 != 0;
        e.asid = e.global ? u16{0} : asid;
        e.reach_shift = e.page_shift = static_cast<arch::u8>(shift);
        e.leaf_shift = 12;
        e.level = 3;
        if (kind != 1) return e;
        e.page_shift = 12;
        e.valid_pages = static_cast<arch::u8>(1u << e.page_of(va) | below(16));
        return e;
    }

    TlbConfig config_;
    Tlb tlb_;
    std::mt19937_64 random_;
    unsigned pages_;
    unsigned tlbi_permille_;
    bool warns_;
    MissClassifier always_, lazy_;
};

constexpr int kInstructions = 30000;

}  // namespace

TEST_CASE("a classifier without needless ghosts says what one with ghosts says, miss by miss") {
    unsigned in_step = 0, misses = 0;
    for (const Shape shape : {Shape{16, 0, Replacement::Lru, 0}, {48, 0, Replacement::Lru, 2}, {16, 0, Replacement::Lru, 20},
                              {100, 0, Replacement::Lru, 2}, {64, 4, Replacement::Lru, 1}, {60, 5, Replacement::Lru, 10},
                              {64, 8, Replacement::Lru, 100}, {32, 0, Replacement::Plru, 5}, {64, 4, Replacement::Random, 5}}) {
        Stream stream{shape, true};
        stream.run(kInstructions);
        INFO(shape.entries << " entries, " << shape.ways << " ways, " << shape.tlbi_permille << " TLBIs in 1000 instructions");
        CHECK(stream.different == 0);
        for (const MissClass c : {MissClass::Compulsory, MissClass::Capacity}) CHECK(stream.by_class[static_cast<unsigned>(c)] != 0);
        CHECK((stream.by_class[static_cast<unsigned>(MissClass::Invalidation)] != 0) == (shape.tlbi_permille != 0));
        if (shape.replacement != Replacement::Lru) CHECK(stream.in_step == 0);
        else if (shape.tlbi_permille <= 2) CHECK(stream.in_step > stream.misses / 4);
        in_step += stream.in_step;
        misses += stream.misses;
    }
    CHECK(in_step > misses / 5);      // or nothing was tried,
    CHECK(in_step < misses * 4 / 5);  // on one side or the other
}

TEST_CASE("a TLBI that a classifier without needless ghosts is not warned of is missed") {
    Stream stream{{48, 0, Replacement::Lru, 2}, false};
    stream.run(kInstructions);
    CHECK(stream.different != 0);
}

TEST_CASE("a ghost begins with the first TLBI that takes something, and ends when the TLB has caught up") {
    const TlbConfig config{8, 0, "4K"};
    Tlb tlb{config, Replacement::Lru, 1};
    MissClassifier classifier{{{tlb, config, Replacement::Lru}}};
    TlbEntry entry;
    entry.kind = TlbEntry::Kind::Leaf;
    entry.reach_shift = entry.page_shift = entry.leaf_shift = 12;
    const auto fill = [&](u64 page) {
        entry.va = page * kPage;
        classifier.filled(0, tlb.insert(entry));
    };
    const auto invalidate = [&](u64 page) {
        arch::TlbInvalidation t;
        t.scope = Scope::VaAsid;
        t.va = page * kPage;
        t.bytes = kPage;
        t.last_level_only = true;
        classifier.before_tlbi(t);
        (void)tlb.invalidate(t);
        classifier.invalidated(t, 1);
    };
    for (u64 page = 0; page < 8; ++page) fill(page);
    CHECK(classifier.is_in_step());
    invalidate(8);
    CHECK(classifier.is_in_step());
    invalidate(3);
    CHECK_FALSE(classifier.is_in_step());
    CHECK(classifier.ghost().find(3 * kPage, 0) != Tlb::kNone);
    for (u64 page = 10; page < 17; ++page) fill(page);
    CHECK_FALSE(classifier.is_in_step());  // it has not been looked at
    fill(17);
    CHECK(classifier.is_in_step());
    classifier.keep_ghosts();
    for (u64 page = 20; page < 40; ++page) fill(page);
    CHECK_FALSE(classifier.is_in_step());
}
