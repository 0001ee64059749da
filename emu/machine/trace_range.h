// Which instructions a trace is about.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "emu/timing/ledger/function_table.h"

namespace emu {

// Conditions that all have to hold. Without any: the phases of interest.
class TraceRange {
public:
    TraceRange() = default;

    // Conditions joined by commas:
    //   N-M  N-         instructions by number, from 1, both ends included
    //   0xA-0xB         by address, the end not included
    //   symbol=GLOB     in functions whose name matches
    //   phase=GLOB      in phases whose name matches
    // Nothing where `text` is no such list. Throws UserError where it is one that can never hold.
    [[nodiscard]] static std::optional<TraceRange> parse(const std::string& text);

    struct Place {
        arch::u64 number;
        arch::u64 pc;
        const std::string& phase;
        bool of_interest;  // the phase
    };
    [[nodiscard]] bool covers(const Place& place, const FunctionTable& functions) const;

    // No instruction before this number is covered, and none behind last().
    [[nodiscard]] arch::u64 first() const { return first_; }
    [[nodiscard]] arch::u64 last() const { return last_; }

private:
    [[nodiscard]] bool add(const std::string& condition);
    [[nodiscard]] bool is_default() const { return !explicit_; }

    arch::u64 first_{0};
    arch::u64 last_{~arch::u64{0}};
    arch::u64 start_{0};
    arch::u64 end_{~arch::u64{0}};
    std::string symbol_;
    std::string phase_;
    bool explicit_{false};
};

}  // namespace emu
