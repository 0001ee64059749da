// Arrays that are read at random: a vector whose block, from 1 MiB on, lies in huge pages of the host where it grants
// them, so that reading it seldom misses the host's TLB. What it holds and when it grows are the vector's own.
#pragma once

#include <cstddef>
#include <vector>

namespace mmu {

// A block of at least `bytes`: below 1 MiB one of the heap, aligned to a line; from there on aligned to 2 MiB and advised
// to be of huge pages. A host that refuses the advice gives small ones, and nothing else changes. Throws std::bad_alloc.
[[nodiscard]] void* allocate_block(std::size_t bytes);
// Gives back what allocate_block gave for as many bytes.
void release_block(void* block, std::size_t bytes) noexcept;

template <class T>
struct LargeBlocks {
    using value_type = T;

    LargeBlocks() = default;
    template <class U>
    explicit(false) LargeBlocks(const LargeBlocks<U>&) {}

    [[nodiscard]] T* allocate(std::size_t count) { return static_cast<T*>(allocate_block(count * sizeof(T))); }
    void deallocate(T* block, std::size_t count) noexcept { release_block(block, count * sizeof(T)); }

    template <class U>
    bool operator==(const LargeBlocks<U>&) const {
        return true;
    }
};

template <class T>
using LargeArray = std::vector<T, LargeBlocks<T>>;

}  // namespace mmu
