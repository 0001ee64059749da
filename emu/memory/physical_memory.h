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
    PhysicalMemory(arch::u64 base, arch::u64 bytes);
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
    [[nodiscard]] arch::u64 size() const { return size_; }
    [[nodiscard]] bool contains(arch::u64 pa, arch::u64 bytes) const {
        return pa >= base_ && bytes <= size_ && pa - base_ <= size_ - bytes;
    }
    // Host pointer to `bytes` of RAM at `pa`, or nullptr where that is not all RAM.
    [[nodiscard]] arch::u8* host(arch::u64 pa, arch::u64 bytes) {
        return contains(pa, bytes) ? ram_ + (pa - base_) : nullptr;
    }
    // Copies into RAM; throws UserError naming `what` where it does not fit.
    void load(arch::u64 pa, std::span<const arch::u8> bytes, const std::string& what);

    // Marks a page as one whose instructions are cached: stores to it take the slow path.
    void set_code_page(arch::u64 pa, bool is_code);

private:
    PhysicalMemory(const Window& ram, std::vector<arch::u8> is_code);

    arch::u64 base_;
    arch::u64 size_;
    arch::u8* ram_;
    std::vector<arch::u8> is_code_;  // by page, 0 or 1
};

}  // namespace emu
