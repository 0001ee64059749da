// Random words of a row in random states, executed here by every engine and by QEMU.
#pragma once

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "emu/isa/disassembler.h"
#include "emu/isa/proof.h"
#include "tests/random/expected.h"
#include "tests/random/machine.h"
#include "tests/random/values.h"

namespace random_test {

// What was seen of one row.
struct RowResult {
    u64 cases{0};      // executed here and by QEMU, and compared
    u64 completed{0};  // of them, those that raised no exception, or branched
    u64 different{0};
    std::map<const emu::Exclusion*, u64> excluded;  // words or states drawn and left out
    std::vector<std::string> differences;           // the first of them, a line each
    std::map<u32, u64> different_by_mode;           // FPCR[26:22,19] of those that differ

    void add(const RowResult& other);
};

class Comparison {
public:
    explicit Comparison(u64 seed);

    // At least `cases` cases of the row, spread evenly over the modes of FPCR. What is drawn depends on the seed and
    // the row's name alone.
    [[nodiscard]] RowResult run(const emu::A64Row& row, u64 cases);
    // One word in `states` random states. Throws std::invalid_argument for what no row decodes.
    [[nodiscard]] RowResult run_word(u32 word, u32 states);

    // Pieces of code that the translator has taken up.
    [[nodiscard]] std::size_t translations() const;

    // To prove that it notices: `ours` sees every sample after it was executed here; `word_here` is what is executed
    // here in a word's place.
    void mutate(std::function<void(sample&)> ours) { mutation_ = std::move(ours); }
    void mutate_words(std::function<u32(u32)> word_here) { word_here_ = std::move(word_here); }

private:
    void begin_batch(Random& random);
    void add_word(const emu::A64Row& row, u32 word, Random& random, RowResult& result);
    void draw_batch(const emu::A64Row& row, u64 words, Random& random, RowResult& result);
    void load_here();
    void execute_batch(const emu::A64Row& row, RowResult& result);
    void drop_endless(const emu::A64Row& row, RowResult& result);
    [[nodiscard]] bool agrees(const emu::A64Row& row, std::size_t i, const sample& here, RowResult& result);
    void compare(const emu::A64Row& row, std::size_t machine, RowResult& result);
    void note_difference(const emu::A64Row& row, Engine engine, std::size_t i, const sample& here, RowResult& result);

    u64 seed_;
    States states_;
    Expected expected_;
    std::vector<std::unique_ptr<Machine>> machines_;  // one for each engine
    emu::Disassembler disassembler_;
    std::vector<sample> before_;
    std::vector<u32> slot_of_;  // of each sample
    std::vector<std::vector<sample>> here_;  // by machine
    std::function<void(sample&)> mutation_;
    std::function<u32(u32)> word_here_;
};

}  // namespace random_test
