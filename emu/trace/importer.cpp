#include "emu/trace/importer.h"

#include "emu/trace/line_parser.h"
#include "emu/trace/line_source.h"
#include "emu/trace/replay_program.h"
#include "mmu/base/user_error.h"

namespace emu::trace {

namespace {

void note_bad_line(Statistics& s, std::uint64_t number, const std::string& text) {
    ++s.bad_lines;
    if (s.first_bad_lines.size() < Statistics::kKeptBadLines) s.first_bad_lines.push_back({number, text.substr(0, 80)});
}

// First pass over a trace whose faults have no region fields: the page ranges they touch. Ranges closer than the largest
// contpte block are taken as one region.
struct FirstPass {
    IntervalSet touched;
    bool any_fault{false};
    bool needs_regions{false};
};

FirstPass scan(const std::string& path) {
    constexpr std::uint64_t kPage = 4096;
    constexpr std::uint64_t kGap = 0x10000;
    FirstPass out;
    LineSource source{path};
    for (std::string line; source.next(line);) {
        const ParsedLine p = parse_line(line);
        if (p.verdict != LineVerdict::Parsed || p.event.kind != EventKind::Fault) continue;
        out.any_fault = true;
        if (p.event.region.known) return out;
        out.needs_regions = true;
        const std::uint64_t page = p.event.address & ~(kPage - 1);
        const bool near = page >= kGap && (out.touched.holes(page - kGap, page).size() != 1 ||
                                           out.touched.holes(page - kGap, page)[0].second - out.touched.holes(page - kGap, page)[0].first < kGap);
        out.touched.insert(near ? page - kGap : page, page + kPage);
    }
    return out;
}

}  // namespace

Import import_trace(const std::string& path, const std::function<void(const replay_op&)>& sink) {
    FirstPass first = scan(path);
    if (!first.any_fault) {
        throw UserError(path + ": holds no page fault that can be replayed; formats: ftrace text, perf script, perf trace -F all");
    }
    ReplayProgram program{sink};
    if (first.needs_regions) program.assume_regions(std::move(first.touched));
    LineSource source{path};
    for (std::string line; source.next(line);) {
        const ParsedLine p = parse_line(line);
        if (p.verdict == LineVerdict::Parsed) program.add(p.event);
        if (p.verdict == LineVerdict::Bad) note_bad_line(program.statistics(), source.line_number(), line);
    }
    program.finish();
    program.statistics().lines = source.line_number();
    program.statistics().truncated = source.truncated();
    return {program.statistics(), source.text_hash()};
}

}  // namespace emu::trace
