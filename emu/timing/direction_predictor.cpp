#include "emu/timing/direction_predictor.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace emu {

namespace {

constexpr u64 kMix = 0x9E3779B97F4A7C15;
constexpr int kTrustLimit = 8;
constexpr u64 kAgingPeriod = u64{1} << 18;

void step(i8& counter, bool up) {
    if (up && counter < 3) ++counter;
    if (!up && counter > -4) --counter;
}
bool is_new(i8 counter, u8 useful) {
    return useful == 0 && (counter == 0 || counter == -1);
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
      bimodal_(std::bit_floor(config.bimodal_entries), 1) {
    for (unsigned i = 0; i < tables_.size(); ++i)
        tables_[i] = {BranchHistory::fold_of(length_of(config, i)), &tagged_[i * (index_mask_ + 1)]};
}

inline DirectionPredictor::Slot DirectionPredictor::slot(const Table& table) const {
    const u64 hash = (key_ ^ history_.value(table.fold)) * kMix;
    return {table.entries[(hash >> 20) & index_mask_], static_cast<u16>(hash >> 48 | 1)};  // 0 is no branch's tag
}

inline DirectionPredictor::Match DirectionPredictor::find_before(const Table* table) const {
    while (table != begin()) {
        const Slot s = slot(*--table);
        if (s.entry.tag == s.tag) return {table, &s.entry, s.entry.counter >= 0};
    }
    return {end(), nullptr, *local_ >= 2};
}

bool DirectionPredictor::predict_and_train(u64 pc, bool taken) {
    key_ = pc >> 2 << 32 | (pc >> 2 & 0xffffffff);  // the history meets the lower half
    local_ = &bimodal_[(pc >> 2) & (bimodal_.size() - 1)];
    const Match provider = find_before(end());
    if (provider.entry != nullptr) return train_tagged(provider, taken);
    train_bimodal(taken);
    if (provider.taken != taken) allocate_from(begin(), taken);
    return provider.taken;
}

// A tagged table predicts, unless it is new to the branch and such entries were worse than the next shorter history.
inline bool DirectionPredictor::train_tagged(const Match& provider, bool taken) {
    const bool fallback = find_before(provider.table).taken;
    const bool fresh = is_new(provider.entry->counter, provider.entry->useful);
    const bool predicted = fresh && trust_new_ < 0 ? fallback : provider.taken;
    if (fresh && fallback != provider.taken)
        trust_new_ = std::clamp(trust_new_ + (provider.taken == taken ? 1 : -1), -kTrustLimit, kTrustLimit - 1);
    train(provider, fallback, taken);
    if (predicted != taken) allocate_from(provider.table + 1, taken);
    return predicted;
}

inline void DirectionPredictor::train(const Match& provider, bool fallback, bool taken) {
    Entry& entry = *provider.entry;
    if (entry.useful == 0) train_bimodal(taken);
    step(entry.counter, taken);
    if (provider.taken == fallback) return;
    if (provider.taken == taken && entry.useful < 3) ++entry.useful;
    if (provider.taken != taken && entry.useful > 0) --entry.useful;
}

inline void DirectionPredictor::train_bimodal(bool taken) {
    if (taken && *local_ < 3) ++*local_;
    if (!taken && *local_ > 0) --*local_;
}

// The first useless entry of a longer history becomes the branch's; every other time the first is passed over, so that
// branches do not crowd in one table. Where all are useful they lose some of it.
void DirectionPredictor::allocate_from(const Table* table, bool taken) {
    if (tables_.empty()) return;
    bool pass_over = (++allocations_ & 1) == 0;
    for (const Table* t = table; t != end(); ++t) {
        const Slot s = slot(*t);
        if (s.entry.useful != 0) continue;
        if (pass_over && t + 1 != end()) {
            pass_over = false;
            continue;
        }
        s.entry = {s.tag, static_cast<i8>(taken ? 0 : -1), 0};
        return age();
    }
    for (const Table* t = table; t != end(); ++t) {
        const Slot s = slot(*t);
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
