// The rest of the port on the real machine. Zeroing and copying follow Linux's arch/arm64/lib/clear_page.S and
// copy_page.S in what they do to the caches: DC ZVA claims a line without reading it.
#include "kernel_model/port/port.h"

#include "kernel_model/boot/console.h"
#include "kernel_model/boot/panic.h"
#include "kernel_model/port/aarch64/sysreg.h"
#include "mmu/arch/granule.h"
#include "mmu/arch/sysreg_layout.h"

extern "C" arch::u64 reserved_pg_dir[];

namespace km::port {

Features features;
u64 image_voffset;

namespace {
constexpr u64 kPageBytes = arch::page_size(arch::Granule::k4K);
}

// Linux: cpu_do_switch_mm(). The reserved table goes first, so that no walk mixes the new ASID with the old table.
void install_address_space(u64 table_pa, u16 asid) {
    const u64 ttbr1 = arch::TTBR_EL1::ASID::set(read_sysreg(TTBR1_EL1), asid);
    write_sysreg(virt_to_phys(reserved_pg_dir), TTBR0_EL1);
    write_sysreg(ttbr1, TTBR1_EL1);
    write_sysreg(table_pa, TTBR0_EL1);
    asm volatile("isb" : : : "memory");
}

void zero_page(void* page) {
    char* at = static_cast<char*>(page);
    char* const end = at + kPageBytes;
    if (has<Cap::Dczva>()) {
        const u64 step = features.zva_bytes;
        for (; at != end; at += step) asm volatile("dc zva, %0" : : "r"(at) : "memory");
        return;
    }
    for (; at != end; at += 64)
        asm volatile(
            "stnp xzr, xzr, [%0]\n\tstnp xzr, xzr, [%0, #16]\n\tstnp xzr, xzr, [%0, #32]\n\tstnp xzr, xzr, [%0, #48]"
            :
            : "r"(at)
            : "memory");
}

void copy_page(void* to, const void* from) {
    char* out = static_cast<char*>(to);
    const char* in = static_cast<const char*>(from);
    for (const char* const end = in + kPageBytes; in != end; in += 64, out += 64)
        asm volatile(
            "ldp x2, x3, [%1]\n\tldp x4, x5, [%1, #16]\n\tldp x6, x7, [%1, #32]\n\tldp x8, x9, [%1, #48]\n\t"
            "stnp x2, x3, [%0]\n\tstnp x4, x5, [%0, #16]\n\tstnp x6, x7, [%0, #32]\n\tstnp x8, x9, [%0, #48]"
            :
            : "r"(out), "r"(in)
            : "memory", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9");
}

void console_write(const char* text, std::size_t length) { console::write(text, length); }

void panic(const char* message) { km::panic(message); }

}  // namespace km::port
