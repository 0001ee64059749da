#include "emu/report/miss_counts.h"

#include <algorithm>

namespace emu {
namespace {

void add_count(std::vector<MissCount>& counts, const MissCount& more) {
    const auto same = [&](const MissCount& c) {
        return c.tlb == more.tlb && c.el == more.el && c.miss_class == more.miss_class && c.region == more.region && c.mapping == more.mapping;
    };
    const auto at = std::find_if(counts.begin(), counts.end(), same);
    if (at == counts.end()) counts.push_back(more);
    else at->misses += more.misses;
}

void add_refills(std::vector<RefillCount>& counts, const RefillCount& more) {
    const auto at = std::find_if(counts.begin(), counts.end(), [&](const RefillCount& c) { return c.operations == more.operations; });
    if (at == counts.end()) return counts.push_back(more);
    for (unsigned tlb = 0; tlb < kMissTlbs; ++tlb) at->misses[tlb] += more.misses[tlb];
    at->walk_cycles += more.walk_cycles;
}

void sort_refills(std::vector<RefillCount>& refills) {
    std::stable_sort(refills.begin(), refills.end(), [](const auto& a, const auto& b) { return a.misses > b.misses; });
}

}  // namespace

MissReport& MissReport::operator+=(const MissReport& other) {
    for (const MissCount& count : other.misses) add_count(misses, count);
    for (const RefillCount& count : other.refills) add_refills(refills, count);
    for (unsigned c = 0; c < kMissClassCount; ++c) walk_cycles[c] += other.walk_cycles[c];
    sort_refills(refills);
    return *this;
}

std::uint64_t MissReport::total(const std::string& tlb, const std::string& miss_class) const {
    std::uint64_t sum = 0;
    for (const MissCount& c : misses) sum += c.tlb == tlb && c.miss_class == miss_class ? c.misses : 0;
    return sum;
}

std::uint64_t MissReport::total(const std::string& tlb, unsigned el) const {
    std::uint64_t sum = 0;
    for (const MissCount& c : misses) sum += c.tlb == tlb && c.el == el ? c.misses : 0;
    return sum;
}

MissReport miss_report(const MissTotals& end, const MissTotals& begin, const char* const* regions,
                       const std::vector<std::vector<std::string>>& issuers) {
    MissReport report;
    for (unsigned tlb = 0; tlb < kMissTlbs; ++tlb)
        for (unsigned el = 0; el < 2; ++el)
            for (unsigned c = 0; c < kMissClassCount; ++c)
                for (unsigned r = 0; r < MissTotals::kRegions; ++r)
                    for (unsigned m = 0; m < kMappingKinds; ++m) {
                        const std::size_t at = MissTotals::index(tlb, el, c, r, m);
                        if (end.cells[at] == begin.cells[at]) continue;
                        report.misses.push_back({kMissTlbNames[tlb], el, kMissClassNames[c], regions[r], kMappingNames[m], end.cells[at] - begin.cells[at]});
                    }
    for (std::size_t issuer = 1; issuer < end.by_issuer.size(); ++issuer) {
        const MissTotals::Refills before = issuer < begin.by_issuer.size() ? begin.by_issuer[issuer] : MissTotals::Refills{};
        RefillCount count{issuers[issuer - 1], end.by_issuer[issuer].misses, end.by_issuer[issuer].walk_cycles - before.walk_cycles};
        for (unsigned tlb = 0; tlb < kMissTlbs; ++tlb) count.misses[tlb] -= before.misses[tlb];
        if (count.misses != decltype(count.misses){}) report.refills.push_back(std::move(count));
    }
    for (unsigned c = 0; c < kMissClassCount; ++c) report.walk_cycles[c] = end.walk_cycles[c] - begin.walk_cycles[c];
    sort_refills(report.refills);
    return report;
}

}  // namespace emu
