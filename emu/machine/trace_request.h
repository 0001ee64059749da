// What of a run is traced, and where its lines go.
#pragma once

#include <functional>
#include <string>

#include "emu/machine/trace_range.h"

namespace emu {

using LineSink = std::function<void(const std::string& line)>;

// Without a sink nothing is traced.
struct TraceRequest {
    LineSink sink;
    TraceRange range;
};

}  // namespace emu
