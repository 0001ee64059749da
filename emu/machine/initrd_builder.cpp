#include "emu/machine/initrd_builder.h"

#include <cstdio>
#include <utility>

namespace emu {

void InitrdBuilder::pad() { archive_.resize((archive_.size() + 3) / 4 * 4); }

void InitrdBuilder::append(const std::string& name, unsigned mode, std::span<const arch::u8> bytes) {
    char header[111];
    std::snprintf(header, sizeof header, "070701%08x%08x%08x%08x%08x%08x%08zx%08x%08x%08x%08x%08zx%08x", inode_, mode, 0u, 0u,
                  1u, 0u, bytes.size(), 0u, 0u, 0u, 0u, name.size() + 1, 0u);
    archive_.insert(archive_.end(), header, header + sizeof header - 1);
    archive_.insert(archive_.end(), name.c_str(), name.c_str() + name.size() + 1);
    pad();
    archive_.insert(archive_.end(), bytes.begin(), bytes.end());
    pad();
}

void InitrdBuilder::add(const std::string& name, Kind kind, unsigned permissions, std::span<const arch::u8> bytes) {
    ++inode_;
    append(name, static_cast<unsigned>(kind) | permissions, bytes);
}

std::vector<arch::u8> InitrdBuilder::finish() {
    inode_ = 0;
    append("TRAILER!!!", 0, {});
    return std::exchange(archive_, {});
}

}  // namespace emu
