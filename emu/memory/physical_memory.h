// Guest RAM: one sparse host mapping. Devices are not here; see emu/core/bus.h.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "mmu/arch/address.h"
#include "mmu/physical_memory_port.h"

namespace emu {

class PhysicalMemory final : public mmu::PhysicalMemoryPort {
public:
    static constexpr arch::u64 kPageSize = 4096;

    // RAM of `bytes` at physical address `base`, both page aligned; zero until written. Host memory is
    // reserved, not used, until the guest touches it. Throws UserError when the host cannot reserve it.
    // `hidden_bytes` more lie behind it: memory of an EL2 that the guest is not told of.
    PhysicalMemory(arch::u64 base, arch::u64 bytes, arch::u64 hidden_bytes = 0);
    ~PhysicalMemory() override;
    PhysicalMemory(const PhysicalMemory&) = delete;
    PhysicalMemory& operator=(const PhysicalMemory&) = delete;

    // mmu::PhysicalMemoryPort: what the walker and the TLB fill need.
    [[nodiscard]] std::optional<arch::u64> read64(arch::PhysicalAddress pa) override;
    [[nodiscard]] mmu::CompareExchangeResult compare_exchange64(arch::PhysicalAddress pa, arch::u64 expected,
                                                                arch::u64 desired) override;
    [[nodiscard]] arch::u8* host_page(arch::PhysicalAddress pa) override;
    [[nodiscard]] bool code_page(arch::PhysicalAddress pa) override;

    [[nodiscard]] arch::u64 base() const { return base_; }
    // Of the guest's RAM.
    [[nodiscard]] arch::u64 size() const { return size_; }
    // Hidden memory is contained too.
    [[nodiscard]] bool contains(arch::u64 pa, arch::u64 bytes) const {
        return pa >= base_ && bytes <= total_ && pa - base_ <= total_ - bytes;
    }
    // Stores a word; `pa`, a multiple of 8, is contained.
    void write_hidden(arch::u64 pa, arch::u64 value);
    // Host pointer to `bytes` of RAM at `pa`, or nullptr where that is not all RAM.
    [[nodiscard]] arch::u8* host(arch::u64 pa, arch::u64 bytes) {
        return contains(pa, bytes) ? ram_ + (pa - base_) : nullptr;
    }
    // Copies into RAM; throws UserError naming `what` where it does not fit.
    void load(arch::u64 pa, std::span<const arch::u8> bytes, const std::string& what);

    // Marks a page as one whose instructions are cached: stores to it take the slow path.
    void set_code_page(arch::u64 pa, bool is_code);

private:
    PhysicalMemory(const Window& all, arch::u64 bytes, std::vector<arch::u8> is_code);

    arch::u64 base_;
    arch::u64 size_;
    arch::u64 total_;
    arch::u8* ram_;
    std::vector<arch::u8> is_code_;  // by page, 0 or 1
};

}  // namespace emu
