#include "emu/memory/file.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include "mmu/base/user_error.h"

namespace emu {

namespace {

[[noreturn]] void refuse(const std::string& path, const std::string& hint) {
    throw UserError("cannot read " + path + ": " + std::strerror(errno) + (hint.empty() ? "" : "; " + hint));
}

}  // namespace

std::vector<arch::u8> read_file(const std::string& path, const std::string& hint) {
    errno = 0;
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file{std::fopen(path.c_str(), "rb"), &std::fclose};
    if (!file) refuse(path, hint);
    std::vector<arch::u8> bytes;
    arch::u8 block[1 << 16];
    while (const std::size_t got = std::fread(block, 1, sizeof block, file.get())) {
        bytes.insert(bytes.end(), block, block + got);
    }
    if (std::ferror(file.get()) != 0) refuse(path, hint);
    return bytes;
}

}  // namespace emu
