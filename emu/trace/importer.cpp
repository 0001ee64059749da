#include "emu/trace/importer.h"

#include <algorithm>
#include <utility>

#include "emu/trace/line_parser.h"
#include "mmu/base/user_error.h"

namespace emu::trace {

namespace {

constexpr std::uint64_t kPage = 4096;
// Faults without region fields: pages nearer than the largest contpte block are taken as one region.
constexpr std::uint64_t kRegionGap = 0x10000;

// Adds the page, and the gap below it if something near was touched there.
void touch(IntervalSet& touched, std::uint64_t page) {
    const std::uint64_t below = page > kRegionGap ? page - kRegionGap : 0;
    const auto holes = touched.holes(below, page);
    const bool near = holes.size() != 1 || holes[0].first != below;
    const bool adjacent = holes.empty();
    touched.insert(near && !adjacent ? holes.back().first : page, page + kPage);
}

// The first pass. Region fields, where a format has them, are on every fault, so it ends at the first fault then.
IntervalSet touched_pages(const std::string& path) {
    IntervalSet touched;
    bool any_fault = false;
    LineSource source{path};
    for (std::string line; source.next(line);) {
        const ParsedLine p = parse_line(line);
        if (p.verdict != LineVerdict::Parsed || p.event.kind != EventKind::Fault) continue;
        any_fault = true;
        if (p.event.region.known) break;
        touch(touched, p.event.address & ~(kPage - 1));
    }
    if (any_fault) return touched;
    throw UserError(path + ": holds no page fault that can be replayed; formats: ftrace text, perf script, perf trace -F all");
}

}  // namespace

Importer::Importer(const std::string& path, HeapStarts heaps)
    : source_{path}, program_{[this](const replay_op& op) { ready_.push_back(op); }} {
    program_.assume_regions(touched_pages(path));
    program_.place_heaps(std::move(heaps));
}

void Importer::import_line(const std::string& line) {
    const ParsedLine p = parse_line(line);
    if (p.verdict == LineVerdict::Parsed) program_.add(p.event);
    if (p.verdict != LineVerdict::Bad) return;
    Statistics& s = program_.statistics();
    ++s.bad_lines;
    if (s.first_bad_lines.size() < Statistics::kKeptBadLines) {
        s.first_bad_lines.push_back({source_.line_number(), line.substr(0, 80)});
    }
}

void Importer::finish() {
    program_.finish();
    program_.statistics().lines = source_.line_number();
    program_.statistics().truncated = source_.truncated();
    finished_ = true;
}

std::size_t Importer::read(std::span<replay_op> out) {
    std::string line;
    while (!finished_ && ready_.size() < out.size()) {
        if (source_.next(line)) {
            import_line(line);
        } else {
            finish();
        }
    }
    const std::size_t count = std::min(out.size(), ready_.size());
    std::copy_n(ready_.begin(), count, out.begin());
    ready_.erase(ready_.begin(), ready_.begin() + static_cast<std::ptrdiff_t>(count));
    return count;
}

}  // namespace emu::trace
