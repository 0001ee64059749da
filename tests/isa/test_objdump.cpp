// Every row against binutils.
#include <map>

#include "tests/isa/objdump.h"
#include "tests/isa/row_words.h"
#include "tests/support/catch.h"

namespace {

using namespace isa_test;
using emu::A64Row;

struct Sample {
    const A64Row* row;
    u32 word;
};

std::vector<u32> words_of(const std::vector<Sample>& samples) {
    std::vector<u32> words;
    for (const Sample& sample : samples) words.push_back(sample.word);
    return words;
}

// A printable word of the row itself, not of a row inside it.
u32 own_word(const A64Row& row, Random& random) {
    for (;;) {
        const u32 word = printable_word(row, random);
        if (emu::encoding_name(emu::find_row(word)) == row.name) return word;
    }
}

std::vector<Sample> samples_of_rows(unsigned per_row) {
    std::vector<Sample> samples;
    Random random{1};
    for (const A64Row& row : emu::a64_rows()) {
        if (!has_mnemonic(row)) continue;
        for (unsigned i = 0; i < per_row; ++i) samples.push_back({&row, own_word(row, random)});
    }
    return samples;
}

// The row with fixed bit `bit` inverted.
A64Row with_flipped_bit(const A64Row& row, unsigned bit) {
    A64Row flipped = row;
    flipped.pattern.match ^= u32{1} << bit;
    return flipped;
}

bool overlaps_another(const A64Row& mutant, const A64Row& original) {
    for (const A64Row& row : emu::a64_rows()) {
        if (row.name != original.name && !emu::overlap_is_declared(row, mutant)) return true;
    }
    return false;
}

// binutils does not look at bit 22 of FMLAL and FMLSL (vector), which is 0.
bool binutils_overlooks(const A64Row& row, unsigned bit) {
    return bit == 22 && row.feature == emu::Feature::FHM && row.name.ends_with("_vec");
}

}  // namespace

TEST_CASE("binutils names random words of every row as the row does") {
    const std::vector<Sample> samples = samples_of_rows(40);
    const std::vector<std::string> texts = objdump_texts(words_of(samples), "test_isa_rows");
    for (std::size_t i = 0; i < samples.size(); ++i) {
        INFO(samples[i].row->name << " " << std::hex << samples[i].word << " is " << texts[i]);
        CHECK(agrees(*samples[i].row, samples[i].word, texts[i]));
    }
}

TEST_CASE("a row with any one fixed bit wrong is caught, by another row or by binutils") {
    std::vector<A64Row> mutants;
    for (const A64Row& row : emu::a64_rows()) {
        if (!has_mnemonic(row)) continue;
        for (unsigned bit = 0; bit < 32; ++bit) {
            if (((row.pattern.mask >> bit) & 1) == 0 || binutils_overlooks(row, bit)) continue;
            const A64Row mutant = with_flipped_bit(row, bit);
            if (!overlaps_another(mutant, row)) mutants.push_back(mutant);
        }
    }
    REQUIRE(mutants.size() > 1000);
    Random random{2};
    std::vector<Sample> samples;
    for (const A64Row& mutant : mutants) {
        for (unsigned i = 0; i < 8; ++i) samples.push_back({&mutant, printable_word(mutant, random)});
    }
    const std::vector<std::string> texts = objdump_texts(words_of(samples), "test_isa_mutants");
    std::map<const A64Row*, bool> caught;
    for (std::size_t i = 0; i < samples.size(); ++i) {
        caught[samples[i].row] |= !agrees(*samples[i].row, samples[i].word, texts[i]);
    }
    for (const A64Row& mutant : mutants) {
        INFO(mutant.name << " as " << std::hex << mutant.pattern.match);
        CHECK(caught[&mutant]);
    }
}
