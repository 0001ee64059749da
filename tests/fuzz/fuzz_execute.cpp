// Any words at EL0: they end in an exception or at the limit, and both loops leave the same.
// Input: 8 bytes of seed for the registers, then up to 32 words that are executed one after another.
#include <algorithm>
#include <cstring>

#include "tests/fuzz/check.h"
#include "tests/random/difference.h"
#include "tests/random/machine.h"
#include "tests/random/values.h"

namespace {

using namespace random_test;

constexpr std::size_t kMaxWords = 32;
constexpr u32 kSvc = 0xd400'0001;
constexpr std::size_t kWordsFrom = SLOT_ENTER;  // where Machine enters

// The words fill slots from the first on; SVC behind the last.
void write_words(batch& b, const std::vector<u32>& words) {
    b.slot_count = kMaxWords / SLOT_WORDS + 1;
    for (u64 slot = 0; slot < b.slot_count; ++slot) {
        b.slot_address[slot] = RANDOM_CODE + slot * SLOT_WORDS * 4;
        for (unsigned i = 0; i < SLOT_WORDS; ++i) {
            const std::size_t at = slot * SLOT_WORDS + i;
            const bool is_word = at >= kWordsFrom && at - kWordsFrom < words.size();
            b.slot[slot][i] = is_word ? words[at - kWordsFrom] : kSvc;
        }
    }
}

sample executed(Machine& machine, const batch& b, const sample& before) {
    machine.load(b);
    sample after = before;
    machine.run(after);
    return after;
}

std::vector<u32> words_of(const arch::u8* data, std::size_t size) {
    std::vector<u32> words(std::min(size / 4, kMaxWords));
    if (!words.empty()) std::memcpy(words.data(), data, words.size() * 4);
    return words;
}

sample before_of(u64 seed) {
    Random random{seed};
    sample before{};
    static const States states{1};
    before.state = states.draw(static_cast<u32>(seed % kFpModes), random);
    for (u64& x : before.state.x) {
        if (random.one_in(2)) x = RANDOM_DATA + random.below(RANDOM_DATA_BYTES);
    }
    before.state.pc = RANDOM_CODE;
    before.watches_memory = 1;
    return before;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const arch::u8* data, std::size_t size) {
    fuzz::fail_on_demand({data, size});
    static Machine plain{Engine::Plain};
    static Machine recording{Engine::Recording};
    static batch b{};
    u64 seed = 0;
    if (size < sizeof seed) return 0;
    std::memcpy(&seed, data, sizeof seed);
    write_words(b, words_of(data + sizeof seed, size - sizeof seed));
    const sample before = before_of(seed);
    const sample first = executed(plain, b, before);
    const sample second = executed(recording, b, before);
    FUZZ_CHECK(first.outcome == second.outcome);
    if (first.outcome != OUTCOME_ENDLESS) FUZZ_CHECK(same(first, second));
    return 0;
}
