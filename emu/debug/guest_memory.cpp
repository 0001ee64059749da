#include "emu/debug/guest_memory.h"

#include <algorithm>
#include <cstring>

#include "emu/core/decode_cache.h"
#include "mmu/mmu.h"
#include "mmu/walk/table_walker.h"

namespace emu::debug {
namespace {

constexpr u64 kPage = PhysicalMemory::kPageSize;

}  // namespace

std::optional<u64> translate_unobserved(const Pe& pe, u64 va) {
    const mmu::TranslationRegime& regime = pe.mmu->regime();
    if (!regime.mmu_on) return va;
    if (mmu::TableWalker::start_fault(regime, va, false) != arch::FaultKind::None) return std::nullopt;
    mmu::WalkOutcome outcome;
    mmu::TableWalker{*pe.memory}.walk(regime, va, mmu::TableWalker::root(regime, va), outcome, nullptr);
    if (outcome.fault != arch::FaultKind::None) return std::nullopt;
    return outcome.output + (va & arch::low_mask(outcome.leaf_shift));
}

u8* GuestMemory::host(const Pe& pe, AddressSpace space, u64 address, u64& pa, u64& room) const {
    room = kPage - (address & (kPage - 1));
    const auto found = space == AddressSpace::Physical ? std::optional{address} : translate_unobserved(pe, address);
    pa = found.value_or(0);
    return found ? memory_.host(pa, room) : nullptr;
}

std::vector<u8> GuestMemory::read(const Pe& pe, AddressSpace space, u64 address, u64 bytes) const {
    std::vector<u8> out;
    while (out.size() < bytes) {
        u64 pa = 0;
        u64 room = 0;
        const u8* from = host(pe, space, address + out.size(), pa, room);
        if (from == nullptr) break;
        out.insert(out.end(), from, from + std::min(room, bytes - out.size()));
    }
    return out;
}

bool GuestMemory::write(Pe& pe, AddressSpace space, u64 address, std::span<const u8> bytes) {
    if (read(pe, space, address, bytes.size()).size() != bytes.size()) return false;
    for (std::size_t done = 0; done < bytes.size();) {
        u64 pa = 0;
        u64 room = 0;
        u8* to = host(pe, space, address + done, pa, room);
        const auto part = std::min<u64>(room, bytes.size() - done);
        pe.decode_cache->on_store(pa, static_cast<unsigned>(part));
        std::memcpy(to, bytes.data() + done, part);
        done += part;
    }
    return true;
}

}  // namespace emu::debug
