#include "mmu/base/large_array.h"

#include <sys/mman.h>

#include <new>

namespace mmu {

namespace {

constexpr std::size_t kLarge = std::size_t{1} << 20;
constexpr std::size_t kHugePage = std::size_t{2} << 20;
constexpr std::align_val_t kLineAligned{64};
constexpr std::align_val_t kPageAligned{kHugePage};

// Whole huge pages: the host backs no part of one.
std::size_t in_huge_pages(std::size_t bytes) {
    return (bytes + kHugePage - 1) / kHugePage * kHugePage;
}

}  // namespace

void* allocate_block(std::size_t bytes) {
    if (bytes < kLarge) return ::operator new(bytes, kLineAligned);
    void* block = ::operator new(in_huge_pages(bytes), kPageAligned);
    (void)madvise(block, in_huge_pages(bytes), MADV_HUGEPAGE);
    return block;
}

void release_block(void* block, std::size_t bytes) noexcept {
    ::operator delete(block, bytes < kLarge ? kLineAligned : kPageAligned);
}

}  // namespace mmu
