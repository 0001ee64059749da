#include "emu/debug/stop_points.h"

#include <algorithm>

#include "emu/debug/access_probe.h"

namespace emu::debug {
namespace {

bool is_watchpoint(StopKind kind) { return kind >= StopKind::WriteWatch; }

bool wants(StopKind kind, const ProbedAccess& access) {
    switch (kind) {
        case StopKind::WriteWatch: return access.writes;
        case StopKind::ReadWatch: return access.reads;
        case StopKind::AccessWatch: return true;
        case StopKind::SoftwareBreakpoint:
        case StopKind::HardwareBreakpoint: break;
    }
    return false;
}

// The first byte that both have.
std::optional<u64> first_common(const StopPoint& point, const ProbedAccess& access) {
    const u64 first = std::max(point.address, access.va);
    const bool overlap = first - point.address < point.bytes && first - access.va < access.bytes;
    return overlap ? std::optional{first} : std::nullopt;
}

}  // namespace

void StopPoints::insert(const StopPoint& point) {
    remove(point);
    points_.push_back(point);
    refresh();
}

void StopPoints::remove(const StopPoint& point) {
    std::erase(points_, point);
    refresh();
}

void StopPoints::refresh() {
    may_break_.reset();
    has_watchpoints_ = false;
    for (const StopPoint& p : points_) {
        if (is_watchpoint(p.kind)) has_watchpoints_ = true;
        else may_break_.set(slot(p.address));
    }
}

std::optional<StopHit> StopPoints::breakpoint_at(u64 pc) const {
    for (const StopPoint& p : points_) {
        if (!is_watchpoint(p.kind) && p.address == pc) return StopHit{p.kind, p.address};
    }
    return std::nullopt;
}

std::optional<StopHit> StopPoints::search_accesses(const Pe& pe) const {
    for (const ProbedAccess& access : probe_accesses(pe)) {
        for (const StopPoint& p : points_) {
            if (!wants(p.kind, access)) continue;
            if (const auto address = first_common(p, access)) return StopHit{p.kind, *address};
        }
    }
    return std::nullopt;
}

}  // namespace emu::debug
