// What the host reads of the guest kernel's own structures: regions of address spaces, and folios. The guest says at boot
// where they are (struct guest_layout); it does nothing else for it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "emu/memory/physical_memory.h"
#include "kernel_model/abi/guest_abi.h"

namespace emu {

// What lies at a virtual address.
enum class RegionKind : arch::u8 {
    Unknown,  // outside all regions
    Text,
    Data,     // of the program: constants, variables
    Heap,     // brk
    Stack,
    Anonymous,
    File,
    Shared,
    KernelImage,
    LinearMap,
    KernelOther,  // devices, and what else the kernel maps
};
inline constexpr unsigned kRegionKinds = 11;
inline constexpr const char* kRegionNames[kRegionKinds] = {"no region", "text",   "data",         "heap",       "stack",       "anonymous",
                                                           "file",      "shared", "kernel image", "linear map", "kernel other"};

struct GuestRegion {
    arch::u64 start{0};
    arch::u64 end{0};
    RegionKind kind{RegionKind::Unknown};
};

// A folio as the guest's page array has it.
struct GuestFolio {
    arch::u64 first_pa{0};
    unsigned order{0};
};

class GuestView {
public:
    explicit GuestView(PhysicalMemory& memory) : memory_{memory} {}
    // Where the guest has announced its layout; a wrong address leaves the view empty.
    void set_layout(arch::u64 pa);
    [[nodiscard]] bool known() const { return layout_.magic == GUEST_LAYOUT_MAGIC; }

    // Physical addresses of the root tables of all live address spaces, oldest first.
    [[nodiscard]] std::vector<arch::u64> roots() const;
    // Regions of the address space with this root table, by address; the heap is one of its own. Empty: unknown.
    [[nodiscard]] std::vector<GuestRegion> regions(arch::u64 root) const;
    // Of a page of RAM that the page array covers.
    [[nodiscard]] std::optional<GuestFolio> folio_of(arch::u64 pa) const;
    // In the upper half.
    [[nodiscard]] bool in_linear_map(arch::u64 va) const;

private:
    [[nodiscard]] arch::u64 word(arch::u64 pa) const;             // 0 outside RAM
    [[nodiscard]] arch::u64 field(arch::u64 va, arch::u64 offset) const { return word(va - layout_.linear_map + offset); }
    [[nodiscard]] arch::u64 address_space_of(arch::u64 root) const;  // 0: none
    [[nodiscard]] GuestRegion region_of(arch::u64 vma, arch::u64 start_brk) const;

    PhysicalMemory& memory_;
    guest_layout layout_{};
};

}  // namespace emu
