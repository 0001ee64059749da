#include "tests/random/comparison.h"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <stdexcept>

#include "emu/isa/decoder.h"
#include "tests/random/difference.h"
#include "tests/random/values.h"
#include "tests/random/words.h"

namespace random_test {
namespace {

constexpr std::size_t kReportedPerRow = 3;

// B to RANDOM_EXIT from `pc`.
u32 branch_to_exit(u64 pc) { return 0x14000000 | (static_cast<u32>((RANDOM_EXIT - pc) >> 2) & 0x03ff'ffff); }

// LDR X30, [X0, #240]; LDR X0, [X0]: the last two registers of a state that X0 points to.
constexpr u32 kLoadX30 = 0xf940781e;
constexpr u32 kLoadX0 = 0xf9400000;
constexpr u32 kBranchToNext = 0x14000001;

void write_slot(batch& batch, u64 slot, u32 prefix, u32 word) {
    u32* words = batch.slot[slot];
    std::memset(words, 0, SLOT_WORDS * 4);
    words[0] = kLoadX30;
    words[1] = kLoadX0;
    words[SLOT_ENTER] = kBranchToNext;
    words[SLOT_PREFIX] = prefix;
    words[SLOT_WORD] = word;
    words[SLOT_LEAVE] = branch_to_exit(batch.slot_address[slot] + SLOT_LEAVE * 4);
}

// Boundary values of every lane size, as the registers have them.
void fill_data(batch& batch, Random& random) {
    for (u64& value : batch.data) {
        const auto lanes = static_cast<Lanes>(random.below(static_cast<u32>(Lanes::Count)));
        value = random.one_in(4) ? integer_value(random) : vector_value(lanes, random);
    }
}

bool has_completed(const sample& after, const sample& before) {
    return after.outcome == OUTCOME_EXIT || after.state.pc != before.state.pc + SLOT_WORD * 4;
}

}  // namespace

Comparison::Comparison(u64 seed) : seed_{seed}, states_{seed} {
    for (const Engine engine : engines()) machines_.push_back(std::make_unique<Machine>(engine));
    here_.resize(machines_.size());
}

std::size_t Comparison::translations() const {
    std::size_t sum = 0;
    for (const auto& machine : machines_) sum += machine->translations();
    return sum;
}

void RowResult::add(const RowResult& other) {
    cases += other.cases;
    completed += other.completed;
    different += other.different;
    for (const auto& [exclusion, count] : other.excluded) excluded[exclusion] += count;
    for (const auto& line : other.differences) {
        if (differences.size() < kReportedPerRow) differences.push_back(line);
    }
    for (const auto& [mode, count] : other.different_by_mode) different_by_mode[mode] += count;
}

void Comparison::begin_batch(Random& random) {
    batch& batch = expected_.shared();
    batch.slot_count = 0;
    fill_data(batch, random);
    before_.clear();
    slot_of_.clear();
}

void Comparison::add_word(const emu::A64Row& row, u32 word, Random& random, RowResult& result) {
    batch& batch = expected_.shared();
    const u64 slot = batch.slot_count++;
    batch.slot_address[slot] = slot_address(row, static_cast<u32>(slot));
    write_slot(batch, slot, random_prefix(word, random), word);
    const bool watches = touches_memory(word);
    for (u32 mode = 0; mode < kFpModes; ++mode) {
        sample s{};
        s.state = states_.draw(mode, random);
        s.state.pc = batch.slot_address[slot];
        s.watches_memory = watches ? 1 : 0;
        if (const emu::Exclusion* changed = aim(word, s.state, random)) ++result.excluded[changed];
        before_.push_back(s);
        slot_of_.push_back(static_cast<u32>(slot));
    }
}

void Comparison::draw_batch(const emu::A64Row& row, u64 words, Random& random, RowResult& result) {
    begin_batch(random);
    while (expected_.shared().slot_count < words) {
        const u64 pc = slot_address(row, static_cast<u32>(expected_.shared().slot_count)) + SLOT_WORD * 4;
        const u32 word = random_word(row, pc, random);
        if (const emu::Exclusion* exclusion = emu::exclusion_of(row, word, emu::Excluded::Words))
            ++result.excluded[exclusion];
        else
            add_word(row, word, random, result);
    }
}

void Comparison::load_here() {
    const batch& batch = expected_.shared();
    for (const auto& machine : machines_) {
        machine->load(batch);
        for (u64 i = 0; word_here_ && i < batch.slot_count; ++i)
            machine->write_word(batch.slot_address[i] + SLOT_WORD * 4, word_here_(batch.slot[i][SLOT_WORD]));
    }
}

// A branch to itself would keep QEMU for ever. Only branches may: anything else that does not end here is a difference.
void Comparison::drop_endless(const emu::A64Row& row, RowResult& result) {
    const emu::Exclusion* endless = emu::exclusion_of(row, emu::Excluded::Endless);
    if (endless == nullptr) return;
    std::vector<sample> kept;
    std::vector<u32> slots;
    for (std::size_t i = 0; i < before_.size(); ++i) {
        sample now = before_[i];
        machines_.front()->run(now);
        if (now.outcome == OUTCOME_ENDLESS) {
            ++result.excluded[endless];
            continue;
        }
        kept.push_back(before_[i]);
        slots.push_back(slot_of_[i]);
    }
    before_ = std::move(kept);
    slot_of_ = std::move(slots);
}

void Comparison::execute_batch(const emu::A64Row& row, RowResult& result) {
    batch& batch = expected_.shared();
    load_here();
    drop_endless(row, result);
    batch.sample_count = before_.size();
    std::copy(before_.begin(), before_.end(), batch.samples);
    expected_.start();
    for (std::size_t m = 0; m < machines_.size(); ++m) {
        here_[m] = before_;
        for (sample& s : here_[m]) machines_[m]->run(s);
    }
    expected_.finish();
    for (std::size_t m = 0; m < machines_.size(); ++m) compare(row, m, result);
    result.cases += before_.size();
    for (std::size_t i = 0; i < before_.size(); ++i) result.completed += has_completed(batch.samples[i], before_[i]) ? 1u : 0u;
}

bool Comparison::agrees(const emu::A64Row& row, std::size_t i, const sample& here, RowResult& result) {
    const sample& expected = expected_.shared().samples[i];
    if (same(here, expected)) return true;
    const emu::Exclusion* unknown = emu::exclusion_of(row, emu::Excluded::EffectsOfAborts);
    const bool aborted = here.outcome == OUTCOME_ABORT && !has_completed(here, before_[i]);
    if (unknown == nullptr || !aborted) return false;
    sample known = here;
    known.memory = expected.memory;
    std::memcpy(known.state.v, expected.state.v, sizeof known.state.v);
    if (!same(known, expected)) return false;
    ++result.excluded[unknown];
    return true;
}

void Comparison::compare(const emu::A64Row& row, std::size_t machine, RowResult& result) {
    for (std::size_t i = 0; i < before_.size(); ++i) {
        sample& here = here_[machine][i];
        if (mutation_) mutation_(here);
        if (!agrees(row, i, here, result)) note_difference(row, machines_[machine]->engine(), i, here, result);
    }
}

void Comparison::note_difference(const emu::A64Row& row, Engine engine, std::size_t i, const sample& here, RowResult& result) {
    ++result.different;
    ++result.different_by_mode[static_cast<u32>(before_[i].state.fpcr)];
    if (result.differences.size() >= kReportedPerRow) return;
    const u32* slot = expected_.shared().slot[slot_of_[i]];
    std::array<char, 32> word{};
    std::snprintf(word.data(), word.size(), "%08x", slot[SLOT_WORD]);
    result.differences.push_back(std::string{row.name} + " " + word.data() + " " +
                                 disassembler_.text(slot[SLOT_WORD], before_[i].state.pc + SLOT_WORD * 4) + " (" +
                                 std::string{name_of(engine)} + "): " +
                                 describe(before_[i], here, expected_.shared().samples[i]) + " | before: " +
                                 operands_of(slot[SLOT_WORD], before_[i]));
}

RowResult Comparison::run(const emu::A64Row& row, u64 cases) {
    RowResult result;
    Random random{seed_, row.name};
    while (result.cases < cases) {
        const u64 words = (cases - result.cases + kFpModes - 1) / kFpModes;
        draw_batch(row, std::min<u64>(words, RANDOM_SLOTS), random, result);
        execute_batch(row, result);
    }
    return result;
}

RowResult Comparison::run_word(u32 word, u32 states) {
    const emu::Encoding encoding = emu::find_row(word);
    if (encoding == emu::Encoding::UNDEFINED) throw std::invalid_argument("no row has this word");
    const emu::A64Row& row = emu::a64_rows()[static_cast<std::size_t>(encoding)];
    RowResult result;
    Random random{seed_, row.name};
    while (result.cases < states) {
        begin_batch(random);
        while (expected_.shared().slot_count * kFpModes < std::min<u64>(states, BATCH_SAMPLES)) add_word(row, word, random, result);
        execute_batch(row, result);
    }
    return result;
}

}  // namespace random_test
