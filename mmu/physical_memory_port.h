// What the MMU asks of physical memory: descriptor reads, the atomic update of a descriptor, and, when an
// entry is filled, where the host keeps a page.
#pragma once

#include <optional>

#include "mmu/arch/address.h"

namespace mmu {

enum class CompareExchangeResult : arch::u8 {
    Done,
    Changed,  // memory did not hold `expected`
    Fault,    // nothing there that supports atomic access
};

class PhysicalMemoryPort {
public:
    PhysicalMemoryPort() = default;
    PhysicalMemoryPort(const PhysicalMemoryPort&) = delete;
    PhysicalMemoryPort& operator=(const PhysicalMemoryPort&) = delete;
    virtual ~PhysicalMemoryPort() = default;

    // `pa` is a multiple of 8. nullopt: no memory answers (a synchronous External abort on the walk).
    [[nodiscard]] virtual std::optional<arch::u64> read64(arch::PhysicalAddress pa) = 0;
    [[nodiscard]] virtual CompareExchangeResult compare_exchange64(arch::PhysicalAddress pa, arch::u64 expected,
                                                                   arch::u64 desired) = 0;
    // Host pointer to the 4 KiB page that holds `pa`, or nullptr where there is no RAM. Stable until the machine ends.
    [[nodiscard]] virtual arch::u8* host_page(arch::PhysicalAddress pa) = 0;
    // Whether decoded instructions of this page are kept, so that stores to it must take the slow path.
    [[nodiscard]] virtual bool code_page(arch::PhysicalAddress pa) = 0;
};

}  // namespace mmu
