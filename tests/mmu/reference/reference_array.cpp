#include "tests/mmu/reference/reference_array.h"

#include <bit>

namespace reference {

namespace {

// Bits that make no difference between the descriptors of a group: software's, and of a clean page the read-only bit.
constexpr u64 kIgnored = 0xff80'0000'0000'0000 | 0x80;

Entry single_page_of(const Entry& group, u64 address) {
    const unsigned page = group.page_of(address);
    Entry one = group;
    one.first += page * group.page_bytes;
    one.output += page * group.page_bytes;
    one.descriptor += page * group.page_bytes;
    one.descriptor_at += page * 8u;
    one.bytes = group.page_bytes;
    one.valid = 1;
    one.clean = group.clean >> page & 1;
    return one;
}

bool agree(const Entry& a, const Entry& b) {
    return ((a.descriptor ^ b.descriptor) & ~kIgnored) == 0 && a.output == b.output && a.descriptor_at == b.descriptor_at &&
           a.page_bytes == b.page_bytes && a.leaf_bytes == b.leaf_bytes && a.level == b.level && a.limits == b.limits &&
           a.rights == b.rights;
}

}  // namespace

Array::Array(const Shape& shape, Policy policy, u64 seed)
    : shape_{shape},
      ways_{shape.ways == 0 ? shape.entries : shape.ways},
      sets_{shape.entries / ways_},
      policy_{policy},
      random_{seed},
      places_(shape.entries),
      trees_(sets_, std::vector<bool>(std::size_t{ways_} * (ways_ + 1))) {}

Entry* Array::find(u64 address, unsigned asid) {
    Entry* best = nullptr;
    for (auto& place : places_) {
        if (!place || place->is_table || !place->maps(address) || !place->belongs_to(asid)) continue;
        if (best == nullptr || place->bytes < best->bytes || (place->bytes == best->bytes && place->filled > best->filled))
            best = &*place;
    }
    return best;
}

Entry* Array::find_table(u64 address, unsigned asid, u64 bytes) {
    for (auto& place : places_)
        if (place && place->is_table && place->bytes == bytes && place->covers(address) && place->asid == asid) return &*place;
    return nullptr;
}

u64 Array::largest_within(u64 bytes) const {
    u64 best = 0;
    for (const u64 size : shape_.sizes)
        if (size <= bytes) best = size;
    return best;
}

bool Array::holds_whole(const Entry& entry) const {
    if (entry.is_table) return true;
    if (entry.is_group()) return shape_.groups && largest_within(entry.page_bytes) == entry.page_bytes;
    return largest_within(entry.bytes) == entry.bytes;
}

Entry& Array::fill(const Entry& entry, u64 address) {
    if (holds_whole(entry)) return insert(entry);
    if (entry.is_group()) return fill(single_page_of(entry, address), address);
    Entry piece = entry;
    piece.bytes = piece.page_bytes = largest_within(entry.bytes);
    const u64 offset = (address - entry.first) / piece.bytes * piece.bytes;
    piece.first += offset;
    piece.output += offset;
    return insert(piece);
}

// Drops what a new group serves as well. Returns the place of an older entry of the same group, which it replaces.
std::optional<unsigned> Array::join_group(const Entry& group, Entry& joined) {
    std::optional<unsigned> same;
    for (unsigned i = 0; i < places_.size(); ++i) {
        auto& place = places_[i];
        if (!place || place->is_table || !group.covers(place->first)) continue;
        if (place->first == group.first && place->bytes == group.bytes && place->same_owner(group)) {
            same = i;
            continue;
        }
        if (!place->same_owner(group) && !group.global && !place->global) continue;
        const bool is_page_of_it = place->bytes == group.page_bytes && group.maps(place->first);
        if (place->bytes == group.bytes || is_page_of_it) place.reset();
    }
    if (!same || !agree(*places_[*same], group)) return same;
    joined.clean = (places_[*same]->clean & ~group.valid) | group.clean;
    joined.valid |= places_[*same]->valid;
    return same;
}

Entry& Array::insert(const Entry& entry) {
    Entry fresh = entry;
    const auto same = entry.is_group() ? join_group(entry, fresh) : std::nullopt;
    const unsigned set = static_cast<unsigned>(entry.first / entry.bytes % sets_);
    const unsigned at = same ? *same : set * ways_ + choose_way(set);
    if (places_[at] && !same) victims.push_back(*places_[at]);
    places_[at] = fresh;
    places_[at]->filled = ++clock_;
    note_use(*places_[at]);
    return *places_[at];
}

unsigned Array::choose_way(unsigned set) {
    for (unsigned way = 0; way < ways_; ++way)
        if (!places_[set * ways_ + way]) return way;
    if (policy_ == Policy::Lru) return choose_lru(set);
    if (policy_ == Policy::Plru) return choose_by_tree(set);
    random_ ^= random_ >> 12;
    random_ ^= random_ << 25;
    random_ ^= random_ >> 27;
    return static_cast<unsigned>((random_ * 2685821657736338717u >> 32) % ways_);
}

unsigned Array::choose_lru(unsigned set) const {
    unsigned oldest = 0, next = 0;
    const auto age = [&](unsigned way) { return places_[set * ways_ + way]->used; };
    for (unsigned way = 1; way < ways_; ++way) {
        if (age(way) < age(oldest)) {
            next = oldest;
            oldest = way;
        } else if (next == oldest || age(way) < age(next)) {
            next = way;
        }
    }
    return off_by_one ? next : oldest;
}

unsigned Array::choose_by_tree(unsigned set) {
    unsigned first = 0, count = ways_;
    while (count > 1) {
        const unsigned half = (count + 1) / 2;
        const bool second = trees_[set][first * (ways_ + 1) + count];
        if (second) first += half;
        count = second ? count - half : half;
    }
    return first;
}

void Array::point_away(unsigned set, unsigned way) {
    unsigned first = 0, count = ways_;
    while (count > 1) {
        const unsigned half = (count + 1) / 2;
        const bool in_second = way >= first + half;
        trees_[set][first * (ways_ + 1) + count] = !in_second;
        if (in_second) first += half;
        count = in_second ? count - half : half;
    }
}

void Array::note_use(Entry& entry) {
    entry.used = ++clock_;
    for (unsigned i = 0; i < places_.size(); ++i)
        if (places_[i] && &*places_[i] == &entry) return point_away(i / ways_, i % ways_);
}

unsigned Array::remove_if(const std::function<unsigned(Entry&)>& bits_removed) {
    unsigned total = 0;
    for (auto& place : places_) {
        if (!place) continue;
        total += bits_removed(*place);
        if (place->valid == 0) place.reset();
    }
    return total;
}

void Array::remove(const Entry& entry) {
    for (auto& place : places_)
        if (place && &*place == &entry) return place.reset();
}

}  // namespace reference
