// All old values that may be cached, found by address and by what they point to.
#pragma once

#include <array>
#include <functional>
#include <map>
#include <unordered_map>
#include <vector>

#include "mmu/check/stale_value.h"

namespace mmu::check {

// Stores of descriptors are numbered; a DSB makes those before it visible to table walks, in its domain.
struct StoreOrder {
    arch::u64 last{0};
    arch::u64 visible_locally{0};
    arch::u64 visible_in_domain{0};
    [[nodiscard]] arch::u64 visible_to(arch::Shareability s) const {
        return s == arch::Shareability::NonShareable ? visible_locally : visible_in_domain;
    }
};

class StaleValues {
public:
    // Told of each value that goes. For what else is known by frame.
    using Gone = std::function<void(const StaleValue&)>;
    explicit StaleValues(Gone gone) : gone_{std::move(gone)} {}

    // A value that is there already (as cacheable, for the same owner) is kept once, the newer write with it.
    void add(const StaleValue& value);
    // Marks what `tlbi` invalidates, once a DSB completes it. Gives every value that it names but whose level its hint
    // misses to `missed`.
    void invalidate(const arch::TlbInvalidation& tlbi, const StoreOrder& order, const Site& site,
                    const std::function<void(StaleValue&)>& missed);
    // A DSB of loads and stores: drops what was marked. `in_domain`: it completes broadcast operations too.
    void complete(bool in_domain);

    // False: no leaf value can concern `va`. True: perhaps.
    [[nodiscard]] bool may_concern(arch::u64 va) const {
        return large_leaves_ != 0 || filter_[slot_of(bucket_of(va))] != 0;
    }
    // Calls use(StaleValue&) for each value whose reach meets `range`; there must be no add() in it.
    template <class Use>
    void for_each(const VaRange& range, Use use);
    // Each value that points to one of `frames` 4 KiB frames from `first` on.
    template <class Use>
    void for_each_of_frames(arch::u64 first, arch::u64 frames, Use use);
    template <class Use>
    void for_each(Use use);

    [[nodiscard]] std::size_t size() const { return size_; }

private:
    static constexpr unsigned kBucketShift = 16;  // a contiguous group of the 4K granule
    static constexpr std::size_t kFilterSlots = 4096;
    using Bucket = std::vector<StaleValue>;

    static arch::u64 bucket_of(arch::u64 va) { return (va & arch::low_mask(56)) >> kBucketShift; }
    static std::size_t slot_of(arch::u64 bucket) { return (bucket ^ (bucket >> 12) ^ (bucket >> 24)) % kFilterSlots; }
    static bool is_large(const StaleValue& v) { return v.reach.bytes > (arch::u64{1} << kBucketShift); }
    bool merge(Bucket& bucket, const StaleValue& value);
    void drop(Bucket& bucket, bool in_domain);
    void forget(const StaleValue& value);
    static bool is_complete(const StaleValue& v, bool in_domain) { return v.invalidated && (in_domain || !v.broadcast); }

    Gone gone_;
    std::map<arch::u64, Bucket> buckets_;
    Bucket large_;  // those of more than a bucket, and tables
    std::unordered_multimap<arch::u64, arch::u64> by_frame_;  // frame to bucket, of the values in buckets
    std::array<arch::u32, kFilterSlots> filter_{};
    std::size_t large_leaves_{0};
    std::size_t size_{0};
    bool some_invalidated_{false};
    std::vector<arch::u64> touched_;  // buckets with invalidated values
};

template <class Use>
void StaleValues::for_each(const VaRange& range, Use use) {
    for (StaleValue& v : large_)
        if (v.reach.meets(range)) use(v);
    const arch::u64 last = bucket_of(range.first + range.bytes - 1);
    for (auto at = buckets_.lower_bound(bucket_of(range.first)); at != buckets_.end() && at->first <= last; ++at)
        for (StaleValue& v : at->second)
            if (v.reach.meets(range)) use(v);
}

template <class Use>
void StaleValues::for_each_of_frames(arch::u64 first, arch::u64 frames, Use use) {
    for (StaleValue& v : large_) {
        const arch::u64 covered = v.is_table ? 1 : v.own.bytes >> 12;
        if (v.frame() < first + frames && first < v.frame() + covered) use(v);
    }
    for (arch::u64 frame = first; frame != first + frames && !by_frame_.empty(); ++frame) {
        const auto [begin, end] = by_frame_.equal_range(frame);
        for (auto at = begin; at != end; ++at)
            for (StaleValue& v : buckets_.at(at->second))
                if (v.frame() == frame) use(v);
    }
}

template <class Use>
void StaleValues::for_each(Use use) {
    for (StaleValue& v : large_) use(v);
    for (auto& [key, bucket] : buckets_)
        for (StaleValue& v : bucket) use(v);
}

}  // namespace mmu::check
