#include "mmu/check/stale_values.h"

#include <algorithm>

namespace mmu::check {

using arch::u64;

// Pages of 16K and 64K cover several frames; the first stands for all.
void StaleValues::add(const StaleValue& value) {
    const bool large = is_large(value) || value.is_table;
    const u64 key = bucket_of(value.reach.first);
    Bucket& bucket = large ? large_ : buckets_[key];
    if (merge(bucket, value)) return;
    bucket.push_back(value);
    ++size_;
    if (!large) {
        by_frame_.emplace(value.frame(), key);
        ++filter_[slot_of(key)];
    } else if (!value.is_table) {
        ++large_leaves_;
    }
}

bool StaleValues::merge(Bucket& bucket, const StaleValue& value) {
    const auto same = [&value](const StaleValue& v) {
        return v.descriptor == value.descriptor && v.descriptor_pa == value.descriptor_pa && v.own.first == value.own.first &&
               v.level == value.level && v.global == value.global && v.asid == value.asid && v.effect == value.effect &&
               v.memory_type == value.memory_type;
    };
    const auto found = std::find_if(bucket.begin(), bucket.end(), same);
    if (found == bucket.end()) return false;
    const arch::u32 finding = found->finding;
    *found = value;
    if (found->finding == kNoFinding) found->finding = finding;
    return true;
}

void StaleValues::invalidate(const arch::TlbInvalidation& tlbi, const StoreOrder& order, const Site& site,
                             const std::function<void(StaleValue&)>& missed) {
    if (size_ == 0) return;
    const auto mark = [&](StaleValue& v) {
        if (v.invalidated || !names(tlbi, v)) return;
        v.tlbi = site;
        if (!hits_level(tlbi, v)) {
            v.flaw = StaleValue::Flaw::WrongLevel;
            return missed(v);
        }
        if (v.write_order > order.visible_to(tlbi.shareability)) {
            v.flaw = StaleValue::Flaw::BeforeDsb;
            return;
        }
        v.flaw = StaleValue::Flaw::None;
        v.invalidated = true;
        v.broadcast = tlbi.shareability != arch::Shareability::NonShareable;
        some_invalidated_ = true;
        touched_.push_back(bucket_of(v.reach.first));
    };
    using Scope = arch::TlbInvalidation::Scope;
    if (tlbi.scope == Scope::All || tlbi.scope == Scope::Asid) return for_each(mark);
    for_each(VaRange{tlbi.va, tlbi.bytes}, mark);
}

void StaleValues::forget(const StaleValue& value) {
    --size_;
    if (!is_large(value) && !value.is_table) {
        const u64 key = bucket_of(value.reach.first);
        --filter_[slot_of(key)];
        const auto [begin, end] = by_frame_.equal_range(value.frame());
        const auto found = std::find_if(begin, end, [key](const auto& entry) { return entry.second == key; });
        if (found != end) by_frame_.erase(found);
    } else if (!value.is_table) {
        --large_leaves_;
    }
    gone_(value);
}

void StaleValues::drop(Bucket& bucket, bool in_domain) {
    const auto kept = std::stable_partition(bucket.begin(), bucket.end(),
                                            [in_domain](const StaleValue& v) { return !is_complete(v, in_domain); });
    const Bucket dropped(kept, bucket.end());
    bucket.erase(kept, bucket.end());
    for (const StaleValue& v : dropped) forget(v);
}

// A local DSB leaves what broadcast operations marked; the next one of the domain finds it through `touched_`.
void StaleValues::complete(bool in_domain) {
    if (!some_invalidated_) return;
    drop(large_, in_domain);
    for (const u64 key : touched_) {
        const auto at = buckets_.find(key);
        if (at == buckets_.end()) continue;
        drop(at->second, in_domain);
        if (at->second.empty()) buckets_.erase(at);
    }
    if (!in_domain) return;
    touched_.clear();
    some_invalidated_ = false;
}

}  // namespace mmu::check
