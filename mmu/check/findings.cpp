#include "mmu/check/findings.h"

#include <algorithm>
#include <numeric>

namespace mmu::check {

using arch::u32;

u32 Findings::report(const Finding& finding) {
    ++errors_[static_cast<std::size_t>(finding.rule)];
    const auto same = std::find_if(reports_.begin(), reports_.end(), [&finding](const Finding& f) {
        return f.rule == finding.rule && f.write.pc == finding.write.pc && f.broke.pc == finding.broke.pc;
    });
    if (same != reports_.end()) {
        ++same->count;
        return static_cast<u32>(same - reports_.begin());
    }
    if (reports_.size() == limit_) return kNoFinding;
    reports_.push_back(finding);
    return static_cast<u32>(reports_.size() - 1);
}

void Findings::note_access(u32 report, const Site& site, arch::u64 va) {
    if (report == kNoFinding || reports_[report].access.known()) return;
    reports_[report].access = site;
    reports_[report].access_va = va;
}

arch::u64 Findings::total() const { return std::accumulate(errors_.begin(), errors_.end(), arch::u64{0}); }

}  // namespace mmu::check
