#include "emu/check/page_releases.h"

#include <algorithm>
#include <cstddef>

#include "kernel_model/abi/guest_abi.h"
#include "mmu/mmu.h"

namespace emu {

namespace {

// km::BuddyAllocator::free(km::Page*, unsigned) and km::page_array.
constexpr const char* kFree = "_ZN2km14BuddyAllocator4freeEPNS_4PageEj";
constexpr const char* kFrameArray = "_ZN2km10page_arrayE";
constexpr unsigned kFrameArgument = 1;  // x0 is the allocator
constexpr unsigned kOrderArgument = 2;
constexpr arch::u64 kPageBytes = 4096;

arch::u64 address_of(const std::vector<Symbol>& symbols, const char* name) {
    const auto at = std::find_if(symbols.begin(), symbols.end(), [name](const Symbol& s) { return s.name == name; });
    return at == symbols.end() ? 0 : at->start;
}

std::optional<arch::u64> read(const Pe& pe, PhysicalMemory& memory, arch::u64 va) {
    const auto at = pe.mmu->translate_address({.kind = mmu::AccessKind::AddressTranslate, .el = 1}, arch::VirtualAddress{va});
    if (!at) return std::nullopt;
    return memory.read64(at.value().pa);
}

}  // namespace

PageReleases::PageReleases(const std::vector<Symbol>& functions, const std::vector<Symbol>& objects)
    : entry_{address_of(functions, kFree)}, frame_array_{address_of(objects, kFrameArray)} {
    if (frame_array_ == 0) entry_ = 0;
}

std::optional<PageReleases::Range> PageReleases::range(const Pe& pe, PhysicalMemory& memory) const {
    const auto descriptors = read(pe, memory, frame_array_ + offsetof(guest_frame_array, descriptors));
    const auto first = read(pe, memory, frame_array_ + offsetof(guest_frame_array, first_frame));
    if (!descriptors || !first || *descriptors == 0) return std::nullopt;
    const arch::u64 frame = (pe.x[kFrameArgument] - *descriptors) / GUEST_FRAME_DESCRIPTOR_BYTES + *first;
    return Range{frame * kPageBytes, kPageBytes << (pe.x[kOrderArgument] & 15)};
}

}  // namespace emu
