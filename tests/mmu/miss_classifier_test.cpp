// Why TLBs miss: closed forms for each class, and a classifier of a few lines that must agree miss by miss.
#include "mmu/taxonomy/miss_classifier.h"

#include <algorithm>
#include <list>
#include <map>
#include <random>
#include <set>

#include "tests/support/catch.h"

using namespace mmu;
using arch::u16;
using arch::u64;

namespace {

constexpr u64 kPage = 4096;
constexpr TlbiIssuer kMprotect = 3;
constexpr TlbiIssuer kConvert = 7;

TlbEntry translation(u64 va, unsigned shift = 12, u16 asid = 1, u64 offset = 0x40000000) {
    TlbEntry e;
    e.kind = TlbEntry::Kind::Leaf;
    e.va = arch::align_down(va, u64{1} << shift);
    e.pa = e.va + offset;
    e.asid = asid;
    e.reach_shift = e.page_shift = static_cast<arch::u8>(shift);
    e.leaf_shift = 12;
    e.level = 3;
    return e;
}

arch::TlbInvalidation by_va(u64 va, u16 asid = 1) {
    arch::TlbInvalidation t;
    t.scope = arch::TlbInvalidation::Scope::VaAsid;
    t.va = arch::align_down(va, kPage);
    t.bytes = kPage;
    t.asid = asid;
    t.last_level_only = true;
    return t;
}

// A TLB with its classifier. shift_of() is the size of the page that an address has now.
struct Watched {
    TlbConfig config;
    Tlb tlb;
    MissClassifier classifier;
    std::map<MissClass, unsigned> misses{};
    TlbiIssuer last_issuer{0};
    unsigned shift{12};

    explicit Watched(TlbConfig c, Replacement r = Replacement::Lru) : config{c}, tlb{c, r, 5}, classifier{{{tlb, c, r}}} {}

    // true: it missed.
    bool access(u64 va, u16 asid = 1) {
        const unsigned slot = tlb.find(va, asid);
        if (slot != Tlb::kNone) {
            tlb.touch(slot);
            classifier.hit(0, slot);
            return false;
        }
        const TlbEntry entry = translation(va, shift, asid);
        const MissVerdict verdict = classifier.miss(va, asid, &entry);
        ++misses[verdict.miss_class];
        last_issuer = verdict.issuer;
        last = verdict.miss_class;
        classifier.filled(0, tlb.insert(entry));
        return true;
    }
    void invalidate(const arch::TlbInvalidation& t, TlbiIssuer issuer) {
        classifier.before_tlbi(t);
        (void)tlb.invalidate(t);
        classifier.invalidated(t, issuer);
    }
    MissClass last{MissClass::Compulsory};
};

constexpr const char* kSizes = "4K,16K,64K,2M";

}  // namespace

TEST_CASE("the first touch of each page is compulsory, and nothing else is") {
    Watched w{{16, 0, kSizes}};
    for (int round = 0; round < 3; ++round)
        for (u64 page = 0; page < 16; ++page) w.access(page * kPage);
    CHECK(w.misses == std::map<MissClass, unsigned>{{MissClass::Compulsory, 16}});
}

TEST_CASE("a cycle over one page more than a fully associative LRU TLB holds misses for capacity alone") {
    Watched w{{16, 0, kSizes}};
    for (int round = 0; round < 5; ++round)
        for (u64 page = 0; page < 17; ++page) w.access(page * kPage);
    CHECK(w.misses == std::map<MissClass, unsigned>{{MissClass::Compulsory, 17}, {MissClass::Capacity, 4 * 17}});
}

TEST_CASE("pages of one set that a fully associative TLB would hold conflict") {
    Watched w{{64, 4, kSizes}};  // 16 sets
    for (int round = 0; round < 5; ++round)
        for (u64 page = 0; page < 5; ++page) w.access(page * 16 * kPage);
    CHECK(w.misses == std::map<MissClass, unsigned>{{MissClass::Compulsory, 5}, {MissClass::Conflict, 4 * 5}});
}

TEST_CASE("a cycle over twice the TLB misses for capacity also where sets are few") {
    Watched w{{64, 4, kSizes}};
    for (int round = 0; round < 3; ++round)
        for (u64 page = 0; page < 128; ++page) w.access(page * kPage);
    CHECK(w.misses == std::map<MissClass, unsigned>{{MissClass::Compulsory, 128}, {MissClass::Capacity, 2 * 128}});
}

TEST_CASE("a page touched after its TLBI was invalidated, by whom is known") {
    Watched w{{16, 0, kSizes}};
    for (u64 page = 0; page < 8; ++page) w.access(page * kPage);
    w.invalidate(by_va(3 * kPage), kMprotect);
    CHECK_FALSE(w.access(2 * kPage));
    CHECK(w.access(3 * kPage));
    CHECK(w.last == MissClass::Invalidation);
    CHECK(w.last_issuer == kMprotect);
    CHECK_FALSE(w.access(3 * kPage));
}

TEST_CASE("a page that would have been evicted anyway after its TLBI misses for capacity") {
    for (const u64 others : {u64{15}, u64{16}}) {
        Watched w{{16, 0, kSizes}};
        w.access(0);
        w.invalidate(by_va(0), kMprotect);
        for (u64 page = 1; page <= others; ++page) w.access(page * kPage);
        w.access(0);
        CHECK(w.last == (others == 15 ? MissClass::Invalidation : MissClass::Capacity));
    }
}

TEST_CASE("hits between a TLBI and the next touch age what was invalidated") {
    Watched w{{4, 0, kSizes}};
    for (u64 page = 0; page < 4; ++page) w.access(page * kPage);
    w.invalidate(by_va(0), kMprotect);
    for (u64 page = 1; page < 4; ++page) w.access(page * kPage);  // hits: page 0 is the oldest now
    w.access(9 * kPage);                                           // would have evicted it
    w.access(0);
    CHECK(w.last == MissClass::Capacity);
}

TEST_CASE("a TLBI of another ASID, and one that found nothing, take nothing away") {
    Watched w{{4, 0, kSizes}};
    w.access(0);
    w.invalidate(by_va(0, 2), kMprotect);
    CHECK_FALSE(w.access(0));
    for (u64 page = 1; page <= 4; ++page) w.access(page * kPage);
    w.invalidate(by_va(0), kMprotect);  // evicted already
    w.access(0);
    CHECK(w.last == MissClass::Capacity);
}

TEST_CASE("equal addresses of two address spaces are two pages") {
    Watched w{{4, 0, kSizes}};
    w.access(0, 1);
    w.access(0, 2);
    CHECK(w.misses == std::map<MissClass, unsigned>{{MissClass::Compulsory, 2}});
}

TEST_CASE("each page of a block that was unfolded misses once because of that, and later for what it is") {
    Watched w{{16, 0, kSizes}};
    w.shift = 16;
    w.access(0);
    w.shift = 12;
    w.invalidate(by_va(5 * kPage), kConvert);
    for (u64 page = 0; page < 16; ++page) {
        CHECK(w.access(page * kPage));
        CHECK(w.last_issuer == kConvert);
    }
    CHECK(w.misses == std::map<MissClass, unsigned>{{MissClass::Compulsory, 1}, {MissClass::Invalidation, 16}});
    for (u64 page = 100; page < 117; ++page) w.access(page * kPage);
    w.access(0);
    CHECK(w.last == MissClass::Capacity);
}

TEST_CASE("pages that were folded into one entry miss once because of that") {
    Watched w{{64, 0, kSizes}};
    for (u64 page = 0; page < 16; ++page) w.access(page * kPage);
    w.shift = 16;
    for (u64 page = 0; page < 16; ++page) w.invalidate(by_va(page * kPage), kConvert);
    CHECK(w.access(7 * kPage));
    CHECK(w.last == MissClass::Invalidation);
    for (u64 page = 0; page < 16; ++page) CHECK_FALSE(w.access(page * kPage));
    for (u64 page = 100; page < 164; ++page) w.access(page << 16);
    w.access(0);
    CHECK(w.last == MissClass::Capacity);
}

TEST_CASE("without a TLBI the ghost holds what the TLB holds, whatever the replacement") {
    for (const Replacement r : {Replacement::Lru, Replacement::Plru, Replacement::Random}) {
        for (const unsigned ways : {0u, 4u}) {
            Watched w{{32, ways, kSizes}, r};
            std::mt19937_64 random{11};
            for (int i = 0; i < 5000; ++i) w.access((random() % 60) * kPage);
            for (u64 page = 0; page < 60; ++page) {
                const bool real = w.tlb.find(page * kPage, 1) != Tlb::kNone;
                CHECK(real == (w.classifier.ghost().find(page * kPage, 1) != Tlb::kNone));
            }
            CHECK(w.misses[MissClass::Invalidation] == 0);
        }
    }
}

TEST_CASE("a classifier that begins late knows what the TLB holds then") {
    const TlbConfig config{8, 0, kSizes};
    Tlb tlb{config, Replacement::Lru, 5};
    for (u64 page = 0; page < 8; ++page) (void)tlb.insert(translation(page * kPage));
    MissClassifier classifier{{{tlb, config, Replacement::Lru}}};
    classifier.before_tlbi(by_va(0));
    (void)tlb.invalidate(by_va(0));
    classifier.invalidated(by_va(0), kMprotect);
    CHECK(classifier.miss(0, 1, nullptr).issuer == kMprotect);
    CHECK(classifier.miss(99 * kPage, 1, nullptr).miss_class == MissClass::Compulsory);
}

namespace {

// The definition, word by word, for pages of one size: lists in order of use, most recent first.
class Reference {
public:
    Reference(unsigned entries, unsigned ways) : ways_{ways == 0 ? entries : ways}, sets_{entries / ways_}, entries_{entries} {}

    // Nothing: a hit.
    std::optional<MissVerdict> access(u64 page) {
        const bool hit = use(real_, page % sets_, page, ways_);
        std::optional<MissVerdict> verdict;
        if (!hit) verdict = classify(page);
        use(ghost_, page % sets_, page, ways_);
        use(full_, 0, page, entries_);
        seen_.insert(page);
        removed_.erase(page);
        return verdict;
    }
    void invalidate(u64 page, TlbiIssuer issuer) {
        auto& set = real_[page % sets_];
        const auto at = std::find(set.begin(), set.end(), page);
        if (at == set.end()) return;
        set.erase(at);
        removed_[page] = issuer;
    }

private:
    using Sets = std::map<u64, std::list<u64>>;

    MissVerdict classify(u64 page) {
        if (!seen_.contains(page)) return {MissClass::Compulsory, 0};
        if (removed_.contains(page) && has(ghost_[page % sets_], page)) return {MissClass::Invalidation, removed_[page]};
        return {has(full_[0], page) ? MissClass::Conflict : MissClass::Capacity, 0};
    }
    static bool has(const std::list<u64>& set, u64 page) { return std::find(set.begin(), set.end(), page) != set.end(); }
    static bool use(Sets& sets, u64 index, u64 page, unsigned ways) {
        auto& set = sets[index];
        const bool hit = has(set, page);
        set.remove(page);
        set.push_front(page);
        if (set.size() > ways) set.pop_back();
        return hit;
    }

    unsigned ways_, sets_, entries_;
    Sets real_, ghost_, full_;
    std::set<u64> seen_;
    std::map<u64, TlbiIssuer> removed_;
};

}  // namespace

TEST_CASE("random streams with TLBIs are classified as by the definition, miss by miss") {
    struct Shape {
        unsigned entries, ways;
    };
    for (const Shape shape : {Shape{16, 0}, {32, 4}, {64, 2}, {64, 1}, {8, 8}}) {
        for (const unsigned tlbi_percent : {0u, 2u, 20u}) {
            Watched w{{shape.entries, shape.ways, kSizes}};
            Reference reference{shape.entries, shape.ways};
            std::mt19937_64 random{shape.entries * 100 + tlbi_percent};
            unsigned different = 0;
            for (int i = 0; i < 20000; ++i) {
                // Most accesses near, some far.
                const u64 page = random() % (random() % 4 == 0 ? 4 * shape.entries : shape.entries);
                if (random() % 100 < tlbi_percent) {
                    const auto issuer = static_cast<TlbiIssuer>(1 + random() % 5);
                    w.invalidate(by_va(page * kPage), issuer);
                    reference.invalidate(page, issuer);
                    continue;
                }
                const bool missed = w.access(page * kPage);
                const auto expected = reference.access(page);
                if (missed != expected.has_value() || (missed && (w.last != expected->miss_class || w.last_issuer != expected->issuer))) ++different;
            }
            INFO(shape.entries << " entries, " << shape.ways << " ways, " << tlbi_percent << " % TLBI");
            CHECK(different == 0);
            CHECK((w.misses[MissClass::Invalidation] != 0) == (tlbi_percent != 0));
        }
    }
}
