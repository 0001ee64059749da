// The judgement of contiguous groups that `monitor walk` prints. Descriptors are raw words, as Linux writes them.
#include <array>

#include "emu/debug/group_state.h"
#include "tests/support/catch.h"

using namespace emu::debug;
using arch::Descriptor;
using arch::u64;

namespace {

constexpr u64 kUserPage = 0x00e8000000000fc3;  // page, AP1, AP2 (clean), SH, AF, nG, DBM, PXN, UXN
constexpr u64 kContiguous = u64{1} << 52;
constexpr u64 kFrames = 0x48010000;  // a multiple of 64K

using Group = std::array<Descriptor, 16>;

Group group(u64 bits, u64 frames = kFrames) {
    Group out;
    for (u64 i = 0; i < out.size(); ++i) out[i].raw = bits | (frames + 4096 * i);
    return out;
}
std::string judged(const Group& entries) { return text_of(judge_group(entries, arch::Granule::k4K, 3)); }

}  // namespace

TEST_CASE("A group with the Contiguous bit on all entries is folded") {
    CHECK(judge_group(group(kUserPage | kContiguous), arch::Granule::k4K, 3).state == GroupState::Folded);
}

TEST_CASE("A group of consecutive, aligned, equal pages without the bit is foldable") {
    CHECK(judge_group(group(kUserPage), arch::Granule::k4K, 3).state == GroupState::Foldable);
}

TEST_CASE("Access flag and dirty state may differ within a group") {
    Group entries = group(kUserPage);
    entries[3].raw &= ~(u64{1} << 10);  // AF
    entries[5].raw &= ~(u64{1} << 7);   // AP2: written through DBM
    entries[5].raw |= u64{1} << 55;     // Linux's dirty bit
    CHECK(judge_group(entries, arch::Granule::k4K, 3).state == GroupState::Foldable);
}

TEST_CASE("Each reason against folding is named with the entry that gives it") {
    Group entries = group(kUserPage);
    entries[3].raw = 0;
    CHECK(judged(entries) == "not foldable: entry 3 is invalid");
    entries = group(kUserPage);
    entries[7].raw += 4096;
    CHECK(judged(entries) == "not foldable: the frame of entry 7 does not follow the one before");
    entries = group(kUserPage);
    entries[9].raw ^= u64{1} << 54;
    CHECK(judged(entries) == "not foldable: entry 9 differs from the first in UXN");
    entries = group(kUserPage & ~(u64{1} << 51));
    entries[2].raw ^= u64{1} << 7;
    CHECK(judged(entries) == "not foldable: entry 2 differs from the first in AP2");
    CHECK(judged(group(kUserPage, kFrames + 4096)) == "not foldable: the first frame is not aligned to the group's size");
}

TEST_CASE("The Contiguous bit on some entries, or on entries that disagree, is broken") {
    Group entries = group(kUserPage | kContiguous);
    entries[15].raw &= ~kContiguous;
    CHECK(judged(entries) == "half changed, or broken: Contiguous on 15 of 16");
    entries = group(kUserPage | kContiguous);
    entries[1].raw ^= u64{1} << 51;
    CHECK(judged(entries) == "half changed, or broken: entry 1 differs from the first in DBM");
}
