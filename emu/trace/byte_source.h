// The bytes of an input file, taken out of gzip or Zstandard where they are in one: the file's first bytes say so.
#pragma once

#include <memory>
#include <span>
#include <string>

namespace emu::trace {

class ByteSource {
public:
    ByteSource() = default;
    ByteSource(const ByteSource&) = delete;
    ByteSource& operator=(const ByteSource&) = delete;
    virtual ~ByteSource() = default;

    // Throws UserError where the file cannot be opened.
    [[nodiscard]] static std::unique_ptr<ByteSource> open(const std::string& path);

    // Fills `to` from the front; returns how many bytes that are, 0 at the end.
    [[nodiscard]] virtual std::size_t read(std::span<char> to) = 0;
    // After the end: the compressed data is damaged or stops in the middle.
    [[nodiscard]] virtual bool truncated() const = 0;
};

}  // namespace emu::trace
