// Where the heaps of a recorded program stand. Linux starts each at a random page, and with it decides how many aligned
// 64K windows lie inside: two runs of one program differ there though they do the same. A replay that is held against
// another run puts its heaps where that run had them, modulo the largest folio.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

namespace emu::trace {

struct HeapStart {
    std::uint64_t process{0};  // in order of creation
    std::uint64_t image{0};    // how many execve it has made
    std::uint64_t address{0};
};
using HeapStarts = std::vector<HeapStart>;

// The heap of one address space: its recorded addresses, and where they go.
class HeapMove {
public:
    // The distance is the least that makes the start congruent to `wanted`; nothing lies so close above a heap.
    void begin(std::uint64_t start, std::uint64_t wanted) {
        start_ = end_ = start;
        distance_ = (wanted - start) % kLargestFolio;
    }
    void grow_to(std::uint64_t end) { end_ = std::max(end_, end); }

    // Addresses outside the heap stay; its end is part of it.
    [[nodiscard]] std::uint64_t moved(std::uint64_t address) const {
        return address - start_ <= end_ - start_ ? address + distance_ : address;
    }

private:
    static constexpr std::uint64_t kLargestFolio = 2 << 20;  // bytes

    std::uint64_t start_{0};
    std::uint64_t end_{0};
    std::uint64_t distance_{0};
};

}  // namespace emu::trace
