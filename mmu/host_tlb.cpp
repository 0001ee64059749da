#include "mmu/host_tlb.h"

#include <utility>

namespace mmu {

using arch::u64;

HostTlb::HostTlb(u64& data_clock, u64& fetch_clock) : data_{&data_clock}, fetch_side_{&fetch_clock} {}

void HostTlb::forget_all() {
    has_shared_ = has_asid_bound_ = false;
    if (epoch_ < kMaxEpoch) {
        ++epoch_;
        return;
    }
    epoch_ = 1;
    for (Table* table : {&read_, &write_, &fetch_}) table->fill(Memo{});
}

void HostTlb::forget_asid_bound() {
    if (!has_asid_bound_) return;
    if (!has_shared_) return forget_all();
    for (Table* table : {&read_, &write_, &fetch_}) forget_asid_bound(*table);
    has_asid_bound_ = false;
}

void HostTlb::forget_asid_bound(Table& table) {
    for (Memo& memo : table)
        if (!Life::Shared::test(memo.life)) memo = Memo{};
}

void HostTlb::forget_writes_to(const arch::u8* host_page) {
    for (Memo& memo : write_) {
        if (memo.slot == nullptr) continue;
        const u64 host = (memo.tag & kPageMask) + memo.addend;
        if (host == reinterpret_cast<std::uintptr_t>(host_page)) memo = Memo{};
    }
}

HitCounts HostTlb::take_data_hits() { return std::exchange(data_.hits, {}); }
HitCounts HostTlb::take_fetch_hits() { return std::exchange(fetch_side_.hits, {}); }

}  // namespace mmu
