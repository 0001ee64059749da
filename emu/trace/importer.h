// A trace file as a stream of replay operations.
#pragma once

#include <functional>
#include <string>

#include "emu/trace/statistics.h"
#include "kernel_model/abi/replay_abi.h"

namespace emu::trace {

// Reads the trace at `path` line by line and hands the replay program to `sink`. Bad lines are counted and named, the
// rest is replayed; a file that is cut short gives what it holds. Throws UserError for a file that cannot be read, is binary,
// or holds no page fault at all. `text_hash` identifies the content.
struct Import {
    Statistics statistics;
    std::uint64_t text_hash{0};
};
Import import_trace(const std::string& path, const std::function<void(const replay_op&)>& sink);

}  // namespace emu::trace
