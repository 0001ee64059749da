#include "emu/app/output_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "mmu/base/user_error.h"

namespace emu::app {
namespace {

namespace fs = std::filesystem;

constexpr mode_t kMode = 0666;  // less the umask

[[noreturn]] void refuse(const std::string& path) {
    throw UserError{"cannot write " + path + ": " + std::strerror(errno)};
}

// mkstemp's mode is private; a result has the mode of any other file that the user creates.
void apply_umask(int descriptor) {
    const mode_t mask = umask(0);
    umask(mask);
    fchmod(descriptor, kMode & ~mask);
}

// Devices and pipes. /dev/stdout too where it is a file, which the report is written to as well: no other may take its place.
bool takes_what_it_is_given(const std::string& path) {
    return fs::exists(path) && (!fs::is_regular_file(path) || path.starts_with("/dev/"));
}

bool write_all(int descriptor, const std::string& text) {
    for (std::size_t done = 0; done < text.size();) {
        const auto n = write(descriptor, text.data() + done, text.size() - done);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return false;
        done += static_cast<std::size_t>(n);
    }
    return true;
}

}  // namespace

OutputFile::OutputFile(std::string path) : path_{std::move(path)}, temporary_{path_} {
    if (fs::is_directory(path_)) throw UserError{"cannot write " + path_ + ": it is a folder"};
    if (takes_what_it_is_given(path_)) {
        descriptor_ = open(path_.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
    } else {
        if (fs::exists(path_) && access(path_.c_str(), W_OK) != 0) refuse(path_);
        temporary_ = path_ + ".XXXXXX";
        descriptor_ = mkstemp(temporary_.data());
        if (descriptor_ >= 0) apply_umask(descriptor_);
    }
    if (descriptor_ < 0) refuse(path_);
}

OutputFile::~OutputFile() {
    if (descriptor_ < 0) return;
    close(descriptor_);
    if (!is_direct()) unlink(temporary_.c_str());
}

void OutputFile::commit(const std::string& text) {
    if (!write_all(descriptor_, text)) refuse(path_);
    if (!is_direct() && (fsync(descriptor_) != 0 || std::rename(temporary_.c_str(), path_.c_str()) != 0)) refuse(path_);
    close(descriptor_);
    descriptor_ = -1;
}

}  // namespace emu::app
