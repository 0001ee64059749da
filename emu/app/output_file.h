// A result file that is there whole or not at all.
#pragma once

#include <string>

namespace emu::app {

// Created before the work begins, so that a path that cannot be written is found out at once; written to a temporary
// name in the same folder, and renamed by commit(). Without a commit nothing is left behind. What is no regular file
// (a device, a pipe), and whatever stands in /dev, is written directly.
class OutputFile {
public:
    explicit OutputFile(std::string path);  // Throws UserError if it cannot be written.
    ~OutputFile();
    OutputFile(const OutputFile&) = delete;
    OutputFile& operator=(const OutputFile&) = delete;

    void commit(const std::string& text);  // Once. Throws UserError if the disk is full.
    [[nodiscard]] const std::string& path() const { return path_; }

private:
    [[nodiscard]] bool is_direct() const { return temporary_ == path_; }

    std::string path_;
    std::string temporary_;
    int descriptor_{-1};
};

}  // namespace emu::app
