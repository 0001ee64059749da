#include "emu/trace/line_source.h"

#include <zlib.h>

#include <cerrno>
#include <cstring>

#include "mmu/base/user_error.h"

namespace emu::trace {

namespace {

constexpr std::size_t kMaxLine = 1 << 16;

}  // namespace

LineSource::LineSource(const std::string& path) : path_{path}, file_{gzopen(path.c_str(), "rb")} {
    if (file_ == nullptr) throw UserError("cannot open trace " + path + ": " + std::strerror(errno));
    gzbuffer(file_, 1 << 17);
}

LineSource::~LineSource() { gzclose(file_); }

bool LineSource::next(std::string& line) {
    line.clear();
    char block[1024];
    while (gzgets(file_, block, sizeof block) != nullptr) {
        const std::size_t length = std::strlen(block);
        append_hash(block, length);
        line.append(block, length);
        if (line.size() > kMaxLine || length == 0) {
            throw UserError(path_ + ": line " + std::to_string(line_number_ + 1) +
                            " is no text: a trace is ftrace, perf script or perf trace text, plain or gzip");
        }
        if (line.back() != '\n') continue;
        line.pop_back();
        ++line_number_;
        return true;
    }
    int error = Z_OK;
    gzerror(file_, &error);
    truncated_ = truncated_ || (error != Z_OK && error != Z_STREAM_END) || !line.empty();
    if (line.empty()) return false;
    ++line_number_;
    return true;
}

void LineSource::append_hash(const char* text, std::size_t length) {
    for (std::size_t i = 0; i < length; ++i) hash_ = (hash_ ^ static_cast<unsigned char>(text[i])) * 0x100000001b3;
}

}  // namespace emu::trace
