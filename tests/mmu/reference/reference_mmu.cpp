#include "tests/mmu/reference/reference_mmu.h"

#include <algorithm>
#include <bit>
#include <tuple>

namespace reference {

namespace {

constexpr u64 kAddress = (u64{1} << 56) - 1;
constexpr u64 kSoftware = 0xff80'0000'0000'0000;
constexpr u64 kAccessFlag = 1 << 10, kReadOnly = 1 << 7, kNotGlobal = 1 << 11;
constexpr u64 kDbm = u64{1} << 51, kContiguous = u64{1} << 52, kPxn = u64{1} << 53, kUxn = u64{1} << 54;

u64 bits(u64 value, unsigned high, unsigned low) { return value >> low & ((u64{1} << (high - low + 1)) - 1); }
bool bit(u64 value, unsigned n) { return bits(value, n, n) != 0; }

u64 output_of(u64 descriptor, u64 alignment) { return (descriptor & 0x0000'ffff'ffff'f000) & ~(alignment - 1); }

// Descriptors that share an entry when the Contiguous bit is heeded. Arm: AArch64.ContiguousSize.
u64 group_count(u64 page_bytes, int level) {
    if (page_bytes == 4096) return level >= 1 ? 16 : 1;
    if (page_bytes == 16384) return level == 3 ? 128 : level == 2 ? 32 : 1;
    return level >= 2 ? 32 : 1;
}

bool is_leaf(u64 descriptor, u64 page_bytes, int level) {
    if (level == 3) return bit(descriptor, 1);
    return !bit(descriptor, 1) && (level == 2 || (level == 1 && page_bytes == 4096));
}

bool meet(u64 a, u64 a_bytes, u64 b, u64 b_bytes) { return a < b + b_bytes && b < a + a_bytes; }

}  // namespace

std::string text_of(const Course& c) {
    const char* const source = c.source == Source::L1Hit ? "L1 hit" : c.source == Source::L2Hit ? "L2 hit" : "walk";
    return std::string{source} + (c.faulted ? ", fault" : "") + ", reach " + std::to_string(c.bytes) +
           (c.from_walk_cache ? ", from the walk cache" : "") + ", steps " + std::to_string(c.steps) + ", prefetch steps " +
           std::to_string(c.prefetch_steps);
}

Mmu::Mmu(const Config& config, Read read)
    : config_{config},
      read_{std::move(read)},
      l1i_{config.l1i, config.policy, config.seed},
      l1d_{config.l1d, config.policy, config.seed},
      l2_{config.l2, config.policy, config.seed} {
    if (config.l2_large.entries != 0) l2_large_.emplace(config.l2_large, config.policy, config.seed);
    for (const Shape& shape : config.caches) caches_.emplace_back(shape, config.policy, config.seed);
}

void Mmu::for_each(const std::function<void(const std::string&, const Array&)>& visit) const {
    visit("l1i", l1i_);
    visit("l1d", l1d_);
    visit("l2", l2_);
    if (l2_large_) visit("l2-large", *l2_large_);
    for (const Array& cache : caches_) visit("walk-cache", cache);
}

Mmu::Half Mmu::half_of(u64 va) const {
    const u64 tcr = registers_.TCR_EL1;
    const bool upper = bit(va, 55);
    const u64 tg = upper ? bits(tcr, 31, 30) : bits(tcr, 15, 14);
    const u64 size = upper ? (tg == 1 ? 16384 : tg == 3 ? 65536 : 4096) : (tg == 1 ? 65536 : tg == 2 ? 16384 : 4096);
    Half half{};
    half.page_bytes = size;
    half.input_bits = 64 - static_cast<unsigned>(upper ? bits(tcr, 21, 16) : bits(tcr, 5, 0));
    constexpr unsigned kOutput[] = {32, 36, 40, 42, 44, 48, 48, 48};
    half.output_bits = kOutput[bits(tcr, 34, 32)];
    const unsigned page_bits = static_cast<unsigned>(std::countr_zero(size));
    half.start_level = 3;
    for (unsigned resolved = page_bits + page_bits - 3; resolved < half.input_bits; resolved += page_bits - 3) --half.start_level;
    half.root = (upper ? registers_.TTBR1_EL1 : registers_.TTBR0_EL1) & 0x0000'ffff'ffff'fffe;
    half.disabled = bit(tcr, upper ? 23 : 7);
    half.limits_count = !bit(tcr, upper ? 42 : 41);
    half.tag_ignored = bit(tcr, upper ? 38 : 37);
    return half;
}

unsigned Mmu::asid() const {
    const u64 ttbr = bit(registers_.TCR_EL1, 22) ? registers_.TTBR1_EL1 : registers_.TTBR0_EL1;
    return static_cast<unsigned>(ttbr >> 48) & (config_.wide_asids && bit(registers_.TCR_EL1, 36) ? 0xffff : 0xff);
}

bool Mmu::in_range(u64 va) const {
    const Half half = half_of(va);
    const u64 top = (half.tag_ignored ? va & kAddress : va) >> half.input_bits;
    const u64 ones = (half.tag_ignored ? kAddress : ~u64{0}) >> half.input_bits;
    return top == (bit(va, 55) ? ones : 0);
}

u64 Mmu::span(const Half& half, int level) {
    u64 bytes = half.page_bytes;
    for (; level < 3; ++level) bytes *= half.page_bytes / 8;
    return bytes;
}

Array& Mmu::l2_part(const Entry& entry) {
    const u64 wanted = entry.is_group() ? entry.page_bytes : entry.bytes;
    return l2_large_ && !entry.is_table && l2_large_->largest_within(wanted) >= l2_.largest_within(wanted) ? *l2_large_ : l2_;
}

std::pair<Array*, Entry*> Mmu::find_l2(u64 address) {
    if (Entry* const found = l2_.find(address, asid())) return {&l2_, found};
    if (l2_large_) return {&*l2_large_, l2_large_->find(address, asid())};
    return {&l2_, nullptr};
}

// Of pointers to tables of `level`.
Array* Mmu::cache_for(int level) {
    switch (config_.walk_caches) {
        case WalkCaches::None: return nullptr;
        case WalkCaches::L2Tlb: return &l2_;
        case WalkCaches::Separate: return &caches_[0];
        case WalkCaches::Levels: return &caches_[static_cast<unsigned>(level - 1)];
    }
    return nullptr;
}

Mmu::Walk Mmu::walk(u64 address) {
    const Half half = half_of(address);
    Walk out;
    if (half.disabled || (half.root >> half.output_bits) != 0) return out;
    int level = half.start_level;
    u64 table = half.root;
    unsigned limits = 0;
    for (int from = 3; from > half.start_level && !out.from_cache; --from) {
        Array* const cache = cache_for(from);
        Entry* const known = cache == nullptr ? nullptr : cache->find_table(address, asid(), span(half, from - 1));
        if (known == nullptr) continue;
        cache->use(*known);
        out.from_cache = true;
        level = from;
        table = known->output;
        limits = known->limits;
    }
    std::vector<Entry> passed;
    for (;; ++level) {
        const u64 bytes = span(half, level);
        const u64 within = level == half.start_level ? u64{1} << half.input_bits : bytes * (half.page_bytes / 8);
        const u64 at = table + 8 * ((address & (within - 1)) / bytes);
        const auto descriptor = read_(at);
        ++out.steps;
        if (!descriptor || !bit(*descriptor, 0)) break;
        const bool leaf = is_leaf(*descriptor, half.page_bytes, level);
        if (!leaf && (level == 3 || !bit(*descriptor, 1))) break;
        const u64 output = output_of(*descriptor, leaf ? bytes : half.page_bytes);
        if ((output >> half.output_bits) != 0) break;
        if (leaf) {
            out.leaf = {true, *descriptor, at, output, level, limits};
            break;
        }
        table = output;
        if (half.limits_count) limits |= static_cast<unsigned>(bits(*descriptor, 62, 59));
        Entry pointer;
        pointer.is_table = true;
        pointer.first = address / bytes * bytes;
        pointer.bytes = pointer.page_bytes = pointer.leaf_bytes = bytes;
        pointer.asid = asid();
        pointer.output = table;
        pointer.limits = limits;
        pointer.level = level + 1;
        passed.push_back(pointer);
    }
    for (const Entry& pointer : passed)
        if (Array* const cache = cache_for(pointer.level)) static_cast<void>(cache->fill(pointer, address));
    follow_evictions();
    return out;
}

unsigned Mmu::rights_of(u64 d, unsigned limits) const {
    const bool managed = config_.updates_dirty && bit(registers_.TCR_EL1, 40) && (d & kDbm) != 0;
    const bool written = ((d & kReadOnly) == 0 || managed) && (limits & 8) == 0;
    const bool el0 = bit(d, 6) && (limits & 4) == 0;
    const bool xn_by_write = bit(registers_.SCTLR_EL1, 19);
    const bool el0_runs = (d & kUxn) == 0 && (limits & 2) == 0 && !(xn_by_write && el0 && written);
    const bool el1_runs = (d & kPxn) == 0 && (limits & 1) == 0 && !(el0 && written) && !(xn_by_write && written);
    return unsigned{el0} | unsigned{el0 && written} << 1 | unsigned{el0_runs} << 2 | 8u | unsigned{written} << 4 | unsigned{el1_runs} << 5;
}

bool Mmu::allows(unsigned rights, Kind kind, unsigned el) {
    const unsigned mine = rights >> (3 * el) & 7;
    return kind == Kind::Fetch ? (mine & 4) != 0 : kind == Kind::Load ? (mine & 1) != 0 : (mine & 3) == 3;
}

Entry Mmu::entry_of(const Leaf& leaf, u64 address, bool write, bool prefetched) {
    const Half half = half_of(address);
    const u64 own = span(half, leaf.level);
    const u64 group = own * group_count(half.page_bytes, leaf.level);
    const bool grouped = config_.uses_hint && (leaf.descriptor & kContiguous) != 0 && (leaf.output & (group - 1)) == (address & (group - 1) & ~(own - 1));
    const bool dirty_managed = config_.updates_dirty && bit(registers_.TCR_EL1, 40);
    Entry entry;
    entry.bytes = entry.page_bytes = grouped ? group : own;
    entry.leaf_bytes = own;
    entry.first = address & ~(entry.bytes - 1);
    entry.output = leaf.output & ~(entry.bytes - 1);
    entry.descriptor = leaf.descriptor | kAccessFlag;
    if (write && dirty_managed && (entry.descriptor & kDbm) != 0) entry.descriptor &= ~kReadOnly;
    entry.descriptor_at = leaf.at;
    entry.global = (leaf.descriptor & kNotGlobal) == 0;
    entry.asid = entry.global ? 0 : asid();
    entry.level = leaf.level;
    entry.limits = leaf.limits;
    entry.rights = rights_of(leaf.descriptor, leaf.limits);
    entry.clean = dirty_managed && (entry.descriptor & kDbm) != 0 && (entry.descriptor & kReadOnly) != 0;
    entry.prefetched = prefetched;
    if (config_.group_pages > 1 && leaf.level == 3 && entry.bytes == own) form_group(entry, leaf, address);
    return entry;
}

void Mmu::form_group(Entry& entry, const Leaf& leaf, u64 address) {
    const u64 page = entry.bytes;
    const u64 whole = page * config_.group_pages;
    const u64 before = (address & (whole - 1)) / page;
    if ((entry.output & (whole - 1)) != before * page) return;
    unsigned members = 0;
    for (u64 i = 0; i < config_.group_pages; ++i) {
        const u64 wanted = entry.descriptor - before * page + i * page;
        const auto there = i == before ? entry.descriptor : read_(leaf.at - 8 * before + 8 * i);
        if (there && ((*there ^ wanted) & ~kSoftware) == 0) members |= 1u << i;
    }
    if (std::popcount(members) < 2) return;
    entry.first -= before * page;
    entry.output -= before * page;
    entry.descriptor -= before * page;
    entry.descriptor_at -= 8 * before;
    entry.bytes = whole;
    entry.valid = members;
    entry.clean = entry.clean != 0 ? members : 0;
}

bool Mmu::make_dirty(Entry& entry, u64 address) {
    const u64 page = entry.is_group() ? entry.page_of(address) : 0;
    const auto now = read_(entry.descriptor_at + 8 * page);
    const u64 expected = entry.descriptor + page * entry.page_bytes;
    if (!now || ((*now ^ expected) & ~(kSoftware | kAccessFlag | kReadOnly)) != 0) return false;
    const auto mark = [&](Entry& e) { e.clean &= ~(1u << (e.is_group() ? e.page_of(address) : 0)); };
    mark(entry);
    if (Entry* const lower = find_l2(address).second) mark(*lower);
    return true;
}

void Mmu::forget(u64 address) {
    for (Array* array : {&l1i_, &l1d_})
        while (Entry* const e = array->find(address, asid())) array->remove(*e);
    for (auto [array, e] = find_l2(address); e != nullptr; std::tie(array, e) = find_l2(address)) array->remove(*e);
}

Course Mmu::access(Kind kind, u64 va, unsigned el) {
    const u64 address = va & kAddress;
    if (!in_range(va)) return {.faulted = true};
    Array& l1 = kind == Kind::Fetch ? l1i_ : l1d_;
    const auto is_clean = [&](const Entry& e) {
        return kind == Kind::Store && (e.clean >> (e.is_group() ? e.page_of(address) : 0) & 1) != 0;
    };
    if (Entry* const hit = l1.find(address, asid())) {
        const bool allowed = allows(hit->rights, kind, el);
        if (!allowed || !is_clean(*hit) || make_dirty(*hit, address)) {
            l1.use(*hit);
            return {.source = Source::L1Hit, .faulted = !allowed, .bytes = hit->bytes};
        }
        forget(address);
    }
    const auto [part, hit] = find_l2(address);
    if (hit == nullptr) return walk_for(kind, address, el);
    const bool allowed = allows(hit->rights, kind, el);
    if (allowed && is_clean(*hit) && !make_dirty(*hit, address)) {
        forget(address);
        return walk_for(kind, address, el);
    }
    part->use(*hit);
    Course course{.source = Source::L2Hit, .faulted = !allowed, .bytes = hit->bytes};
    if (!allowed) return course;
    const bool first_use = hit->prefetched;
    hit->prefetched = false;
    const Entry entry = *hit;
    if (config_.inclusion == Inclusion::Exclusive && l1.holds_whole(entry)) part->remove(*hit);
    if (config_.inclusion == Inclusion::Exclusive) fill_l1_exclusively(l1, entry, address, course);
    else course.bytes = l1.fill(entry, address).bytes;
    if (first_use) prefetch_after(kind, entry, address, true, course);
    return course;
}

Course Mmu::walk_for(Kind kind, u64 address, unsigned el) {
    const Walk walked = walk(address);
    Course course{.source = Source::Walk, .from_walk_cache = walked.from_cache, .steps = walked.steps};
    const bool keeps_flag = config_.updates_access_flag && bit(registers_.TCR_EL1, 39);
    course.faulted = !walked.leaf.found || ((walked.leaf.descriptor & kAccessFlag) == 0 && !keeps_flag) ||
                     !allows(rights_of(walked.leaf.descriptor, walked.leaf.limits), kind, el);
    if (course.faulted) return course;
    const Entry entry = entry_of(walked.leaf, address, kind == Kind::Store, false);
    fill(kind, entry, address, course);
    if (config_.prefetches) prefetch_after(kind, entry, address, false, course);
    return course;
}

void Mmu::fill(Kind kind, const Entry& entry, u64 address, Course& course) {
    Array& l1 = kind == Kind::Fetch ? l1i_ : l1d_;
    if (config_.inclusion == Inclusion::Exclusive) {
        if (!l1.holds_whole(entry)) static_cast<void>(l2_part(entry).fill(entry, address));
        return fill_l1_exclusively(l1, entry, address, course);
    }
    static_cast<void>(l2_part(entry).fill(entry, address));
    follow_evictions();
    course.bytes = l1.fill(entry, address).bytes;
}

void Mmu::fill_l1_exclusively(Array& l1, const Entry& entry, u64 address, Course& course) {
    l1.victims.clear();
    course.bytes = l1.fill(entry, address).bytes;
    for (const Entry& victim : l1.victims) {
        Array& part = l2_part(victim);
        const bool kept = victim.is_group() ? !part.holds_whole(victim) : [&] {
            const auto there = [&](Array& a) { return a.find(victim.first, victim.asid) != nullptr; };
            return there(l2_) || (l2_large_ && there(*l2_large_));
        }();
        if (!kept) static_cast<void>(part.fill(victim, victim.first));
    }
    l1.victims.clear();
}

// Inclusive: what leaves L2 leaves L1.
void Mmu::follow_evictions() {
    for (Array* part : {&l2_, l2_large_ ? &*l2_large_ : nullptr}) {
        if (part == nullptr) continue;
        for (const Entry& victim : part->victims) {
            if (victim.is_table || config_.inclusion != Inclusion::Inclusive) continue;
            for (Array* l1 : {&l1i_, &l1d_}) {
                static_cast<void>(l1->remove_if([&](Entry& e) {
                    if (e.same_owner(victim) && meet(e.first, e.bytes, victim.first, victim.bytes)) e.valid = 0;
                    return 0u;
                }));
            }
        }
        part->victims.clear();
    }
}

Mmu::Run Mmu::run_around(const Entry& entry, u64 address) {
    u64 first = address / entry.page_bytes * entry.page_bytes;
    u64 end = first + entry.page_bytes;
    while (first > entry.first && entry.maps(first - entry.page_bytes)) first -= entry.page_bytes;
    while (entry.maps(end)) end += entry.page_bytes;
    return {first, end};
}

void Mmu::prefetch_after(Kind kind, const Entry& entry, u64 address, bool used, Course& course) {
    const Run run = run_around(entry, address);
    Stream& stream = streams_[kind == Kind::Fetch];
    const bool goes_on = stream.end == run.first && stream.asid == asid();
    stream = {run.end, asid()};
    if (!goes_on && !used) return;
    const u64 next = run.end;
    const Half half = half_of(address);
    if (entry.level > half.start_level && next % span(half, entry.level - 1) == 0) return;
    const u64 canonical = bit(next, 55) ? next | ~kAddress : next;
    if (!in_range(canonical) || half.disabled) return;
    if (find_l2(next).second != nullptr) return;
    if (config_.inclusion == Inclusion::Exclusive && (l1i_.find(next, asid()) != nullptr || l1d_.find(next, asid()) != nullptr)) return;
    const Walk walked = walk(next);
    course.prefetch_steps = std::min(walked.steps, 4u);
    if (!walked.leaf.found || (walked.leaf.descriptor & kAccessFlag) == 0) return;
    const Entry fetched = entry_of(walked.leaf, next, false, true);
    static_cast<void>(l2_part(fetched).fill(fetched, next));
    follow_evictions();
}

unsigned Mmu::removed_of(const Tlbi& tlbi, Entry& entry) const {
    const auto whole = [&] {
        entry.valid = 0;
        return 1u;
    };
    if (tlbi.all) return whole();
    const bool owned = tlbi.by_address ? tlbi.all_asids || entry.belongs_to(tlbi.asid) : !entry.global && entry.asid == tlbi.asid;
    if (!owned) return 0;
    if (!tlbi.by_address) return whole();
    const u64 from = tlbi.va & kAddress;
    const u64 reach = std::max(entry.bytes, entry.leaf_bytes);
    if (!meet(from, tlbi.bytes, entry.first / reach * reach, reach)) return 0;
    if (entry.is_table) return tlbi.last_level ? 0 : whole();
    if (tlbi.level >= 0 && tlbi.level != entry.level) return 0;
    if (!entry.is_group()) return whole();
    unsigned removed = 0;
    for (unsigned i = 0; i < entry.bytes / entry.page_bytes; ++i) {
        if ((entry.valid >> i & 1) == 0 || !meet(from, tlbi.bytes, entry.first + i * entry.page_bytes, entry.page_bytes)) continue;
        entry.valid &= ~(1u << i);
        entry.clean &= ~(1u << i);
        ++removed;
    }
    return removed;
}

unsigned Mmu::invalidate(const Tlbi& tlbi) {
    if (forgets_tlbi) {
        Mmu other = *this;
        other.forgets_tlbi = false;
        const unsigned removed = other.invalidate(tlbi);
        forgets_tlbi = removed == 0;
        return removed;
    }
    const auto by = [&](const Tlbi& t) { return [this, t](Entry& e) { return removed_of(t, e); }; };
    Tlbi upper = tlbi;
    if (config_.tlbi_flushes_l1) upper = {.all = true};
    unsigned removed = l1i_.remove_if(by(upper)) + l1d_.remove_if(by(upper)) + l2_.remove_if(by(tlbi));
    if (l2_large_) removed += l2_large_->remove_if(by(tlbi));
    for (Array& cache : caches_) removed += cache.remove_if(by(tlbi));
    return removed;
}

}  // namespace reference
