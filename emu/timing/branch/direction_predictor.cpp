#include "emu/timing/branch/direction_predictor.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace emu {

namespace {

constexpr u64 kMix = 0x9E3779B97F4A7C15;
constexpr int kTrustLimit = 8;
constexpr u64 kAgingPeriod = u64{1} << 18;

void train_counter(i8& counter, bool up) {
    counter = static_cast<i8>(up ? std::min(counter + 1, 3) : std::max(counter - 1, -4));
}
void train_bimodal(u8& counter, bool up) {
    counter = static_cast<u8>(up ? std::min(counter + 1, 3) : std::max(counter - 1, 0));
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

inline DirectionPredictor::Slot DirectionPredictor::slot(const Table& table, const Branch& branch) const {
    const u64 hash = (branch.key ^ branch.history.value(table.fold)) * kMix;
    return {table.entries[(hash >> 20) & index_mask_], static_cast<u16>(hash >> 48 | 1)};  // 0 is no branch's tag
}

inline DirectionPredictor::Match DirectionPredictor::find_before(const Table* table, const Branch& branch) const {
    const Table* const shortest = begin();
    while (table != shortest) {
        const Slot s = slot(*--table, branch);
        if (s.entry.tag == s.tag) return {table, &s.entry, s.entry.counter >= 0};
    }
    return {end(), nullptr, branch.local >= 2};
}

bool DirectionPredictor::predict_and_train(u64 pc, bool taken) {
    const u64 key = pc >> 2 << 32 | (pc >> 2 & 0xffffffff);  // the history meets the lower half
    const Branch branch{key, history_.view(), bimodal_[(pc >> 2) & (bimodal_.size() - 1)], taken};
    const Match provider = find_before(end(), branch);
    if (provider.entry != nullptr) return train_tagged(provider, branch);
    train_bimodal(branch.local, taken);
    if (provider.taken != taken) allocate_from(begin(), branch);
    return provider.taken;
}

// A tagged table predicts, unless it is new to the branch and such entries were worse than the next shorter history.
inline bool DirectionPredictor::train_tagged(const Match& provider, const Branch& branch) {
    const bool fallback = find_before(provider.table, branch).taken;
    const bool right = provider.taken == branch.taken;
    const bool fresh = is_new(provider.entry->counter, provider.entry->useful);
    const bool predicted = fresh && trust_new_ < 0 ? fallback : provider.taken;
    if (fresh && fallback != provider.taken)
        trust_new_ = std::clamp(trust_new_ + (right ? 1 : -1), -kTrustLimit, kTrustLimit - 1);
    train(provider, fallback, branch);
    if (predicted != branch.taken) allocate_from(provider.table + 1, branch);
    return predicted;
}

inline void DirectionPredictor::train(const Match& provider, bool fallback, const Branch& branch) {
    Entry& entry = *provider.entry;
    if (entry.useful == 0) train_bimodal(branch.local, branch.taken);
    train_counter(entry.counter, branch.taken);
    if (provider.taken == fallback) return;
    if (provider.taken == branch.taken && entry.useful < 3) ++entry.useful;
    if (provider.taken != branch.taken && entry.useful > 0) --entry.useful;
}

// The first useless entry of a longer history becomes the branch's; every other time the first is passed over, so that
// branches do not crowd in one table. Where all are useful they lose some of it.
void DirectionPredictor::allocate_from(const Table* table, const Branch& branch) {
    if (tables_.empty()) return;
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
