// A cpio archive in "newc" format, as the guest kernel unpacks it. Format: cpio(5), "New ASCII Format". Equal entries give
// equal bytes: no dates, no owners.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "mmu/arch/bits.h"

namespace emu {

class InitrdBuilder {
public:
    enum class Kind : std::uint32_t { Regular = 0100000, Directory = 0040000, SymbolicLink = 0120000 };

    // `name` without a leading slash; folders on the way to it need not be added. `permissions`: 0755 and the like.
    void add(const std::string& name, Kind kind, unsigned permissions, std::span<const arch::u8> bytes);
    // The archive with its trailer; the builder is then empty.
    [[nodiscard]] std::vector<arch::u8> finish();

private:
    void append(const std::string& name, unsigned mode, std::span<const arch::u8> bytes);
    void pad();

    std::vector<arch::u8> archive_;
    unsigned inode_{0};
};

}  // namespace emu
