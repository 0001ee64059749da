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

DirectionPredictor::DirectionPredictor(const PredictorConfig& config, BranchHistory& history)
    : history_{history},
      tables_{config.direction == DirectionKind::Tage ? config.tagged_tables : 0},
      index_bits_{static_cast<unsigned>(std::bit_width(std::bit_floor(config.tagged_entries)) - 1)},
      tagged_(std::size_t{tables_} << index_bits_),
      bimodal_(std::bit_floor(config.bimodal_entries), 1) {
    for (unsigned i = 0; i < tables_; ++i) history.add_fold(length_of(config, i));
}

inline DirectionPredictor::Entry& DirectionPredictor::slot(unsigned table, u16& tag) {
    const u64 hash = (key_ ^ history_.fold(table)) * kMix;
    tag = static_cast<u16>(hash >> 48 | 1);  // 0 is no branch's
    const u64 index = (hash >> 20) & ((u64{1} << index_bits_) - 1);
    return tagged_[(u64{table} << index_bits_) + index];
}

inline DirectionPredictor::Match DirectionPredictor::find_below(unsigned table) {
    while (table-- > 0) {
        u16 tag = 0;
        Entry& entry = slot(table, tag);
        if (entry.tag == tag) return {table, &entry, entry.counter >= 0};
    }
    return {tables_, nullptr, *local_ >= 2};
}

bool DirectionPredictor::predict_and_train(u64 pc, bool taken) {
    key_ = pc >> 2 << 32 | (pc >> 2 & 0xffffffff);  // the history meets the lower half
    local_ = &bimodal_[(pc >> 2) & (bimodal_.size() - 1)];
    const Match provider = find_below(tables_);
    if (provider.entry == nullptr) {
        train_bimodal(taken);
        if (provider.taken != taken && tables_ != 0) allocate_above(0, taken);
        return provider.taken;
    }
    const bool fallback = find_below(provider.table).taken;
    const bool fresh = is_new(provider.entry->counter, provider.entry->useful);
    const bool predicted = fresh && trust_new_ < 0 ? fallback : provider.taken;
    if (fresh && fallback != provider.taken)
        trust_new_ = std::clamp(trust_new_ + (provider.taken == taken ? 1 : -1), -kTrustLimit, kTrustLimit - 1);
    train(provider, fallback, taken);
    if (predicted != taken) allocate_above(provider.table + 1, taken);
    return predicted;
}

void DirectionPredictor::train(const Match& provider, bool fallback, bool taken) {
    Entry& entry = *provider.entry;
    if (entry.useful == 0) train_bimodal(taken);
    step(entry.counter, taken);
    if (provider.taken == fallback) return;
    if (provider.taken == taken && entry.useful < 3) ++entry.useful;
    if (provider.taken != taken && entry.useful > 0) --entry.useful;
}

void DirectionPredictor::train_bimodal(bool taken) {
    if (taken && *local_ < 3) ++*local_;
    if (!taken && *local_ > 0) --*local_;
}

// The first useless entry of a longer history becomes the branch's; every other time the first is passed over, so that
// branches do not crowd in one table. Where all are useful they lose some of it.
void DirectionPredictor::allocate_above(unsigned table, bool taken) {
    bool pass_over = (++allocations_ & 1) == 0;
    for (unsigned i = table; i < tables_; ++i) {
        u16 tag = 0;
        Entry& entry = slot(i, tag);
        if (entry.useful != 0) continue;
        if (pass_over && i + 1 < tables_) {
            pass_over = false;
            continue;
        }
        entry = {tag, static_cast<i8>(taken ? 0 : -1), 0};
        return age();
    }
    for (unsigned i = table; i < tables_; ++i) {
        u16 tag = 0;
        Entry& entry = slot(i, tag);
        if (entry.useful != 0) --entry.useful;
    }
    age();
}

// What was useful long ago makes room.
void DirectionPredictor::age() {
    if (++trained_ % kAgingPeriod != 0) return;
    for (Entry& entry : tagged_) entry.useful /= 2;
}

}  // namespace emu
