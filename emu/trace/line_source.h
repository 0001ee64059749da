// The lines of a trace file, plain or compressed, one at a time: memory does not grow with the file.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>

#include "emu/trace/byte_source.h"

namespace emu::trace {

class LineSource {
public:
    // Throws UserError where the file cannot be opened.
    explicit LineSource(const std::string& path);

    // The next line without its end. False at the end of the file, whole or cut short. Throws UserError where the
    // content is binary.
    [[nodiscard]] bool next(std::string& line);

    [[nodiscard]] std::uint64_t line_number() const { return line_number_; }
    // After the end: the file ended in the middle of its compressed data or of a line.
    [[nodiscard]] bool truncated() const { return truncated_; }
    // FNV-1a (64 bits) of the text read so far.
    [[nodiscard]] std::uint64_t text_hash() const { return hash_; }

private:
    [[nodiscard]] bool refill();
    void append_hash(const char* text, std::size_t length);
    void check_text(const std::string& line) const;

    std::string path_;
    std::unique_ptr<ByteSource> bytes_;
    std::array<char, 1 << 16> block_;
    std::size_t begin_{0};  // of what is left in block_
    std::size_t end_{0};
    std::uint64_t line_number_{0};
    std::uint64_t hash_{0xcbf29ce484222325};
    bool truncated_{false};
};

}  // namespace emu::trace
