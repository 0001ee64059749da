// Breakpoints and watchpoints. They mark nothing in the guest: the run asks before every instruction, as long as there
// are any.
#pragma once

#include <bitset>
#include <optional>
#include <vector>

#include "emu/core/pe.h"

namespace emu::debug {

// In the order of the packets Z0 to Z4.
enum class StopKind : u8 { SoftwareBreakpoint, HardwareBreakpoint, WriteWatch, ReadWatch, AccessWatch };

// By virtual address as an instruction uses it; in any address space, at any Exception level.
struct StopPoint {
    StopKind kind{StopKind::SoftwareBreakpoint};
    u64 address{0};
    u64 bytes{4};  // watched

    friend bool operator==(const StopPoint&, const StopPoint&) = default;
};

// Why a run stands before an instruction.
struct StopHit {
    StopKind kind{StopKind::SoftwareBreakpoint};
    u64 address{0};  // of a watchpoint: the first watched byte that will be accessed
};

class StopPoints {
public:
    void insert(const StopPoint& point);
    void remove(const StopPoint& point);
    void clear() { *this = {}; }
    [[nodiscard]] bool empty() const { return points_.empty(); }

    // What is to stop `pe` before the instruction at pe.pc. Nothing has been done for that instruction, nor is now.
    [[nodiscard]] std::optional<StopHit> before_next(const Pe& pe) const {
        auto hit = may_break_.test(slot(pe.pc)) ? breakpoint_at(pe.pc) : std::nullopt;
        return hit ? hit : watched(pe);
    }
    [[nodiscard]] std::optional<StopHit> breakpoint_at(u64 pc) const;
    // By the accesses of the instruction at pe.pc.
    [[nodiscard]] std::optional<StopHit> watched(const Pe& pe) const {
        return has_watchpoints_ ? search_accesses(pe) : std::nullopt;
    }

private:
    static constexpr std::size_t kSlots = 4096;
    [[nodiscard]] static std::size_t slot(u64 pc) { return pc >> 2 & (kSlots - 1); }

    [[nodiscard]] std::optional<StopHit> search_accesses(const Pe& pe) const;
    void refresh();

    std::vector<StopPoint> points_;
    std::bitset<kSlots> may_break_;  // a bit clear: no breakpoint at such an address
    bool has_watchpoints_{false};
};

}  // namespace emu::debug
