// The functions of port.h that must inline, for native tests: physical memory is an arena, and what the memory manager
// does to descriptors and the TLB is recorded in order.
#pragma once

#include "kernel_model/port/host/arena.h"
#include "kernel_model/port/host/recorder.h"
#include "kernel_model/port/port.h"

namespace km::port {

inline u64 load_descriptor(const u64* slot) {
    const u64 value = *slot;
    if (recorder.enabled) recorder.load(slot, value);
    return value;
}
inline void store_descriptor(u64* slot, u64 value) {
    if (recorder.enabled) recorder.store(slot, *slot, value);
    *slot = value;
}
inline u64 exchange_descriptor(u64* slot, u64 value) {
    const u64 old = *slot;
    *slot = value;
    if (recorder.enabled) recorder.exchange(slot, old, value);
    return old;
}
inline u64 compare_exchange_descriptor(u64* slot, u64 expected, u64 desired) {
    const u64 old = *slot;
    if (old == expected) *slot = desired;
    if (recorder.enabled) recorder.compare_exchange(slot, old, old == expected ? desired : old);
    return old;
}
inline void tlb_invalidate(TlbiOp op, u64 operand) {
    if (recorder.enabled) recorder.tlbi(op, operand);
}
inline void barrier(Barrier kind) {
    if (recorder.enabled) recorder.barrier(kind);
}
inline void* phys_to_virt(u64 pa) { return arena.base + (pa - arena.physical_base); }
inline u64 virt_to_phys(const void* address) {
    return static_cast<u64>(static_cast<const u8*>(address) - arena.base) + arena.physical_base;
}
// Time stands still: nothing that a test sees may depend on it.
inline u64 now() { return 0; }

}  // namespace km::port
