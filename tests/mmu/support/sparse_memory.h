// Physical memory of any size for MMU tests: words that were not written are not there.
#pragma once

#include <map>
#include <optional>

#include "mmu/physical_memory_port.h"

namespace test {

class SparseMemory final : public mmu::PhysicalMemoryPort {
public:
    [[nodiscard]] std::optional<arch::u64> read64(arch::PhysicalAddress pa) override {
        const auto it = words.find(pa.value);
        return it != words.end() ? std::optional{it->second} : std::nullopt;
    }
    [[nodiscard]] mmu::CompareExchangeResult compare_exchange64(arch::PhysicalAddress pa, arch::u64 expected,
                                                                arch::u64 desired) override {
        const auto it = words.find(pa.value);
        if (it == words.end()) return mmu::CompareExchangeResult::Fault;
        if (it->second != expected) return mmu::CompareExchangeResult::Changed;
        it->second = desired;
        return mmu::CompareExchangeResult::Done;
    }
    [[nodiscard]] arch::u8* host_page(arch::PhysicalAddress) override { return nullptr; }
    [[nodiscard]] bool code_page(arch::PhysicalAddress) override { return false; }

    std::map<arch::u64, arch::u64> words;
};

}  // namespace test
