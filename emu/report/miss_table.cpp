#include "emu/report/miss_table.h"

#include <algorithm>

#include "emu/report/number_format.h"
#include "emu/report/phases.h"
#include "emu/report/text_table.h"

namespace emu {
namespace {

constexpr std::size_t kOperationsShown = 6;
constexpr const char* kTlbTitles[kMissTlbs] = {"L1D", "L1I", "L2"};

using Reports = std::vector<std::optional<MissReport>>;

Reports reports_of(const std::vector<RunResult>& runs) {
    Reports reports;
    for (const auto& run : runs) reports.push_back(all_of_interest(run).misses);
    return reports;
}

// The innermost operation and the outermost.
std::string issuer_name(const RefillCount& refill) {
    const std::string& first = refill.operations.front();
    return refill.operations.size() == 1 ? first : first + " in " + refill.operations.back();
}

// A row for each run's number; none where all are 0.
template <class F>
void add_row(TextTable& table, const std::string& label, const Reports& reports, F value) {
    std::vector<std::string> cells{label};
    bool any = false;
    for (const auto& report : reports) {
        const std::uint64_t n = report ? value(*report) : 0;
        any |= n != 0;
        cells.push_back(report ? grouped(n) : "-");
    }
    if (any) table.add_row(std::move(cells));
}

RefillCount refills_of(const MissReport& report, const std::string& issuer) {
    RefillCount sum;
    for (const auto& refill : report.refills) {
        if (issuer_name(refill) != issuer) continue;
        for (unsigned tlb = 0; tlb < kMissTlbs; ++tlb) sum.misses[tlb] += refill.misses[tlb];
        sum.walk_cycles += refill.walk_cycles;
    }
    return sum;
}

std::vector<std::string> issuers_of(const Reports& reports) {
    std::vector<std::string> names;
    for (const auto& report : reports) {
        if (!report) continue;
        for (const auto& refill : report->refills) {
            const auto name = issuer_name(refill);
            if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
        }
    }
    if (names.size() > kOperationsShown) names.resize(kOperationsShown);
    return names;
}

void add_issuers(TextTable& table, const Reports& reports) {
    const auto issuers = issuers_of(reports);
    if (issuers.empty()) return;
    table.add_rule();
    for (const auto& name : issuers) {
        add_row(table, "refills after TLBIs of " + name, reports, [&](const MissReport& r) {
            const auto sum = refills_of(r, name);
            return sum.misses[0] + sum.misses[1];
        });
        add_row(table, "  cycles of their walks", reports, [&](const MissReport& r) { return refills_of(r, name).walk_cycles; });
    }
}

}  // namespace

std::string misses_by_class(const std::vector<RunResult>& runs) {
    const auto reports = reports_of(runs);
    if (std::none_of(reports.begin(), reports.end(), [](const auto& r) { return r && !r->misses.empty(); })) return "";
    std::vector<std::string> headings{"TLB misses by class"};
    for (const auto& run : runs) headings.push_back(run.name);
    TextTable table{headings};
    for (unsigned tlb = 0; tlb < kMissTlbs; ++tlb)
        for (const char* c : kMissClassNames)
            add_row(table, std::string{kTlbTitles[tlb]} + " " + c, reports, [&](const MissReport& r) { return r.total(kMissTlbNames[tlb], c); });
    for (unsigned c = 0; c < kMissClassCount; ++c)
        add_row(table, std::string{"cycles of "} + kMissClassNames[c] + " walks", reports, [&](const MissReport& r) { return r.walk_cycles[c]; });
    add_issuers(table, reports);
    return table.to_string();
}

std::string misses_by_region(const RunResult& run) {
    const auto report = all_of_interest(run).misses;
    if (!report || report->misses.empty()) return "";
    TextTable table{{"TLB misses by memory", "mapped by", "TLB", "compulsory", "invalidation", "conflict", "capacity"}};
    std::vector<const MissCount*> seen;
    const auto alike = [](const MissCount& a, const MissCount& b) { return a.region == b.region && a.mapping == b.mapping && a.tlb == b.tlb; };
    for (const auto& m : report->misses) {
        if (std::any_of(seen.begin(), seen.end(), [&](const MissCount* s) { return alike(*s, m); })) continue;
        seen.push_back(&m);
        std::vector<std::string> cells{m.region, m.mapping, m.tlb};
        for (const char* c : kMissClassNames) {
            std::uint64_t sum = 0;
            for (const auto& other : report->misses) sum += alike(other, m) && other.miss_class == c ? other.misses : 0;
            cells.push_back(grouped(sum));
        }
        table.add_row(std::move(cells));
    }
    return table.to_string();
}

}  // namespace emu
