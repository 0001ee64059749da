// A set-associative cache of 64-byte lines: tags, dirty state and exact LRU. It holds no data; whether an access hits
// depends only on the order of accesses, never on time.
#pragma once

#include <cstddef>
#include <vector>

#include "mmu/arch/bits.h"

namespace emu {

using arch::u64;

inline constexpr unsigned kLineShift = 6;
inline constexpr u64 kLineBytes = u64{1} << kLineShift;
[[nodiscard]] constexpr u64 line_of(u64 pa) {
    return pa >> kLineShift;
}

struct NoPayload {};

// A set keeps its lines in order of last use, the first the youngest.
template <class Payload = NoPayload>
class Cache {
public:
    struct Entry {
        u64 key{0};  // line number << 2 | dirty << 1 | valid
        [[no_unique_address]] Payload payload{};

        [[nodiscard]] bool valid() const { return (key & 1) != 0; }
        [[nodiscard]] bool dirty() const { return (key & 2) != 0; }
        [[nodiscard]] u64 line() const { return key >> 2; }
        [[nodiscard]] bool holds(u64 line) const { return (key & ~u64{2}) == (line << 2 | 1); }
        void make_dirty() { key |= 2; }
    };

    // `bytes` is a multiple of ways * 64.
    Cache(u64 bytes, unsigned ways)
        : sets_{bytes / (ways * kLineBytes)},
          ways_{ways},
          entries_(sets_ * ways),
          power_of_two_{(sets_ & (sets_ - 1)) == 0} {}

    // The line's entry, now the youngest of its set; nullptr when it is not here.
    Entry* find(u64 line) {
        Entry* set = set_of(line);
        if (set[0].holds(line)) return set;
        for (unsigned way = 1; way < ways_; ++way) {
            if (!set[way].holds(line)) continue;
            const Entry found = set[way];
            make_room(set, way);
            set[0] = found;
            return set;
        }
        return nullptr;
    }

    // Puts the line in as the youngest of its set and returns the entry that left (not valid where a way was free).
    Entry insert(u64 line, bool dirty = false, Payload payload = {}) {
        Entry* set = set_of(line);
        const Entry victim = set[ways_ - 1];
        make_room(set, ways_ - 1);
        set[0] = Entry{line << 2 | u64{dirty} << 1 | 1, payload};
        return victim;
    }

    // Takes the line out; the entry that it had, not valid where it had none.
    Entry remove(u64 line) {
        Entry* set = set_of(line);
        for (unsigned way = 0; way < ways_; ++way) {
            if (!set[way].holds(line)) continue;
            const Entry found = set[way];
            for (; way + 1 < ways_; ++way) set[way] = set[way + 1];
            set[ways_ - 1] = Entry{};
            return found;
        }
        return Entry{};
    }

private:
    [[nodiscard]] Entry* set_of(u64 line) {
        const u64 index = power_of_two_ ? line & (sets_ - 1) : line % sets_;
        return &entries_[index * ways_];
    }
    // The entries before `way` become older by one.
    static void make_room(Entry* set, unsigned way) {
        for (; way != 0; --way) set[way] = set[way - 1];
    }

    u64 sets_;
    unsigned ways_;
    std::vector<Entry> entries_;
    bool power_of_two_;
};

}  // namespace emu
