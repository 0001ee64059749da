// Guest memory as a debugger reads and writes it: through the tables as they are now, whatever permissions and access
// flags they hold, and without a trace in any TLB or count. Devices are left alone: reading them has effects.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "emu/core/pe.h"
#include "emu/memory/physical_memory.h"

namespace emu::debug {

enum class AddressSpace : u8 { Virtual, Physical };

// Where the tables that `pe` uses now map `va`; nothing where they do not.
[[nodiscard]] std::optional<u64> translate_unobserved(const Pe& pe, u64 va);

class GuestMemory {
public:
    explicit GuestMemory(PhysicalMemory& memory) : memory_{memory} {}

    // As many of `bytes` bytes as can be read, from the first on.
    [[nodiscard]] std::vector<u8> read(const Pe& pe, AddressSpace space, u64 address, u64 bytes) const;
    // false: nothing was written, because some of it is not RAM.
    [[nodiscard]] bool write(Pe& pe, AddressSpace space, u64 address, std::span<const u8> bytes);

private:
    // RAM at `address`, of which `room` bytes follow in its page; nullptr: none.
    [[nodiscard]] u8* host(const Pe& pe, AddressSpace space, u64 address, u64& pa, u64& room) const;

    PhysicalMemory& memory_;
};

}  // namespace emu::debug
