#include "mmu/host_tlb.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace mmu {

using arch::u64;

// Twice the entries: half of the memos may be of entries that are gone.
HostTlb::Side::Side(const L1& l1)
    : clock{&l1.clock}, index_mask{std::bit_ceil(std::clamp(2 * l1.entries, kLeastMemos, kMostMemos)) - u64{1}} {}

HostTlb::HostTlb(const L1& data, const L1& fetch) : data_{data}, fetch_{fetch} {}

void HostTlb::forget_all() {
    has_shared_ = has_asid_bound_ = false;
    if (epoch_ < kMaxEpoch) {
        ++epoch_;
        return;
    }
    epoch_ = 1;
    for (Side* side : {&data_, &fetch_}) std::ranges::fill(side->memos(), Memo{});
}

void HostTlb::forget_asid_bound() {
    if (!has_asid_bound_) return;
    if (!has_shared_) return forget_all();
    for (Side* side : {&data_, &fetch_}) forget_asid_bound(*side);
    has_asid_bound_ = false;
}

void HostTlb::forget_asid_bound(Side& side) {
    for (Memo& memo : side.memos())
        if (!Life::Shared::test(memo.life)) memo = Memo{};
}

void HostTlb::forget_writes_to(const arch::u8* host_page) {
    for (Memo& memo : data_.memos()) {
        const u64 host = (memo.write_tag & kPageMask) + memo.addend;
        if (host == reinterpret_cast<std::uintptr_t>(host_page)) memo.write_tag = 0;
    }
}

HitCounts HostTlb::take_data_hits() { return std::exchange(data_.hits, {}); }
HitCounts HostTlb::take_fetch_hits() { return std::exchange(fetch_.hits, {}); }

}  // namespace mmu
