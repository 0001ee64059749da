// Memos over the L1 TLBs: virtual page -> host pointer and the L1 slot that translates it. A hit does what a hit of
// the modelled TLB does (use stamp, count), so results are the same with and without it. A memo dies with its
// slot: each fill, eviction and invalidation gives the slot a new life.
#pragma once

#include <array>
#include <cstddef>
#include <span>

#include "mmu/tlb/slot_use.h"

namespace mmu {

// Lookups that hit, of one L1 TLB, not yet added to the counters; by reach class.
using HitCounts = std::array<arch::u64, kReachClasses>;

// The memos of one Exception level. `va` is as the instruction gives it, tag byte included.
class HostTlb {
public:
    // Host pointer to `size` bytes at `va` if the memo knows them, all in one page, Normal memory, allowed, and for
    // write() already dirty; then one L1 lookup is counted. nullptr: nothing is counted, ask Mmu::translate.
    // A page that may be written may be read, so write() serves atomic operations too. No alignment check.
    [[nodiscard, gnu::always_inline]] arch::u8* read(arch::u64 va, unsigned size) { return hit<&Memo::tag>(data_, va, size, 1); }
    [[nodiscard, gnu::always_inline]] arch::u8* write(arch::u64 va, unsigned size) { return hit<&Memo::write_tag>(data_, va, size, 1); }
    // One lookup of the L1I TLB; `va` is a multiple of 4.
    [[nodiscard, gnu::always_inline]] arch::u8* fetch(arch::u64 va) { return hit<&Memo::tag>(fetch_, va, 1, 1); }
    // `n` lookups of one page, n >= 1, with no other L1I lookup between them.
    [[nodiscard]] arch::u8* fetch_n(arch::u64 va, arch::u64 n) { return hit<&Memo::tag>(fetch_, va, 1, n); }

    enum class Kind : arch::u8 { Data, Fetch };

    // Of the translation behind a memo: what a record of the hit says beside the host pointer.
    struct Origin {
        arch::u64 page_pa{0};  // of the 4 KiB page
        arch::u16 l1_slot{0};
        arch::u8 memory_attr{0};
        arch::u8 reach_shift{0};
    };
    // Valid behind a read(), write() or fetch() of `va` that hit.
    [[nodiscard]] const Origin& origin(Kind kind, arch::u64 va) const {
        return (kind == Kind::Data ? data_ : fetch_).of(va).origin;
    }

    // From here on: for Mmu.

    // Of an L1 TLB: its clock, and how many entries it has, of any number. A memo is that of one page, so the more pages
    // an L1 TLB holds the more memos there are: else its hits would cost more, the larger it is.
    struct L1 {
        arch::u64& clock;
        unsigned entries;
    };
    HostTlb(const L1& data, const L1& fetch);
    HostTlb(const HostTlb&) = delete;
    HostTlb& operator=(const HostTlb&) = delete;

    // `writable`: write() may hit as well.
    void remember(Kind kind, arch::u64 va, arch::u8* host_page, SlotUse& slot, const Origin& origin, bool writable) {
        const arch::u64 page = va & kPageMask;
        const arch::u64 tag = page | epoch_;
        Memo& memo = (kind == Kind::Data ? data_ : fetch_).of(va);
        memo = {tag,       writable ? tag : 0, reinterpret_cast<std::uintptr_t>(host_page) - page, &slot,
                slot.life, origin};
        (Life::Shared::test(slot.life) ? has_shared_ : has_asid_bound_) = true;
    }
    void forget_all();
    // After another ASID became current: memos of Life::Shared translations stay. That is right as long as the L1 TLB has
    // no entry of an ASID in the upper half, which might now hide a global one.
    void forget_asid_bound();
    // Write memos of the page at `host_page`.
    void forget_writes_to(const arch::u8* host_page);
    // Hits since the last call.
    [[nodiscard]] HitCounts take_data_hits();
    [[nodiscard]] HitCounts take_fetch_hits();

private:
    friend struct HostTlbLayout;
    static constexpr unsigned kPageShift = 12;  // of the memo; translation granules are multiples of it
    static constexpr unsigned kLeastMemos = 1024, kMostMemos = 8192;  // of a side; powers of two
    static constexpr arch::u64 kPageMask = ~arch::low_mask(kPageShift);
    static constexpr arch::u64 kMaxEpoch = arch::low_mask(kPageShift);

    // One line of the host's cache. Of a page that was touched it serves reads, and writes too where they need nothing more.
    struct alignas(64) Memo {
        arch::u64 tag{0};        // page address, and the epoch in its low bits; epoch 0 is never current
        arch::u64 write_tag{0};  // the same where write() may hit, else 0
        arch::u64 addend{0};     // host address minus virtual address
        SlotUse* slot{nullptr};
        arch::u64 life{0};
        Origin origin{};
    };
    // The memos over one L1 TLB.
    struct Side {
        explicit Side(const L1& l1);
        [[nodiscard]] std::span<Memo> memos() { return {table.data(), index_mask + 1}; }
        [[nodiscard]] const Memo& of(arch::u64 va) const { return table[(va >> kPageShift) & index_mask]; }
        [[nodiscard]] Memo& of(arch::u64 va) { return table[(va >> kPageShift) & index_mask]; }

        arch::u64* clock;
        arch::u64 index_mask;
        HitCounts hits{};
        std::array<Memo, kMostMemos> table{};  // a part of the object: generated code reaches all of it from one register
    };

    template <arch::u64 Memo::*Tag>
    [[gnu::always_inline]] arch::u8* hit(Side& side, arch::u64 va, unsigned size, arch::u64 n) {
        const Memo& memo = side.of(va);
        // The last byte's page: an access that crosses a page has another one than the memo of its first byte.
        if ((((va + size - 1) & kPageMask) | epoch_) != memo.*Tag) [[unlikely]] return nullptr;
        SlotUse& slot = *memo.slot;
        const arch::u64 life = memo.life, addend = memo.addend;  // stores through `slot` and `clock` do not reach them
        if (slot.life != life) [[unlikely]] return nullptr;
        slot.stamp = *side.clock += n;
        side.hits[Life::ReachClass::get(life)] += n;
        return reinterpret_cast<arch::u8*>(va + addend);
    }
    static void forget_asid_bound(Side& side);

    arch::u64 epoch_{1};
    bool has_shared_{false};      // since the last forget_all
    bool has_asid_bound_{false};  // since the last forget of either kind
    Side data_;
    Side fetch_;
};

// Where generated code finds what hit() uses: bytes from a HostTlb, and from a memo. Its hits are hit()'s, step by step.
struct HostTlbLayout {
    static constexpr std::size_t kEpoch = offsetof(HostTlb, epoch_);
    static constexpr std::size_t kDataHits = offsetof(HostTlb, data_) + offsetof(HostTlb::Side, hits);
    static constexpr std::size_t kDataMemos = offsetof(HostTlb, data_) + offsetof(HostTlb::Side, table);
    static constexpr std::size_t kMemoBytes = sizeof(HostTlb::Memo);
    static constexpr std::size_t kTag = offsetof(HostTlb::Memo, tag);
    static constexpr std::size_t kWriteTag = offsetof(HostTlb::Memo, write_tag);
    static constexpr std::size_t kAddend = offsetof(HostTlb::Memo, addend);
    static constexpr std::size_t kSlot = offsetof(HostTlb::Memo, slot);
    static constexpr std::size_t kLife = offsetof(HostTlb::Memo, life);
    // The clock of the L1 data TLB that hits stamp their slots with.
    [[nodiscard]] static const arch::u64* data_clock(const HostTlb& tlb) { return tlb.data_.clock; }
    [[nodiscard]] static arch::u64 data_index_mask(const HostTlb& tlb) { return tlb.data_.index_mask; }
};
static_assert(Life::ReachClass::kMask == kReachClasses - 1, "generated code takes the class from the lowest bits of a life");

}  // namespace mmu
