#include "emu/core/memory_access.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "emu/core/bus.h"
#include "emu/core/decode_cache.h"
#include "emu/core/exceptions.h"
#include "emu/core/pe.h"
#include "mmu/mmu.h"
#include "mmu/physical_memory_port.h"

namespace emu {

using arch::FaultKind;
using arch::PhysicalAddress;
using mmu::AccessKind;

namespace {

constexpr u64 kPage = 4096;

// The part of an access that lies in one page. `host` is nullptr where the page is not RAM.
struct Part {
    u64 va{0};
    u64 pa{0};
    unsigned bytes{0};
    u8* host{nullptr};
};

bool writes(AccessSpec spec) { return spec.kind == AccessKind::Store || spec.kind == AccessKind::ZeroBlock; }

bool fail(Pe& pe, FaultKind kind, AccessSpec spec, u64 va) {
    pe.fault = data_abort(arch::fault_status_code(kind, 0), writes(spec), va);
    return false;
}

// Alignment that does not depend on the memory type. Arm: AArch64.CheckAlignment.
bool check_alignment(Pe& pe, u64 va, AccessSpec spec) {
    if (arch::is_aligned(va, spec.alignment)) return true;
    if (!spec.must_align && !pe.strict_alignment) return true;
    return fail(pe, FaultKind::Alignment, spec, va);
}

mmu::AccessDescriptor descriptor_of(const Pe& pe, AccessSpec spec) {
    const bool unprivileged = spec.unprivileged && pe.el == 1 && !pe.uao;
    return {.kind = spec.kind,
            .el = unprivileged ? u8{0} : pe.el,
            .unprivileged = unprivileged,
            .pan = pe.pan && !unprivileged,
            .size_log2 = static_cast<u8>(std::countr_zero(spec.bytes))};
}

DataAccess& next_access(Pe& pe, const Part& part, AccessKind kind) {
    InstructionRecord& record = pe.record;
    const unsigned i = record.access_count++;
    DataAccess& access = record.access[i];
    access.va = part.va;
    access.pa = 0;
    access.bytes = static_cast<u16>(part.bytes);
    access.kind = kind;
    access.memory_attr = 0;
    access.lookup = &record.lookups[i];
    return access;
}

// A part that a memo serves: recorded like the L1 hit it is. Prefetches and maintenance have no memos.
bool locate_by_memo(Pe& pe, Part& part, AccessSpec spec, DataAccess& access, mmu::LookupRecord& lookup) {
    if (spec.kind > AccessKind::Atomic) return false;
    mmu::HostTlb& memo = spec.unprivileged ? *pe.host_tlb_unprivileged : *pe.host_tlb;
    part.host = spec.kind == AccessKind::Load ? memo.read(part.va, part.bytes) : memo.write(part.va, part.bytes);
    if (part.host == nullptr) return false;
    const mmu::HostTlb::Origin& origin = memo.origin(mmu::HostTlb::Kind::Data, part.va);
    access.pa = part.pa = origin.page_pa + (part.va & (kPage - 1));
    access.memory_attr = origin.memory_attr;
    note_l1_hit(lookup, origin);
    return true;
}

// Whether a caller has asked the memos already, in vain.
enum class Memos : u8 { NotAsked, Asked };

// Translates one part, counted and recorded.
bool locate(Pe& pe, Part& part, AccessSpec spec, Memos memos = Memos::NotAsked) {
    mmu::LookupRecord& lookup = pe.record.lookups[pe.record.access_count];
    DataAccess& access = next_access(pe, part, spec.kind);
    if (memos == Memos::NotAsked && locate_by_memo(pe, part, spec, access, lookup)) return true;
    const auto result = pe.mmu->translate(descriptor_of(pe, spec), arch::VirtualAddress{part.va}, lookup);
    if (!result) [[unlikely]] {
        pe.fault = data_abort(result.error());
        return false;
    }
    const mmu::Translation& t = result.value();
    access.pa = part.pa = t.pa.value;
    access.memory_attr = t.memory_attr;
    // Device memory must be accessed aligned. Arm: the alignment rules of Device memory.
    if (arch::MairAttr::is_device(t.memory_attr) && !arch::is_aligned(part.va, spec.alignment))
        return fail(pe, FaultKind::Alignment, spec, part.va);
    if (pe.debug.watchpoints && watchpoint_hits(pe, part.va, part.bytes, spec.kind, descriptor_of(pe, spec).el)) return false;
    part.host = t.host_page == nullptr ? nullptr : t.host_page + (t.pa.value & (kPage - 1));
    return true;
}

// As memcpy, for the few sizes that accesses have.
void copy_bytes(u8* to, const u8* from, unsigned bytes) {
    switch (bytes) {
        case 1: *to = *from; return;
        case 2: std::memcpy(to, from, 2); return;
        case 4: std::memcpy(to, from, 4); return;
        case 8: std::memcpy(to, from, 8); return;
        case 16: std::memcpy(to, from, 16); return;
        default: std::memcpy(to, from, bytes);
    }
}

// Both parts of an access are translated before any data moves, so a fault leaves memory as it was.
using Parts = std::array<Part, 2>;

// Both loops' fast paths ask them for aligned loads and stores.
Memos memos_of_fast_path(u64 va, AccessSpec spec) {
    return arch::is_aligned(va, spec.alignment) ? Memos::Asked : Memos::NotAsked;
}

bool is_in_one_page(u64 va, unsigned bytes) { return (va & (kPage - 1)) + bytes <= kPage; }

// Of an access that crosses a page.
bool locate_both(Pe& pe, u64 va, AccessSpec spec, Parts& out) {
    const u64 in_first = kPage - (va & (kPage - 1));
    out[0] = {.va = va, .bytes = static_cast<unsigned>(in_first)};
    out[1] = {.va = va + in_first, .bytes = static_cast<unsigned>(spec.bytes - in_first)};
    // The first byte of the second part is on a page boundary, but the access is not aligned there.
    return locate(pe, out[0], spec) && locate(pe, out[1], spec);
}

// Bytes that one transaction to a device moves: an element, at most a doubleword.
unsigned transaction_size(const Part& part, AccessSpec spec) {
    const unsigned element = std::min({8u, unsigned{spec.alignment}, part.bytes});
    return arch::is_aligned(part.pa, element) && part.bytes % element == 0 ? element : 1;
}

[[gnu::noinline]] bool read_device(Pe& pe, const Part& part, AccessSpec spec, u8* to) {
    const unsigned step = transaction_size(part, spec);
    for (unsigned i = 0; i < part.bytes; i += step) {
        u64 value = 0;
        if (!pe.bus->device_read(PhysicalAddress{part.pa + i}, step, value))
            return fail(pe, FaultKind::SyncExternal, spec, part.va + i);
        std::memcpy(to + i, &value, step);
    }
    return true;
}

[[gnu::noinline]] bool write_device(Pe& pe, const Part& part, AccessSpec spec, const u8* from) {
    const unsigned step = transaction_size(part, spec);
    for (unsigned i = 0; i < part.bytes; i += step) {
        u64 value = 0;
        std::memcpy(&value, from + i, step);
        if (!pe.bus->device_write(PhysicalAddress{part.pa + i}, step, value))
            return fail(pe, FaultKind::SyncExternal, spec, part.va + i);
    }
    return true;
}

bool read_part(Pe& pe, const Part& part, AccessSpec spec, u8* to) {
    ++pe.mem_reads;
    if (part.host == nullptr) return read_device(pe, part, spec, to);
    copy_bytes(to, part.host, part.bytes);
    return true;
}

bool write_part(Pe& pe, const Part& part, AccessSpec spec, const u8* from) {
    ++pe.mem_writes;
    if (part.host == nullptr) return write_device(pe, part, spec, from);
    pe.decode_cache->on_store(part.pa, part.bytes);
    copy_bytes(part.host, from, part.bytes);
    return true;
}

[[gnu::noinline]] bool load_two_pages(Pe& pe, u64 va, AccessSpec spec, u8* to) {
    Parts parts;
    if (!locate_both(pe, va, spec, parts)) return false;
    for (const Part& part : parts) {
        if (!read_part(pe, part, spec, to)) return false;
        to += part.bytes;
    }
    return true;
}

[[gnu::noinline]] bool store_two_pages(Pe& pe, u64 va, AccessSpec spec, const u8* from) {
    Parts parts;
    if (!locate_both(pe, va, spec, parts)) return false;
    for (const Part& part : parts) {
        if (!write_part(pe, part, spec, from)) return false;
        from += part.bytes;
    }
    return true;
}

}  // namespace

void copy_elements(u8* to, AccessSpec spec, u64 low, u64 high) {
    const unsigned first = std::min<unsigned>(8, spec.alignment);
    if (spec.bytes <= first) return copy_bytes(to, reinterpret_cast<const u8*>(&low), spec.bytes);
    copy_bytes(to, reinterpret_cast<const u8*>(&low), first);
    copy_bytes(to + first, reinterpret_cast<const u8*>(&high), spec.bytes - first);
}

bool load_slow(Pe& pe, u64 va, AccessSpec spec) {
    pe.loaded[0] = pe.loaded[1] = 0;
    return load_bytes_slow(pe, va, spec, reinterpret_cast<u8*>(pe.loaded));
}

[[gnu::flatten]] bool load_bytes_slow(Pe& pe, u64 va, AccessSpec spec, u8* to) {
    if (!check_alignment(pe, va, spec)) return false;
    if (!is_in_one_page(va, spec.bytes)) [[unlikely]] return load_two_pages(pe, va, spec, to);
    Part part{.va = va, .bytes = spec.bytes};
    return locate(pe, part, spec, memos_of_fast_path(va, spec)) && read_part(pe, part, spec, to);
}

bool store_slow(Pe& pe, u64 va, AccessSpec spec, u64 low, u64 high) {
    u8 data[16];
    copy_elements(data, spec, low, high);
    return store_bytes_slow(pe, va, spec, data);
}

[[gnu::flatten]] bool store_bytes_slow(Pe& pe, u64 va, AccessSpec spec, const u8* from) {
    if (!check_alignment(pe, va, spec)) return false;
    if (!is_in_one_page(va, spec.bytes)) [[unlikely]] return store_two_pages(pe, va, spec, from);
    Part part{.va = va, .bytes = spec.bytes};
    return locate(pe, part, spec, memos_of_fast_path(va, spec)) && write_part(pe, part, spec, from);
}

u8* atomic_slow(Pe& pe, u64 va, AccessSpec spec) {
    // An atomic on memory that cannot do it: IMPLEMENTATION DEFINED fault, "Unsupported Exclusive or Atomic".
    constexpr u32 kUnsupported = 0b110101;
    Part part{.va = va, .bytes = spec.bytes};
    if (!check_alignment(pe, va, spec) || !locate(pe, part, spec)) return nullptr;
    if (part.host == nullptr) {
        pe.fault = data_abort(kUnsupported, false, va);
        return nullptr;
    }
    pe.decode_cache->on_store(part.pa, part.bytes);
    ++pe.mem_reads;
    ++pe.mem_writes;
    return part.host;
}

bool zero_block_slow(Pe& pe, u64 va, unsigned block) {
    // FAR_EL1 holds the operand as given, so that is what gets translated. alignment 1: any address will do.
    const AccessSpec spec{.bytes = 64, .alignment = 1, .kind = AccessKind::ZeroBlock};
    Part part{.va = va, .bytes = block};
    if (!locate(pe, part, spec)) return false;
    DataAccess& access = pe.record.access[pe.record.access_count - 1u];
    if (part.host == nullptr || arch::MairAttr::is_device(access.memory_attr))
        return fail(pe, FaultKind::Alignment, spec, va);
    const u64 inside = part.pa & (block - 1);
    access.va = va - inside;
    access.pa = part.pa - inside;
    pe.decode_cache->on_store(access.pa, block);
    std::memset(part.host - inside, 0, block);
    ++pe.mem_writes;
    return true;
}

bool touch_slow(Pe& pe, u64 va, AccessSpec spec) {
    Part part{.va = va, .bytes = 1};
    AccessSpec touch = spec;
    touch.bytes = touch.alignment = 1;
    return locate(pe, part, touch) || spec.kind == AccessKind::Prefetch;
}

}  // namespace emu
