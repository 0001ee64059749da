// What the MMU asks of physical memory: descriptor reads, the atomic update of a descriptor, and, when an
// entry is filled, where the host keeps a page.
#pragma once

#include <cstring>
#include <optional>

#include "mmu/arch/address.h"
#include "mmu/base/host_prefetch.h"

namespace mmu {

enum class CompareExchangeResult : arch::u8 {
    Done,
    Changed,  // memory did not hold `expected`
    Fault,    // nothing there that supports atomic access
};

class PhysicalMemoryPort {
public:
    // RAM that may be read in place: `bytes` of it (a multiple of 4096) from physical address `base` on.
    struct Window {
        arch::u8* host{nullptr};
        arch::u64 base{0};
        arch::u64 bytes{0};
        const arch::u8* code_pages{nullptr};  // for each page of 4 KiB what code_page says
    };

    // Without a window every access is one of the virtual calls below.
    PhysicalMemoryPort() = default;
    explicit PhysicalMemoryPort(const Window& window) : window_{window} {}
    PhysicalMemoryPort(const PhysicalMemoryPort&) = delete;
    PhysicalMemoryPort& operator=(const PhysicalMemoryPort&) = delete;
    virtual ~PhysicalMemoryPort() = default;

    // As read64, host_page and code_page, which answer where the window does not reach.
    [[nodiscard]] std::optional<arch::u64> descriptor(arch::PhysicalAddress pa) {
        if (pa.value - window_.base >= window_.bytes) [[unlikely]] return read64(pa);
        arch::u64 value;
        std::memcpy(&value, window_.host + (pa.value - window_.base), sizeof value);
        return value;
    }
    [[nodiscard]] arch::u8* page(arch::PhysicalAddress pa) {
        const arch::u64 offset = pa.value - window_.base;
        if (offset >= window_.bytes) [[unlikely]] return host_page(pa);
        return window_.host + arch::align_down(offset, kPageBytes);
    }
    // The bytes at `pa` are wanted soon: the host may fetch their line meanwhile.
    void expect_access(arch::PhysicalAddress pa) const {
        const arch::u64 offset = pa.value - window_.base;
        if (offset < window_.bytes) host_prefetch(window_.host + offset);
    }
    [[nodiscard]] bool has_code(arch::PhysicalAddress pa) {
        const arch::u64 offset = pa.value - window_.base;
        if (offset >= window_.bytes) [[unlikely]] return code_page(pa);
        return window_.code_pages[offset >> kPageShift] != 0;
    }

    // `pa` is a multiple of 8. nullopt: no memory answers (a synchronous External abort on the walk).
    [[nodiscard]] virtual std::optional<arch::u64> read64(arch::PhysicalAddress pa) = 0;
    [[nodiscard]] virtual CompareExchangeResult compare_exchange64(arch::PhysicalAddress pa, arch::u64 expected,
                                                                   arch::u64 desired) = 0;
    // Host pointer to the 4 KiB page that holds `pa`, or nullptr where there is no RAM. Stable until the machine ends.
    [[nodiscard]] virtual arch::u8* host_page(arch::PhysicalAddress pa) = 0;
    // Whether decoded instructions of this page are kept, so that stores to it must take the slow path.
    [[nodiscard]] virtual bool code_page(arch::PhysicalAddress pa) = 0;

private:
    static constexpr unsigned kPageShift = 12;
    static constexpr arch::u64 kPageBytes = arch::u64{1} << kPageShift;

    Window window_{};
};

}  // namespace mmu
