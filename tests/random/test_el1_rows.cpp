// Rows that the random differential test leaves to the EL1 suite occur in its program.
#include <cstring>
#include <fstream>
#include <iterator>
#include <set>

#include "emu/isa/decoder.h"
#include "emu/isa/proof.h"
#include "tests/support/catch.h"

namespace {

using arch::u32;

// Encodings of every word of the image, data among them.
std::set<emu::Encoding> encodings_in(const char* path) {
    std::ifstream file{path, std::ios::binary};
    const std::string bytes{std::istreambuf_iterator<char>{file}, {}};
    std::set<emu::Encoding> found;
    for (std::size_t at = 0; at + 4 <= bytes.size(); at += 4) {
        u32 word = 0;
        std::memcpy(&word, bytes.data() + at, sizeof word);
        found.insert(emu::find_row(word));
    }
    return found;
}

}  // namespace

TEST_CASE("every row that is proven by the EL1 suite occurs in it") {
    const auto found = encodings_in(FOLDWALK_EL1_SUITE);
    REQUIRE(found.contains(emu::Encoding::ERET));
    REQUIRE_FALSE(found.contains(emu::Encoding::SHA512H));  // so a row can be missing
    for (std::size_t i = 0; i < emu::kRowCount; ++i) {
        const emu::A64Row& row = emu::a64_rows()[i];
        if (emu::proof_of(row) != emu::Proof::El1Suite) continue;
        INFO(row.name);
        CHECK(found.contains(static_cast<emu::Encoding>(i)));
    }
}
