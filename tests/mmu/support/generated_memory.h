// Memory in which every word is made up from its address when it is first looked at.
#pragma once

#include <optional>
#include <unordered_map>

#include "mmu/physical_memory_port.h"
#include "tests/mmu/support/random_regimes.h"

namespace test {

class GeneratedMemory final : public mmu::PhysicalMemoryPort {
public:
    // The word at `pa`, from a seed of its own; none: a bus error.
    using Word = std::optional<arch::u64> (*)(arch::u64 pa, arch::u64 seed);

    GeneratedMemory(arch::u64 seed, Word word) : seed_{seed}, word_{word} {}

    std::optional<arch::u64> read64(arch::PhysicalAddress pa) override { return peek(pa.value); }
    mmu::CompareExchangeResult compare_exchange64(arch::PhysicalAddress pa, arch::u64 expected, arch::u64 desired) override {
        if (peek(pa.value) != expected) return mmu::CompareExchangeResult::Changed;
        written_[pa.value] = desired;
        return mmu::CompareExchangeResult::Done;
    }
    arch::u8* host_page(arch::PhysicalAddress) override { return nullptr; }
    bool code_page(arch::PhysicalAddress) override { return false; }

    [[nodiscard]] std::optional<arch::u64> peek(arch::u64 pa) const {
        if (const auto it = written_.find(pa); it != written_.end()) return it->second;
        return word_(pa, scramble(seed_ ^ pa));
    }

private:
    arch::u64 seed_;
    Word word_;
    std::unordered_map<arch::u64, arch::u64> written_;
};

}  // namespace test
