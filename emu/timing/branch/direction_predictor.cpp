#include "emu/timing/branch/direction_predictor.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace emu {

namespace {

constexpr u64 kMix = 0x9E3779B97F4A7C15;
constexpr int kTrustLimit = 8;
constexpr std::size_t kMaxTables = 8;
constexpr u64 kAgingPeriod = u64{1} << 18;

// Counters after a branch that was not taken, and after one that was. Tables, for the host cannot predict it either.
void train_counter(i8& counter, bool taken) {
    static constexpr i8 kNext[2][8] = {{-1, 0, 1, 2, -4, -4, -3, -2}, {1, 2, 3, 3, -3, -2, -1, 0}};
    counter = kNext[taken ? 1 : 0][counter & 7];
}
void train_bimodal(u8& counter, bool taken) {
    static constexpr u8 kNext[2][4] = {{0, 0, 1, 2}, {1, 2, 3, 3}};
    counter = kNext[taken ? 1 : 0][counter];
}
bool is_new(i8 counter) {
    return counter == 0 || counter == -1;
}
unsigned length_of(const PredictorConfig& c, unsigned table) {
    if (c.tagged_tables == 1) return c.longest_history;
    const double ratio = static_cast<double>(c.longest_history) / c.shortest_history;
    const double exponent = static_cast<double>(table) / (c.tagged_tables - 1);
    return static_cast<unsigned>(std::lround(c.shortest_history * std::pow(ratio, exponent)));
}

}  // namespace

DirectionPredictor::DirectionPredictor(const PredictorConfig& config, const BranchHistory& history)
    : history_{history},
      tables_(config.direction == DirectionKind::Tage ? config.tagged_tables : 0),
      index_mask_{std::bit_floor(config.tagged_entries) - 1U},
      tagged_(tables_.size() * (index_mask_ + 1)),
      bimodal_(std::bit_floor(config.bimodal_entries), 1),
      bimodal_mask_{bimodal_.size() - 1},
      run_{run_of(tables_.size(), std::make_index_sequence<kMaxTables + 1>{})} {
    for (unsigned i = 0; i < tables_.size(); ++i)
        tables_[i] = {BranchHistory::fold_of(length_of(config, i)), &tagged_[i * (index_mask_ + 1)]};
}

inline DirectionPredictor::Slot DirectionPredictor::slot(const Table& table, const Branch& branch) const {
    const u64 hash = (branch.key ^ branch.history.value(table.fold)) * kMix;
    return {table.entries[(hash >> 20) & index_mask_], static_cast<u16>(hash >> 49)};
}

template <std::size_t... kTables>
DirectionPredictor::Run DirectionPredictor::run_of(std::size_t tables, std::index_sequence<kTables...>) {
    constexpr Run kRuns[] = {&DirectionPredictor::run<kTables>...};
    return kRuns[tables];
}

template <unsigned kTables>
inline DirectionPredictor::Match DirectionPredictor::find_longest(const Branch& branch) const {
    const Table* const tables = begin();
#pragma GCC unroll 8
    for (unsigned t = kTables; t > 0; --t) {
        const Slot s = slot(tables[t - 1], branch);
        if (s.entry.tag == s.tag) return {tables + (t - 1), &s.entry, s.entry.counter >= 0};
    }
    return {end(), nullptr, *branch.local >= 2};
}

inline DirectionPredictor::Match DirectionPredictor::find_before(const Table* table, const Branch& branch) const {
    const Table* const shortest = begin();
    while (table != shortest) {
        const Slot s = slot(*--table, branch);
        if (s.entry.tag == s.tag) return {table, &s.entry, s.entry.counter >= 0};
    }
    return {end(), nullptr, *branch.local >= 2};
}

inline DirectionPredictor::Branch DirectionPredictor::branch_at(u64 pc, bool taken) {
    const u64 key = pc >> 2 << 32 | (pc >> 2 & 0xffffffff);  // the history meets the lower half
    return {key, history_.view(), &bimodal_[(pc >> 2) & bimodal_mask_], taken};
}

template <unsigned kTables>
bool DirectionPredictor::run(u64 pc, bool taken) {
    const Branch branch = branch_at(pc, taken);
    const Match provider = find_longest<kTables>(branch);
    if (provider.entry == nullptr) [[unlikely]] {
        train_bimodal(*branch.local, taken);
        if (provider.taken != taken) allocate_from(begin(), pc, taken);
        return provider.taken;
    }
    const bool predicted = train_tagged(provider, branch);
    if (predicted != taken) allocate_from(provider.table + 1, pc, taken);
    return predicted;
}

// A tagged table predicts, unless it is new to the branch and such entries were worse than the next shorter history.
inline bool DirectionPredictor::train_tagged(const Match& provider, const Branch& branch) {
    Entry& entry = *provider.entry;
    const bool fallback = find_before(provider.table, branch).taken;
    bool predicted = provider.taken;
    if (entry.useful == 0) {
        if (is_new(entry.counter)) predicted = judge_new(provider, fallback, branch.taken);
        train_bimodal(*branch.local, branch.taken);
    }
    train_counter(entry.counter, branch.taken);
    if (provider.taken != fallback) {
        const bool right = provider.taken == branch.taken;
        if (right && entry.useful < 3) ++entry.useful;
        if (!right && entry.useful > 0) --entry.useful;
    }
    return predicted;
}

// What a new entry and the next shorter history predict together.
inline bool DirectionPredictor::judge_new(const Match& provider, bool fallback, bool taken) {
    const bool predicted = trust_new_ < 0 ? fallback : provider.taken;
    if (fallback != provider.taken)
        trust_new_ = std::clamp(trust_new_ + (provider.taken == taken ? 1 : -1), -kTrustLimit, kTrustLimit - 1);
    return predicted;
}

// The first useless entry of a longer history becomes the branch's; every other time the first is passed over, so that
// branches do not crowd in one table. Where all are useful they lose some of it.
void DirectionPredictor::allocate_from(const Table* table, u64 pc, bool taken) {
    if (tables_.empty()) return;
    const Branch branch = branch_at(pc, taken);
    bool pass_over = (++allocations_ & 1) == 0;
    for (const Table* t = table; t != end(); ++t) {
        const Slot s = slot(*t, branch);
        if (s.entry.useful != 0) continue;
        if (pass_over && t + 1 != end()) {
            pass_over = false;
            continue;
        }
        s.entry = {s.tag, static_cast<i8>(branch.taken ? 0 : -1), 0};
        return age();
    }
    for (const Table* t = table; t != end(); ++t) {
        const Slot s = slot(*t, branch);
        if (s.entry.useful != 0) --s.entry.useful;
    }
    age();
}

// What was useful long ago makes room.
void DirectionPredictor::age() {
    if (++trained_ % kAgingPeriod != 0) return;
    for (Entry& entry : tagged_) entry.useful /= 2;
}

}  // namespace emu
