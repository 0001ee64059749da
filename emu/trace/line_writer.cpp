#include "emu/trace/line_writer.h"

#include <fcntl.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "mmu/base/assert.h"
#include "mmu/base/user_error.h"

namespace emu::trace {
namespace {

constexpr std::size_t kFrameText = 4 << 20;
constexpr int kZstdLevel = 3;
constexpr int kZlibLevel = 4;

[[noreturn]] void refuse(const std::string& path, int error) {
    throw UserError{"cannot write " + path + ": " + std::strerror(error)};
}

std::string gzip_frame(const std::string& text) {
    constexpr int kGzipWindow = 15 + 16;  // the largest window, with gzip's header
    constexpr int kMemoryLevel = 8;
    z_stream stream{};
    EMU_ASSERT(deflateInit2(&stream, kZlibLevel, Z_DEFLATED, kGzipWindow, kMemoryLevel, Z_DEFAULT_STRATEGY) == Z_OK,
               "zlib refuses a constant set-up");
    std::string out(deflateBound(&stream, text.size()), '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));  // zlib's own type lacks the const
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    EMU_ASSERT(deflate(&stream, Z_FINISH) == Z_STREAM_END, "deflateBound is a bound");
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
}

std::string zstd_frame(const std::string& text) {
    std::string out(ZSTD_compressBound(text.size()), '\0');
    const std::size_t n = ZSTD_compress(out.data(), out.size(), text.data(), text.size(), kZstdLevel);
    EMU_ASSERT(ZSTD_isError(n) == 0, "ZSTD_compressBound is a bound");
    out.resize(n);
    return out;
}

}  // namespace

LineWriter::Format LineWriter::format_of(const std::string& path) {
    return path.ends_with(".gz") ? Format::Gzip : path.ends_with(".zst") ? Format::Zstd : Format::Plain;
}

LineWriter::LineWriter(const std::string& path)
    : path_{path}, format_{format_of(path)}, descriptor_{open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666)} {
    if (descriptor_ < 0) refuse(path_, errno);
    text_.reserve(kFrameText);
}

LineWriter::~LineWriter() {
    try {
        truncated("the program ended");
    } catch (const UserError&) {
        // The reason why it ends is on its way already.
    }
}

std::string LineWriter::frame_of(const std::string& text) const {
    switch (format_) {
        case Format::Gzip: return gzip_frame(text);
        case Format::Zstd: return zstd_frame(text);
        case Format::Plain: break;
    }
    return text;
}

bool LineWriter::write_frame(const std::string& frame) {
    for (std::size_t done = 0; done < frame.size();) {
        const auto n = ::write(descriptor_, frame.data() + done, frame.size() - done);
        if (n < 0 && errno != EINTR) return false;
        if (n > 0) done += static_cast<std::size_t>(n);
    }
    return true;
}

void LineWriter::write(std::string_view line) {
    text_.append(line);
    text_ += '\n';
    if (text_.size() >= kFrameText) flush();
}

// Where a frame does not fit, its beginning is taken out of the file again, which leaves room for the mark.
void LineWriter::flush() {
    if (text_.empty() || descriptor_ < 0) return;
    const off_t begin = lseek(descriptor_, 0, SEEK_CUR);
    const bool whole = write_frame(frame_of(text_));
    const int error = errno;
    text_.clear();
    if (whole) return;
    if (begin >= 0 && ftruncate(descriptor_, begin) == 0 && lseek(descriptor_, begin, SEEK_SET) == begin)
        static_cast<void>(write_frame(frame_of(std::string{"# truncated: "} + std::strerror(error) + "\n")));
    close();
    refuse(path_, error);
}

void LineWriter::close() {
    if (descriptor_ >= 0) ::close(descriptor_);
    descriptor_ = -1;
}

// Some file systems report a full disk only here.
void LineWriter::finish() {
    flush();
    if (descriptor_ >= 0 && ::close(std::exchange(descriptor_, -1)) != 0) refuse(path_, errno);
}

void LineWriter::truncated(std::string_view reason) {
    if (descriptor_ < 0) return;
    write("# truncated: " + std::string{reason});
    finish();
}

}  // namespace emu::trace
