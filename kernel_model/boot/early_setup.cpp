// Runs at physical addresses, through the identity map, before the kernel's own mapping exists: so nothing here may
// use an address that is stored anywhere (tables of pointers, virtual functions); code and data reached by ADRP are
// right at either address. Linux: arch/arm64/kernel/pi/map_kernel.c.
#include "kernel_model/boot/cpu_features.h"
#include "kernel_model/boot/kernel_mapper.h"
#include "kernel_model/boot/layout.h"
#include "kernel_model/port/port.h"

extern "C" {
extern char _text[], _etext[], _erodata[], _end[];
extern arch::u64 swapper_pg_dir[], boot_table_pool[], boot_table_pool_end[];
extern km::port::StaticBranch __static_branches_start[], __static_branches_end[];
}

namespace km {

TablePool boot_tables;

namespace {

constexpr u32 kNop = 0xd503201f;

template <class T>
u64 address_of(T* object) { return reinterpret_cast<u64>(object); }

bool core_has(port::Cap cap) {
    switch (cap) {
        case port::Cap::Lse: return port::features.lse;
        case port::Cap::Dczva: return port::features.zva_bytes != 0;
    }
    return false;
}

// The text is still writable here: the identity map has no permissions.
void apply_static_branches() {
    for (auto* branch = __static_branches_start; branch != __static_branches_end; ++branch) {
        if (!core_has(branch->cap)) continue;
        const u64 offset = static_cast<u64>(arch::sign_extend(branch->site_offset, 32));
        auto* site = reinterpret_cast<volatile u32*>(address_of(&branch->site_offset) + offset);
        *site = kNop;
        asm volatile("dc cvau, %0" : : "r"(site) : "memory");
    }
    asm volatile("dsb ish\n\tic iallu\n\tdsb nsh\n\tisb" : : : "memory");
}

bool map_segment(const char* from, const char* to, u64 attributes) {
    const u64 pa = address_of(from);
    const u64 va = KM_IMAGE_ADDRESS + static_cast<u64>(from - _text);
    const u64 bytes = static_cast<u64>(to - from);
    return map_kernel_range(address_of(swapper_pg_dir), boot_tables,
                            {va, pa, bytes, attributes, MapGrain::Contiguous});
}

}  // namespace

// Nobody can be told of a failure here: there is no console yet. The pool's size is fixed with the image's (start.S).
extern "C" void early_setup() {
    port::image_voffset = KM_IMAGE_ADDRESS - address_of(_text);
    boot_tables = {address_of(boot_table_pool), address_of(boot_table_pool_end)};
    read_cpu_features();
    apply_static_branches();
    const bool mapped = map_segment(_text, _etext, kKernelReadExecute) &&
                        map_segment(_etext, _erodata, kKernelReadOnly) && map_segment(_erodata, _end, kKernelReadWrite);
    while (!mapped) asm volatile("wfi");
}

}  // namespace km
