#include "mmu/host_tlb.h"

#include <utility>

namespace mmu {

using arch::u64;

HostTlb::HostTlb(u64& data_clock, u64& fetch_clock) : data_{&data_clock}, fetch_{&fetch_clock} {}

void HostTlb::forget_all() {
    has_shared_ = has_asid_bound_ = false;
    if (epoch_ < kMaxEpoch) {
        ++epoch_;
        return;
    }
    epoch_ = 1;
    for (Side* side : {&data_, &fetch_}) side->table.fill(Memo{});
}

void HostTlb::forget_asid_bound() {
    if (!has_asid_bound_) return;
    if (!has_shared_) return forget_all();
    for (Side* side : {&data_, &fetch_}) forget_asid_bound(side->table);
    has_asid_bound_ = false;
}

void HostTlb::forget_asid_bound(Table& table) {
    for (Memo& memo : table)
        if (!Life::Shared::test(memo.life)) memo = Memo{};
}

void HostTlb::forget_writes_to(const arch::u8* host_page) {
    for (Memo& memo : data_.table) {
        const u64 host = (memo.write_tag & kPageMask) + memo.addend;
        if (host == reinterpret_cast<std::uintptr_t>(host_page)) memo.write_tag = 0;
    }
}

HitCounts HostTlb::take_data_hits() { return std::exchange(data_.hits, {}); }
HitCounts HostTlb::take_fetch_hits() { return std::exchange(fetch_.hits, {}); }

}  // namespace mmu
