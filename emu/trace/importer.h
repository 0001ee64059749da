// A trace file as a stream of replay operations, read as they are asked for: memory does not grow with the trace.
#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <span>
#include <string>

#include "emu/trace/line_source.h"
#include "emu/trace/replay_program.h"
#include "emu/trace/statistics.h"
#include "kernel_model/abi/replay_abi.h"

namespace emu::trace {

class Importer {
public:
    // `heaps`: where heaps go, see ReplayProgram::place_heaps().
    // Throws UserError for a file that cannot be read, is binary, or holds no page fault that can be replayed.
    explicit Importer(const std::string& path, HeapStarts heaps = {});

    // Fills `out` from its start; returns how many operations there were. Fewer than asked for: the trace has ended (a
    // REPLAY_END is the last). Bad lines are counted and named, the rest is replayed; a file that is cut short gives what it holds.
    [[nodiscard]] std::size_t read(std::span<replay_op> out);

    // Complete once read() has returned fewer operations than asked for.
    [[nodiscard]] const Statistics& statistics() const { return program_.statistics(); }
    [[nodiscard]] std::uint64_t text_hash() const { return source_.text_hash(); }

private:
    void import_line(const std::string& line);
    void finish();

    LineSource source_;
    std::deque<replay_op> ready_;
    ReplayProgram program_;
    bool finished_{false};
};

}  // namespace emu::trace
