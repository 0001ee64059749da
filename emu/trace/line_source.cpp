#include "emu/trace/line_source.h"

#include <cstring>

#include "mmu/base/user_error.h"

namespace emu::trace {

namespace {

constexpr std::size_t kMaxLine = 1 << 16;

}  // namespace

LineSource::LineSource(const std::string& path) : path_{path}, bytes_{ByteSource::open(path)} {}

bool LineSource::refill() {
    begin_ = 0;
    end_ = bytes_->read(block_);
    return end_ != 0;
}

void LineSource::check_text(const std::string& line) const {
    if (line.size() <= kMaxLine && line.find('\0') == std::string::npos) return;
    throw UserError(path_ + ": line " + std::to_string(line_number_ + 1) +
                    " is no text: a trace is ftrace, perf script or perf trace text, plain, gzip or Zstandard");
}

bool LineSource::next(std::string& line) {
    line.clear();
    while (begin_ != end_ || refill()) {
        const char* const first = block_.data() + begin_;
        const auto* const newline = static_cast<const char*>(std::memchr(first, '\n', end_ - begin_));
        const std::size_t length = newline == nullptr ? end_ - begin_ : static_cast<std::size_t>(newline - first) + 1;
        append_hash(first, length);
        line.append(first, length);
        begin_ += length;
        check_text(line);
        if (newline == nullptr) continue;
        line.pop_back();
        ++line_number_;
        return true;
    }
    truncated_ = truncated_ || bytes_->truncated() || !line.empty();
    if (line.empty()) return false;
    ++line_number_;
    return true;
}

void LineSource::append_hash(const char* text, std::size_t length) {
    for (std::size_t i = 0; i < length; ++i) hash_ = (hash_ ^ static_cast<unsigned char>(text[i])) * 0x100000001b3;
}

}  // namespace emu::trace
