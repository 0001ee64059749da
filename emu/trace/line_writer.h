// Lines into a file, compressed when its name ends in .gz or .zst.
#pragma once

#include <string>
#include <string_view>

namespace emu::trace {

// Written in whole frames of some megabytes of text, which gzip and zstd read one after the other: whatever ends the
// writing, what is in the file can be read. A file that was not finished says so in its last line.
class LineWriter {
public:
    // Throws UserError if the file cannot be written.
    explicit LineWriter(const std::string& path);
    // Without finish(): as truncated("the program ended").
    ~LineWriter();
    LineWriter(const LineWriter&) = delete;
    LineWriter& operator=(const LineWriter&) = delete;

    // Throws UserError where the disk is full; the file then holds what was written before, and its mark.
    void write(std::string_view line);
    void finish();
    // Ends the file by the line "# truncated: REASON".
    void truncated(std::string_view reason);

private:
    enum class Format : unsigned char { Plain, Gzip, Zstd };

    [[nodiscard]] static Format format_of(const std::string& path);
    [[nodiscard]] std::string frame_of(const std::string& text) const;
    [[nodiscard]] bool write_frame(const std::string& frame);
    void flush();
    void close();

    std::string path_;
    Format format_;
    int descriptor_{-1};
    std::string text_;  // not yet in the file
};

}  // namespace emu::trace
