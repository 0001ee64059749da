// Trace text to events. Formats: ftrace (`trace`, trace-cmd report), perf script of page-fault events and
// address-space system calls, perf script -F comm,tid,time,addr,ip of the page-faults software event, and
// perf trace -F all. The format is recognised line by line, so a file may mix them.
#pragma once

#include <optional>
#include <string_view>

#include "emu/trace/event.h"

namespace emu::trace {

enum class LineVerdict : std::uint8_t {
    Parsed,   // an event
    Ignored,  // a comment, an empty line, or an event that a replay does not need
    Bad,      // looks like no line of any format, or an event whose fields are damaged
};

struct ParsedLine {
    LineVerdict verdict{LineVerdict::Bad};
    Event event{};
};

[[nodiscard]] ParsedLine parse_line(std::string_view line);

}  // namespace emu::trace
