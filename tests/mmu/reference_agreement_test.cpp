// mmu::Mmu against the reference simulator, on random streams of accesses, table changes, context switches and TLBIs, with
// stale entries among them: the course of each access, what each TLBI removes, and what the TLBs hold must be the same.
#include "mmu/base/config_schema.h"
#include "tests/mmu/reference/adapter.h"
#include "tests/mmu/support/mmu_fixture.h"
#include "tests/support/catch.h"
#include "tests/support/random.h"

using namespace test;
using arch::Granule;

namespace {

using Settings = std::vector<std::pair<std::string, std::string>>;

mmu::MmuConfig config_with(const Settings& settings) {
    mmu::MmuConfig config;
    // Small, so that everything is evicted soon.
    config.l1i_tlb = {8, 0, "4K,16K,64K,256K,2M,32M"};
    config.l1d_tlb = {8, 0, "4K,16K,64K,256K,2M,512M"};
    config.l2_tlb = {40, 5, "4K,16K,64K,2M,32M,512M,1G"};
    config.host_tlb = false;
    emu::ParameterList keys{config};
    for (const auto& [key, value] : settings) keys.set(key, value, "test");
    return config;
}

constexpr u64 kLowVa = 0x0000'1234'4000'0000;
constexpr u64 kHighVa = 0xffff'8000'0000'0000;  // with 47 bits too
constexpr unsigned kChunks = 12;  // of 2 MiB of 4K granule, or of that many pages

class Pair {
public:
    Pair(const Settings& settings, Granule granule, u64 tcr, unsigned input_bits, u64 seed)
        : fixture{config_with(settings), tcr, granule, input_bits},
          judge{reference::config_of(config_with(settings)),
                [this](u64 pa) -> std::optional<u64> { return fixture.memory.contains(pa) ? std::optional{fixture.memory.get(pa)} : std::nullopt; }},
          random_{seed},
          granule_{granule} {}

    // Describes the first disagreement; empty: there is none.
    std::string run(unsigned steps) {
        for (unsigned chunk = 0; chunk < kChunks; ++chunk) remap(chunk);
        for (unsigned i = 0; i < steps && difference.empty(); ++i) step();
        if (difference.empty()) compare_contents();
        return difference;
    }

    Fixture fixture;
    reference::Mmu judge;
    std::string difference;
    unsigned tlbis{0};

private:
    u64 page() const { return arch::page_size(granule_); }
    u64 table_span() const { return arch::level_size(granule_, 2); }
    // 12 spans of one last-level table each: the first eight of the lower half, the others of the upper.
    u64 base_of(unsigned chunk) const { return (chunk < 8 ? kLowVa : kHighVa) + chunk * table_span(); }
    TableBuilder& tables_of(unsigned chunk) { return chunk < 8 ? fixture.low : fixture.high; }

    void step() {
        const u64 what = random_.next() % 1000;
        if (what < 880) access(any_address(), any_kind());
        else if (what < 960) sequence();
        else if (what < 975) fixture.set_asid(1 + random_.next() % 3);
        else if (what < 988) invalidate();
        else change_tables();
    }
    u64 any_address() {
        const unsigned chunk = static_cast<unsigned>(random_.next() % kChunks);
        const u64 hot = random_.next() % 4 != 0 ? 24 : arch::entries_per_table(granule_);
        return base_of(chunk) + random_.next() % hot * page() + random_.next() % 4096;
    }
    AccessKind any_kind() {
        const u64 r = random_.next() % 8;
        return r == 0 ? AccessKind::Fetch : r < 3 ? AccessKind::Store : AccessKind::Load;
    }
    void sequence() {
        const u64 start = any_address();
        const AccessKind kind = any_kind();
        for (u64 i = 0; i < 12 && difference.empty(); ++i) access(start + i * page(), kind);
    }
    void access(u64 va, AccessKind kind) {
        const unsigned el = va >> 63 != 0 ? 1 : 0;
        static_cast<void>(fixture.access(kind, va, el));
        judge.set_registers(reference::registers_of(fixture.registers));
        const auto as = kind == AccessKind::Fetch ? reference::Kind::Fetch : kind == AccessKind::Load ? reference::Kind::Load : reference::Kind::Store;
        const reference::Course theirs = judge.access(as, va, el);
        const reference::Course ours = reference::course_of(fixture.record);
        if (!(ours == theirs)) note("access " + std::to_string(va) + ": " + text_of(ours) + "; reference: " + text_of(theirs));
    }
    void invalidate() {
        using Scope = arch::TlbInvalidation::Scope;
        arch::TlbInvalidation tlbi;
        const u64 r = random_.next() % 20;
        tlbi.scope = r == 0 ? Scope::All : r < 3 ? Scope::Asid : r < 14 ? Scope::VaAsid : Scope::VaAllAsids;
        tlbi.asid = static_cast<arch::u16>(1 + random_.next() % 3);
        tlbi.va = arch::align_down(any_address(), page());
        tlbi.granule = granule_;
        tlbi.bytes = random_.next() % 4 == 0 ? page() << random_.next() % 10 : page();
        tlbi.last_level_only = random_.next() % 2 == 0;
        tlbi.ttl_level = random_.next() % 4 == 0 ? static_cast<int>(2 + random_.next() % 2) : -1;
        ++tlbis;
        const unsigned ours = fixture.unit.invalidate(tlbi);
        const unsigned theirs = judge.invalidate(reference::tlbi_of(tlbi));
        if (ours != theirs) note("a TLBI removed " + std::to_string(ours) + " entries; reference: " + std::to_string(theirs));
        compare_contents();
    }
    // Often without a TLBI: what is stale then must be stale in both.
    void change_tables() { remap(static_cast<unsigned>(random_.next() % kChunks)); }

    u64 any_attributes(unsigned chunk) {
        if (chunk >= 8) return random_.next() % 4 == 0 ? kKernelCode : kKernelPage;
        const u64 r = random_.next() % 8;
        return r == 0 ? kUserCode : r == 1 ? kUserReadOnly : r < 4 ? kUserClean : r == 4 ? kUserPage & ~kAccessFlag : kUserPage;
    }
    void remap(unsigned chunk) {
        const u64 base = base_of(chunk);
        TableBuilder& tables = tables_of(chunk);
        const u64 frames = kRam + chunk * (u64{4} << 20) % (u64{64} << 20);
        const u64 form = random_.next() % 8;
        if (granule_ == Granule::k4K && form == 0) {
            fixture.memory.put(tables.slot(base, 2), 0);
            tables.map(base, arch::align_down(frames, u64{2} << 20), any_attributes(chunk), 2);
            return;
        }
        const u64 parent = tables.slot(base, 2);
        if ((fixture.memory.get(parent) & 3) == 1) fixture.memory.put(parent, 0);
        const u64 group = arch::contiguous_count(granule_, 3);
        for (u64 i = 0; i < 3 * group && i < arch::entries_per_table(granule_);) i += map_some(tables, base + i * page(), frames + i * page(), chunk, group);
    }
    // A whole contiguous group, neighbours that happen to be contiguous, scattered pages, or nothing.
    u64 map_some(TableBuilder& tables, u64 va, u64 pa, unsigned chunk, u64 group) {
        const u64 form = random_.next() % 6;
        const u64 attributes = any_attributes(chunk);
        if (form == 0 && arch::is_aligned(va, group * page())) {
            tables.map_pages(va, arch::align_down(pa, group * page()), group, attributes | kContiguous);
            return group;
        }
        const u64 count = std::min<u64>(group, 1 + random_.next() % 16);
        for (u64 i = 0; i < count; ++i) {
            if (form == 1) tables.unmap(va + i * page());
            else tables.map(va + i * page(), pa + (form == 2 ? random_.next() % 64 : i) * page(), attributes);
        }
        return count;
    }
    void compare_contents() {
        const auto ours = reference::contents_of(fixture.unit.tlbs());
        const auto theirs = reference::contents_of(judge);
        for (std::size_t i = 0; i < std::max(ours.size(), theirs.size()); ++i) {
            if (i < ours.size() && i < theirs.size() && ours[i] == theirs[i]) continue;
            return note("holds " + (i < ours.size() ? ours[i] : "nothing more") + "; reference: " + (i < theirs.size() ? theirs[i] : "nothing more"));
        }
    }
    void note(const std::string& text) {
        if (difference.empty()) difference = text;
    }

    test_support::Random random_;
    Granule granule_;
};

struct Geometry {
    const char* name;
    Granule granule;
    u64 tcr;
    unsigned input_bits;
};
// TG0, TG1 and TxSZ over kTcr; 4K with 48 bits, 16K with 47, 64K with 48.
const Geometry kGeometries[] = {
    {"4K", Granule::k4K, kTcr | kTcrHa | kTcrHd, 48},
    {"16K", Granule::k16K, (kTcr & ~0xc03f'c03fULL) | 0x4011'8011 | kTcrHa | kTcrHd, 47},
    {"64K", Granule::k64K, (kTcr & ~0xc03f'c03fULL) | 0xc010'4010 | kTcrHa, 48},
};

const Settings kMatrix[] = {
    {},
    {{"mmu.contiguous", "ignore"}},
    {{"mmu.contiguous", "hint"}, {"mmu.replacement", "plru"}},
    {{"mmu.contiguous", "coalesce2"}, {"mmu.replacement", "random"}, {"mmu.replacement_seed", "7"}},
    {{"mmu.contiguous", "coalesce4"}},
    {{"mmu.contiguous", "coalesce8"}, {"mmu.walk_cache", "none"}},
    {{"mmu.contiguous", "hint+coalesce8"}, {"mmu.replacement", "plru"}},
    {{"mmu.hpa", "l2"}},
    {{"mmu.hpa", "off"}, {"mmu.walk_cache", "separate"}, {"mmu.walk_cache.entries", "24"}, {"mmu.walk_cache.ways", "8"}},
    {{"mmu.walk_cache", "levels"}, {"mmu.walk_cache.level2_entries", "4"}},
    {{"mmu.prefetch", "next-page"}},
    {{"mmu.prefetch", "next-page"}, {"mmu.contiguous", "ignore"}, {"mmu.walk_cache", "none"}},
    {{"mmu.prefetch", "next-page"}, {"mmu.inclusion", "exclusive"}, {"mmu.replacement", "random"}},
    {{"mmu.inclusion", "inclusive"}},
    {{"mmu.inclusion", "inclusive"}, {"mmu.prefetch", "next-page"}, {"mmu.l2_large_tlb.entries", "4"}, {"mmu.l2_large_tlb.page_sizes", "64K,2M"}},
    {{"mmu.inclusion", "exclusive"}},
    {{"mmu.inclusion", "exclusive"}, {"mmu.l1d_tlb.page_sizes", "4K,16K"}, {"mmu.l2_large_tlb.entries", "8"}},
    {{"mmu.tlbi_flushes_l1", "on"}, {"mmu.l1i_tlb.entries", "10"}, {"mmu.l1d_tlb.entries", "10"}},
    {{"mmu.l1d_tlb.entries", "20"}, {"mmu.l1d_tlb.ways", "5"}, {"mmu.l1i_tlb.entries", "12"}, {"mmu.l1i_tlb.ways", "6"},
     {"mmu.l2_tlb.entries", "48"}, {"mmu.l2_tlb.ways", "12"}, {"mmu.replacement", "plru"}},
    {{"mmu.l1d_tlb.page_sizes", "4K,64K,1M"}, {"mmu.l2_tlb.page_sizes", "4K,64K,1M,2M,16M,512M,1G"}},
};

std::string text_of(const Settings& settings) {
    std::string out;
    for (const auto& [key, value] : settings) out += key + "=" + value + " ";
    return out;
}

}  // namespace

TEST_CASE("The TLBs and the reference simulator agree on every access, every TLBI and every entry") {
    for (const Geometry& geometry : kGeometries) {
        for (const Settings& settings : kMatrix) {
            INFO(geometry.name << " " << text_of(settings));
            for (const u64 seed : {u64{1}, u64{2}, u64{3}}) {
                Pair pair{settings, geometry.granule, geometry.tcr, geometry.input_bits, seed};
                CHECK(pair.run(6000) == "");
                CHECK(pair.fixture.count(Event::SIM_L2_HIT) > 50);
                CHECK(pair.tlbis > 40);
            }
        }
    }
}

TEST_CASE("A reference that forgets one TLBI disagrees") {
    Pair pair{{}, Granule::k4K, kTcr, 48, 42};
    pair.judge.forgets_tlbi = true;
    CHECK(pair.run(6000) != "");
}

TEST_CASE("A reference whose LRU takes the last but one disagrees") {
    Pair pair{{}, Granule::k4K, kTcr, 48, 42};
    pair.judge.l1d().off_by_one = true;
    CHECK(pair.run(6000) != "");
}

TEST_CASE("A reference of another replacement policy disagrees, of another seed too") {
    const auto against = [](const Settings& ours, const Settings& theirs) {
        Pair pair{ours, Granule::k4K, kTcr, 48, 42};
        reference::Mmu judge{reference::config_of(config_with(theirs)), [&](u64 pa) -> std::optional<u64> { return pair.fixture.memory.get(pa); }};
        pair.judge = judge;
        return pair.run(6000);
    };
    CHECK(against({}, {{"mmu.replacement", "plru"}}) != "");
    CHECK(against({{"mmu.replacement", "random"}}, {{"mmu.replacement", "random"}, {"mmu.replacement_seed", "2"}}) != "");
    CHECK(against({{"mmu.prefetch", "next-page"}}, {{"mmu.prefetch", "off"}}) != "");
}
