#include "tests/mmu/reference/adapter.h"

#include <algorithm>
#include <bit>
#include <sstream>

namespace reference {

namespace {

std::vector<u64> sizes_of(const std::string& text) {
    std::vector<u64> out;
    std::istringstream words{text};
    for (std::string word; std::getline(words, word, ',');) {
        const u64 unit = word.back() == 'K' ? 10 : word.back() == 'M' ? 20 : 30;
        out.push_back(std::stoull(word) << unit);
    }
    std::ranges::sort(out);
    return out;
}

Shape shape_of(const mmu::TlbConfig& tlb) { return {tlb.entries, tlb.ways, sizes_of(tlb.page_sizes), true}; }

unsigned group_pages(mmu::Contiguity contiguity) {
    using C = mmu::Contiguity;
    switch (contiguity) {
        case C::Ignore: case C::Hint: return 1;
        case C::Coalesce2: case C::HintCoalesce2: return 2;
        case C::Coalesce4: case C::HintCoalesce4: return 4;
        case C::Coalesce8: case C::HintCoalesce8: return 8;
    }
    return 1;
}

bool heeds_hint(mmu::Contiguity c) {
    using C = mmu::Contiguity;
    return c == C::Hint || c == C::HintCoalesce2 || c == C::HintCoalesce4 || c == C::HintCoalesce8;
}

void set_walk_caches(Config& out, const mmu::MmuConfig& config) {
    const auto& sizes = config.walk_caches;
    const auto cache = [&](unsigned entries) { out.caches.push_back({entries, sizes.ways, {}, true}); };
    switch (config.walk_cache) {
        case mmu::WalkCache::None: out.walk_caches = WalkCaches::None; break;
        case mmu::WalkCache::L2Tlb: out.walk_caches = WalkCaches::L2Tlb; break;
        case mmu::WalkCache::Separate:
            out.walk_caches = WalkCaches::Separate;
            cache(sizes.entries);
            break;
        case mmu::WalkCache::Levels:
            out.walk_caches = WalkCaches::Levels;
            for (const unsigned entries : {sizes.level0_entries, sizes.level1_entries, sizes.level2_entries}) cache(entries);
    }
}

std::string line_of(const std::string& tlb, const Entry& e) {
    std::ostringstream out;
    out << tlb << std::hex << " va=" << e.first << " bytes=" << e.bytes << " pa=" << e.output << " asid=" << (e.global ? 0x10000u : e.asid)
        << (e.is_table ? " table" : "") << " valid=" << e.valid << " clean=" << e.clean << " level=" << std::dec << e.level
        << (e.prefetched ? " prefetched" : "");
    return out.str();
}

}  // namespace

Config config_of(const mmu::MmuConfig& config) {
    Config out;
    out.l1i = shape_of(config.l1i_tlb);
    out.l1d = shape_of(config.l1d_tlb);
    out.l2 = shape_of(config.l2_tlb);
    out.l2_large = shape_of(config.l2_large_tlb);
    out.l1i.groups = out.l1d.groups = config.hpa == mmu::Aggregation::On;
    out.uses_hint = heeds_hint(config.contiguous);
    out.group_pages = config.hpa == mmu::Aggregation::Off ? 1 : group_pages(config.contiguous);
    out.policy = config.replacement == mmu::Replacement::Lru ? Policy::Lru : config.replacement == mmu::Replacement::Plru ? Policy::Plru : Policy::Random;
    out.seed = config.replacement_seed;
    set_walk_caches(out, config);
    out.prefetches = config.prefetch == mmu::Prefetch::NextPage;
    out.inclusion = config.inclusion == mmu::Inclusion::Neither ? Inclusion::Neither
                    : config.inclusion == mmu::Inclusion::Inclusive ? Inclusion::Inclusive : Inclusion::Exclusive;
    out.tlbi_flushes_l1 = config.tlbi_flushes_l1;
    out.updates_access_flag = config.features.hafdbs >= 1;
    out.updates_dirty = config.features.hafdbs >= 2;
    out.wide_asids = config.features.asid_bits == 16;
    return out;
}

Course course_of(const mmu::LookupRecord& record) {
    using From = mmu::LookupRecord::Source;
    Course out;
    out.source = record.source == From::L1Hit ? Source::L1Hit : record.source == From::L2Hit ? Source::L2Hit : Source::Walk;
    out.faulted = record.faulted;
    out.bytes = u64{1} << record.reach_shift;
    out.from_walk_cache = record.walk_cache_hit;
    for (unsigned i = 0; i < record.step_count; ++i) out.steps += record.steps[i].update ? 0u : 1u;
    out.prefetch_steps = record.prefetch_step_count;
    return out;
}

Tlbi tlbi_of(const arch::TlbInvalidation& t) {
    using Scope = arch::TlbInvalidation::Scope;
    return {.by_address = t.scope == Scope::VaAsid || t.scope == Scope::VaAllAsids,
            .all_asids = t.scope == Scope::VaAllAsids,
            .all = t.scope == Scope::All,
            .last_level = t.last_level_only,
            .asid = t.asid,
            .va = t.va,
            .bytes = t.bytes,
            .level = t.ttl_level};
}

Registers registers_of(const mmu::RegimeRegisters& r) { return {r.SCTLR_EL1, r.TCR_EL1, r.TTBR0_EL1, r.TTBR1_EL1}; }

std::vector<std::string> contents_of(const mmu::TlbHierarchy& tlbs) {
    std::vector<std::string> out;
    tlbs.for_each([&](const std::string& name, const mmu::Tlb& tlb) {
        for (unsigned slot = 0; slot < tlb.size(); ++slot) {
            if (!tlb.is_live(slot)) continue;
            const mmu::TlbEntry& e = tlb.entry(slot);
            Entry same;
            same.is_table = e.kind == mmu::TlbEntry::Kind::Table;
            same.first = e.va & ((u64{1} << 56) - 1);
            same.bytes = u64{1} << e.reach_shift;
            same.output = e.pa;
            same.global = e.global;
            same.asid = e.asid;
            same.valid = e.valid_pages;
            same.clean = e.clean_pages;
            same.level = e.level;
            same.prefetched = e.prefetched;
            out.push_back(line_of(name, same));
        }
    });
    std::ranges::sort(out);
    return out;
}

std::vector<std::string> contents_of(const Mmu& mmu) {
    std::vector<std::string> out;
    mmu.for_each([&](const std::string& name, const Array& array) {
        for (const auto& place : array.places())
            if (place) out.push_back(line_of(name, *place));
    });
    std::ranges::sort(out);
    return out;
}

}  // namespace reference
