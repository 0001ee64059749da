// The functions of port.h that must inline, on the real machine. Every access to a live descriptor is one single
// copy-atomic 64-bit instruction; exchanges are relaxed (no acquire, no release), as Linux's xchg_relaxed() and
// cmpxchg_relaxed() on PTEs are: the page-table lock, where there is one, orders.
#pragma once

#include "kernel_model/boot/layout.h"
#include "kernel_model/port/aarch64/static_branch.h"
#include "kernel_model/port/port.h"

namespace km::port {

[[gnu::always_inline]] inline u64 load_descriptor(const u64* slot) { return *const_cast<const volatile u64*>(slot); }
[[gnu::always_inline]] inline void store_descriptor(u64* slot, u64 value) {
    *const_cast<volatile u64*>(slot) = value;
}

[[gnu::always_inline]] inline u64 exchange_descriptor(u64* slot, u64 value) {
    u64 old;
    if (has<Cap::Lse>()) {
        asm volatile(".arch_extension lse\n\tswp %x2, %0, %1" : "=r"(old), "+Q"(*slot) : "rZ"(value) : "memory");
        return old;
    }
    u32 failed;
    asm volatile(
        "1: ldxr %0, %2\n\t"
        "stxr %w1, %x3, %2\n\t"
        "cbnz %w1, 1b"
        : "=&r"(old), "=&r"(failed), "+Q"(*slot)
        : "rZ"(value)
        : "memory");
    return old;
}

[[gnu::always_inline]] inline u64 compare_exchange_descriptor(u64* slot, u64 expected, u64 desired) {
    u64 old = expected;
    if (has<Cap::Lse>()) {
        asm volatile(".arch_extension lse\n\tcas %0, %x2, %1" : "+r"(old), "+Q"(*slot) : "rZ"(desired) : "memory");
        return old;
    }
    u32 failed;
    asm volatile(
        "1: ldxr %0, %2\n\t"
        "cmp %0, %4\n\t"
        "b.ne 2f\n\t"
        "stxr %w1, %x3, %2\n\t"
        "cbnz %w1, 1b\n"
        "2:"
        : "=&r"(old), "=&r"(failed), "+Q"(*slot)
        : "rZ"(desired), "r"(expected)
        : "memory", "cc");
    return old;
}

// The switches below disappear: callers pass constants.
[[gnu::always_inline]] inline void tlb_invalidate(TlbiOp op, u64 operand) {
    switch (op) {
        case TlbiOp::VALE1IS: asm volatile("tlbi vale1is, %0" : : "r"(operand) : "memory"); return;
        case TlbiOp::VAE1IS: asm volatile("tlbi vae1is, %0" : : "r"(operand) : "memory"); return;
        // SYS #0, C8, C2: FEAT_TLBIRANGE is newer than the base architecture the kernel is assembled for.
        case TlbiOp::RVALE1IS: asm volatile("sys #0, c8, c2, #5, %0" : : "r"(operand) : "memory"); return;
        case TlbiOp::RVAE1IS: asm volatile("sys #0, c8, c2, #1, %0" : : "r"(operand) : "memory"); return;
        case TlbiOp::ASIDE1IS: asm volatile("tlbi aside1is, %0" : : "r"(operand) : "memory"); return;
        case TlbiOp::VMALLE1IS: asm volatile("tlbi vmalle1is" : : : "memory"); return;
        case TlbiOp::VMALLE1: asm volatile("tlbi vmalle1" : : : "memory"); return;
        case TlbiOp::VALE1: asm volatile("tlbi vale1, %0" : : "r"(operand) : "memory"); return;
    }
}

[[gnu::always_inline]] inline void barrier(Barrier kind) {
    switch (kind) {
        case Barrier::DsbIsh: asm volatile("dsb ish" : : : "memory"); return;
        case Barrier::DsbIshst: asm volatile("dsb ishst" : : : "memory"); return;
        case Barrier::DsbNsh: asm volatile("dsb nsh" : : : "memory"); return;
        case Barrier::DsbNshst: asm volatile("dsb nshst" : : : "memory"); return;
        case Barrier::Isb: asm volatile("isb" : : : "memory"); return;
    }
}

inline constexpr u64 kImageAddressBit = u64{1} << 47;  // set in the image's half of the kernel's addresses
extern u64 image_voffset;                              // VA - PA of the kernel image. Linux: kimage_voffset

[[gnu::always_inline]] inline void* phys_to_virt(u64 pa) { return reinterpret_cast<void*>(pa + KM_PAGE_OFFSET); }
// Of the linear map and of objects in the kernel image. Linux: __virt_to_phys_nodebug().
[[gnu::always_inline]] inline u64 virt_to_phys(const void* address) {
    const u64 va = reinterpret_cast<u64>(address);
    return (va & kImageAddressBit) == 0 ? va - KM_PAGE_OFFSET : va - image_voffset;
}

[[gnu::always_inline]] inline u64 now() {
    u64 ticks;
    asm volatile("isb\n\tmrs %0, cntvct_el0" : "=r"(ticks) : : "memory");
    return ticks;
}

}  // namespace km::port
