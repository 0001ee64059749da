// The machine as the memory manager sees it. Two implementations, chosen by include path and link:
// port/aarch64 (the real instructions at EL1) and port/host (native tests: an arena as physical
// memory, and a recorder of every descriptor access, TLBI and barrier in order).
//
// The functions that must inline come from "port_inline.h", a file of the same name in both folders:
//   u64  load_descriptor(const u64* slot);
//   void store_descriptor(u64* slot, u64 value);                         plain store (Linux: WRITE_ONCE)
//   u64  exchange_descriptor(u64* slot, u64 value);                      relaxed SWP, or LDXR/STXR; returns the old value
//   u64  compare_exchange_descriptor(u64* slot, u64 expected, u64 desired);  relaxed CAS; returns the old value
//   void tlb_invalidate(TlbiOp op, u64 operand);                         one instruction; operand as arch::tlbi_*_operand makes it
//   void barrier(Barrier kind);
//   void* phys_to_virt(u64 pa);  u64 virt_to_phys(const void*);          the linear map
//   u64  now();                                                          CNTVCT_EL0
#pragma once

#include <cstddef>

#include "mmu/arch/bits.h"

namespace km {

using arch::u16;
using arch::u32;
using arch::u64;
using arch::u8;
using arch::i64;

namespace port {

enum class TlbiOp : u8 { VALE1IS, VAE1IS, RVALE1IS, RVAE1IS, ASIDE1IS, VMALLE1IS, VMALLE1, VALE1 };
enum class Barrier : u8 { DsbIsh, DsbIshst, DsbNsh, DsbNshst, Isb };

// What the ID registers announce, read once at boot. The host port lets a test choose.
struct Features {
    bool lse{false};
    bool tlb_range{false};
    bool ttl{false};
    bool hw_access_flag{false};
    bool hw_dirty{false};
    bool pan{false};
    unsigned asid_bits{16};
    unsigned zva_bytes{64};
};
extern Features features;

// TTBR0_EL1 = `table_pa`, ASID as Linux keeps it (TTBR1_EL1, TCR_EL1.A1 = 1), then ISB.
void install_address_space(u64 table_pa, u16 asid);
// `page` is in the linear map, one page. Zeroing uses DC ZVA where the core has it.
void zero_page(void* page);
void copy_page(void* to, const void* from);
void console_write(const char* text, std::size_t length);
[[noreturn]] void panic(const char* message);

}  // namespace port
}  // namespace km

#include "port_inline.h"
