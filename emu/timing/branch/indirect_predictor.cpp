#include "emu/timing/branch/indirect_predictor.h"

namespace emu {

u64 IndirectPredictor::key_of(u64 pc, unsigned table) const {
    const u64 history = history_.recent() & ((u64{1} << kLengths[table]) - 1);
    return ((pc >> 2) * 0x9E3779B97F4A7C15 ^ (history + table)) * 0xD6E8FEB86659FD93 | 1;
}

IndirectPredictor::Entry& IndirectPredictor::slot(u64 key, unsigned table) {
    return tables_[table * entries_ + ((key >> 32) & (entries_ - 1))];
}

// An entry gives way to another branch, or to another target, only when it was wrong before.
void IndirectPredictor::train(Entry& entry, u64 key, u64 target) {
    if (entry.key == key && entry.target == target)
        entry.sure = true;
    else if (entry.sure)
        entry.sure = false;
    else
        entry = {key, target, false};
}

u64 IndirectPredictor::predict_and_train(u64 pc, u64 fallback, u64 target) {
    u64 predicted = fallback;
    for (unsigned i = 0; i < kLengths.size(); ++i) {
        const u64 key = key_of(pc, i);
        Entry& entry = slot(key, i);
        if (entry.key == key) predicted = entry.target;
        train(entry, key, target);
    }
    return predicted;
}

}  // namespace emu
