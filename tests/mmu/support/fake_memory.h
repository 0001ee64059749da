// Physical memory for MMU tests: RAM from 1 GiB up, and a hook that plays another observer of the tables.
#pragma once

#include <cstdlib>
#include <cstring>
#include <functional>
#include <memory>
#include <set>

#include "mmu/physical_memory_port.h"

namespace test {

using arch::u64;
using arch::u8;

class FakeMemory final : public mmu::PhysicalMemoryPort {
public:
    static constexpr u64 kBase = 0x4000'0000;
    static constexpr u64 kPage = 4096;

    explicit FakeMemory(u64 bytes = u64{256} << 20) : bytes_{bytes}, ram_{static_cast<u8*>(std::calloc(bytes, 1)), &std::free} {}

    [[nodiscard]] std::optional<u64> read64(arch::PhysicalAddress pa) override {
        ++reads;
        if (!contains(pa.value)) return std::nullopt;
        return get(pa.value);
    }
    [[nodiscard]] mmu::CompareExchangeResult compare_exchange64(arch::PhysicalAddress pa, u64 expected, u64 desired) override {
        ++exchanges;
        if (before_exchange) before_exchange(pa.value);
        if (!contains(pa.value) || refuse_exchanges) return mmu::CompareExchangeResult::Fault;
        if (get(pa.value) != expected) return mmu::CompareExchangeResult::Changed;
        put(pa.value, desired);
        return mmu::CompareExchangeResult::Done;
    }
    [[nodiscard]] u8* host_page(arch::PhysicalAddress pa) override {
        return contains(pa.value) ? host(arch::align_down(pa.value, kPage)) : nullptr;
    }
    [[nodiscard]] bool code_page(arch::PhysicalAddress pa) override {
        return code_pages.contains(arch::align_down(pa.value, kPage));
    }

    [[nodiscard]] bool contains(u64 pa) const { return pa >= kBase && pa - kBase < bytes_; }
    [[nodiscard]] u8* host(u64 pa) { return ram_.get() + (pa - kBase); }
    [[nodiscard]] u64 pa_of(const u8* host) const { return kBase + static_cast<u64>(host - ram_.get()); }
    [[nodiscard]] u64 get(u64 pa) {
        u64 value;
        std::memcpy(&value, host(pa), sizeof value);
        return value;
    }
    void put(u64 pa, u64 value) { std::memcpy(host(pa), &value, sizeof value); }

    u64 reads{0};
    u64 exchanges{0};
    bool refuse_exchanges{false};
    std::function<void(u64 pa)> before_exchange;
    std::set<u64> code_pages;

private:
    u64 bytes_;
    std::unique_ptr<u8, void (*)(void*)> ram_;
};

}  // namespace test
