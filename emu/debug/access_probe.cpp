#include "emu/debug/access_probe.h"

#include <cstring>

#include "emu/core/core_config.h"
#include "emu/core/exec/atomics.h"
#include "emu/core/exec/exclusives.h"
#include "emu/core/exec/loads_stores.h"
#include "emu/core/exec/pauth.h"
#include "emu/core/exec/simd_memory.h"
#include "emu/debug/guest_memory.h"
#include "emu/isa/a64_table.h"
#include "emu/isa/decoder.h"
#include "mmu/physical_memory_port.h"

namespace emu::debug {
namespace {

using mmu::AccessKind;

thread_local std::vector<ProbedAccess> probed;

// A third loop for the handlers of memory accesses, beside Plain and Recording (emu/core/mode.h): it notes each
// access and makes none. Loads give zero, so only a copy of the state may go through it.
struct Probing {
    [[nodiscard]] static u64 pc(const Pe& pe, const DecodedOp*) { return pe.pc; }

    static void next(Pe&, const DecodedOp*) {}
    static void leave(Pe&, const DecodedOp*) {}
    static void raise(Pe&, const DecodedOp*, const ExceptionRequest&) {}
    static void raise_sp_alignment(Pe&, const DecodedOp*) {}

    template <class T>
    static bool load(Pe&, const DecodedOp*, u64 va, T& out, AccessSpec = {}) {
        out = T{};
        return note(va, sizeof(T), AccessKind::Load);
    }
    template <class T>
    static bool load_pair(Pe&, const DecodedOp*, u64 va, T& first, T& second, AccessSpec = {}) {
        first = second = T{};
        return note(va, 2 * sizeof(T), AccessKind::Load);
    }
    template <class T>
    static bool store(Pe&, const DecodedOp*, u64 va, T, AccessSpec = {}) {
        return note(va, sizeof(T), AccessKind::Store);
    }
    template <class T>
    static bool store_pair(Pe&, const DecodedOp*, u64 va, T, T, AccessSpec = {}) {
        return note(va, 2 * sizeof(T), AccessKind::Store);
    }
    static bool load_bytes(Pe&, const DecodedOp*, u64 va, void* to, AccessSpec spec) {
        std::memset(to, 0, spec.bytes);
        return note(va, spec.bytes, AccessKind::Load);
    }
    static bool store_bytes(Pe&, const DecodedOp*, u64 va, const void*, AccessSpec spec) {
        return note(va, spec.bytes, AccessKind::Store);
    }
    static bool load_block(Pe&, const DecodedOp*, u64 va, AccessSpec spec) { return note(va, spec.bytes, AccessKind::Load); }
    static bool store_block(Pe&, const DecodedOp*, u64 va, AccessSpec spec) {
        return note(va, spec.bytes, AccessKind::Store);
    }
    static u8* atomic(Pe&, const DecodedOp*, u64 va, AccessSpec spec) {
        thread_local u8 scratch[16];
        note(va, spec.bytes, AccessKind::Atomic);
        return scratch;
    }
    static bool touch(Pe&, const DecodedOp*, u64, AccessSpec) { return true; }

    static bool note(u64 va, u64 bytes, AccessKind kind) {
        probed.push_back({va, bytes, kind != AccessKind::Store, kind != AccessKind::Load});
        return true;
    }
};

using Table = std::array<Handler, kEncodingCount>;

// Handlers of the rows that access memory; null for all others.
Table build_table() {
    Table table{};
#define A64(name, ...) table[static_cast<std::size_t>(Encoding::name)] = &exec::name<Probing>;
#define A64_AS(name, handler, ...) table[static_cast<std::size_t>(Encoding::name)] = &exec::handler<Probing>;
#define A64_FALLBACK(name, ...) A64(name)
#include "emu/isa/a64/atomics.def"
#include "emu/isa/a64/exclusives.def"
#include "emu/isa/a64/loads_stores.def"
#include "emu/isa/a64/simd_memory.def"
#undef A64
#undef A64_AS
#undef A64_FALLBACK
    // The loads among the rows of pauth.def.
    table[static_cast<std::size_t>(Encoding::LDRAA)] = &exec::LDRAA<Probing>;
    table[static_cast<std::size_t>(Encoding::LDRAB)] = &exec::LDRAB<Probing>;
    table[static_cast<std::size_t>(Encoding::LDRAA_pre)] = &exec::LDRAA_pre<Probing>;
    table[static_cast<std::size_t>(Encoding::LDRAB_pre)] = &exec::LDRAB_pre<Probing>;
    return table;
}

const Table& table() {
    static const Table handlers = build_table();
    return handlers;
}

// DC ZVA, of the block that DCZID_EL0 announces.
void probe_zero_block(const Pe& pe, u32 word) {
    constexpr u32 kZeroBlock = 0xd50b7420;
    if ((word & ~u32{31}) != kZeroBlock) return;
    const u64 block = u64{4} << (pe.config->dczid & 15);
    const unsigned rt = word & 31;
    probed.push_back({arch::align_down(rt == 31 ? 0 : pe.x[rt], block), block, false, true});
}

std::optional<u32> word_at(const Pe& pe, u64 va) {
    const auto pa = translate_unobserved(pe, va);
    const u8* page = pa ? pe.memory->host_page(arch::PhysicalAddress{*pa}) : nullptr;
    if (page == nullptr || (va & 3) != 0) return std::nullopt;
    u32 word = 0;
    std::memcpy(&word, page + (*pa & (PhysicalMemory::kPageSize - 1)), sizeof word);
    return word;
}

}  // namespace

bool probe_knows(Encoding row) { return row != Encoding::UNDEFINED && table()[static_cast<std::size_t>(row)] != nullptr; }

std::vector<ProbedAccess> probe_accesses(const Pe& pe) {
    probed.clear();
    const auto word = word_at(pe, pe.pc);
    if (!word) return {};
    probe_zero_block(pe, *word);
    const Encoding row = find_row(*word);
    if (!probe_knows(row)) return probed;
    DecodedOp op;
    op.word = *word;
    op.page_offset = static_cast<u16>(pe.pc & (PhysicalMemory::kPageSize - 1));
    if (!a64_rows()[static_cast<std::size_t>(row)].fill(*word, op)) return probed;
    Pe copy = pe;
    table()[static_cast<std::size_t>(row)](copy, &op);
    return probed;
}

}  // namespace emu::debug
