#include "emu/trace/interval_set.h"

#include <algorithm>

namespace emu::trace {

void IntervalSet::erase(std::uint64_t start, std::uint64_t end) {
    if (start >= end) return;
    auto it = ranges_.upper_bound(start);
    if (it != ranges_.begin() && std::prev(it)->second > start) --it;
    while (it != ranges_.end() && it->first < end) {
        const auto [first, last] = *it;
        it = ranges_.erase(it);
        if (first < start) ranges_.emplace(first, start);
        if (last > end) ranges_.emplace(end, last);
    }
}

void IntervalSet::insert(std::uint64_t start, std::uint64_t end) {
    if (start >= end) return;
    auto it = ranges_.upper_bound(start);
    if (it != ranges_.begin() && std::prev(it)->second >= start) --it;
    while (it != ranges_.end() && it->first <= end) {
        start = std::min(start, it->first);
        end = std::max(end, it->second);
        it = ranges_.erase(it);
    }
    ranges_.emplace(start, end);
}

std::vector<IntervalSet::Range> IntervalSet::holes(std::uint64_t start, std::uint64_t end) const {
    std::vector<Range> out;
    auto it = ranges_.upper_bound(start);
    if (it != ranges_.begin() && std::prev(it)->second > start) --it;
    for (; it != ranges_.end() && it->first < end; ++it) {
        if (it->first > start) out.emplace_back(start, it->first);
        start = std::max(start, it->second);
    }
    if (start < end) out.emplace_back(start, end);
    return out;
}

}  // namespace emu::trace
