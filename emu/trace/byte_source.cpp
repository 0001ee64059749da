#include "emu/trace/byte_source.h"

#include <zlib.h>
#include <zstd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <vector>

#include "mmu/base/user_error.h"

namespace emu::trace {
namespace {

struct CloseFile {
    void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, CloseFile>;

[[noreturn]] void refuse(const std::string& path) {
    throw UserError("cannot open trace " + path + ": " + std::strerror(errno));
}

// zlib passes through what is not gzip.
class GzipSource final : public ByteSource {
public:
    explicit GzipSource(const std::string& path) : file_{gzopen(path.c_str(), "rb")} {
        if (file_ == nullptr) refuse(path);
        gzbuffer(file_, 1 << 17);
    }
    ~GzipSource() override { gzclose(file_); }

    std::size_t read(std::span<char> to) override {
        const int n = gzread(file_, to.data(), static_cast<unsigned>(to.size()));
        return n > 0 ? static_cast<std::size_t>(n) : 0;
    }
    bool truncated() const override {
        int error = Z_OK;
        gzerror(file_, &error);
        return error != Z_OK && error != Z_STREAM_END;
    }

private:
    gzFile file_;
};

class ZstdSource final : public ByteSource {
public:
    explicit ZstdSource(File file)
        : file_{std::move(file)}, context_{ZSTD_createDCtx(), &ZSTD_freeDCtx}, block_(ZSTD_DStreamInSize()) {}

    std::size_t read(std::span<char> to) override {
        ZSTD_outBuffer out{to.data(), to.size(), 0};
        while (out.pos == 0 && !damaged_) {
            if (in_.pos == in_.size && !refill()) break;
            left_in_frame_ = ZSTD_decompressStream(context_.get(), &out, &in_);
            damaged_ = ZSTD_isError(left_in_frame_) != 0;
        }
        return out.pos;
    }
    // 0: the last frame ended where the file does.
    bool truncated() const override { return damaged_ || left_in_frame_ != 0; }

private:
    bool refill() {
        in_ = {block_.data(), std::fread(block_.data(), 1, block_.size(), file_.get()), 0};
        return in_.size != 0;
    }

    File file_;
    std::unique_ptr<ZSTD_DCtx, decltype(&ZSTD_freeDCtx)> context_;
    std::vector<char> block_;
    ZSTD_inBuffer in_{nullptr, 0, 0};
    std::size_t left_in_frame_{0};
    bool damaged_{false};
};

bool is_zstd(std::FILE* file, const std::string& path) {
    constexpr unsigned char kMagic[4] = {0x28, 0xb5, 0x2f, 0xfd};  // RFC 8878, 3.1.1
    unsigned char first[4] = {};
    const bool found = std::fread(first, 1, sizeof first, file) == sizeof first && std::memcmp(first, kMagic, 4) == 0;
    if (std::ferror(file) != 0) refuse(path);  // a folder can be opened, and not read
    std::rewind(file);
    return found;
}

}  // namespace

std::unique_ptr<ByteSource> ByteSource::open(const std::string& path) {
    File file{std::fopen(path.c_str(), "rb")};
    if (!file) refuse(path);
    if (is_zstd(file.get(), path)) return std::make_unique<ZstdSource>(std::move(file));
    return std::make_unique<GzipSource>(path);
}

}  // namespace emu::trace
