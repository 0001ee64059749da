// Blocks built descriptor by descriptor: what a snapshot calls each, and why.
#include "emu/machine/fold_state.h"

#include <vector>

#include "tests/support/catch.h"

using namespace emu;
using arch::Descriptor;
using arch::u64;

namespace {

constexpr u64 kPage = 4096;
constexpr u64 kFrames = 0x48000000;  // 64K aligned
constexpr u64 kUserPage = 0x00e0000000000f43;  // valid page, AF, nG, inner shareable, EL0 may write, UXN and PXN, software dirty
constexpr u64 kContiguous = u64{1} << 52;

std::vector<Descriptor> block(u64 first = kFrames, u64 attributes = kUserPage) {
    std::vector<Descriptor> out;
    for (u64 i = 0; i < 16; ++i) out.push_back({(first + i * kPage) | attributes});
    return out;
}

std::optional<GuestFolio> folio_of_64K(u64 pa) { return GuestFolio{pa & ~u64{0xffff}, 4}; }

FoldState state(const std::vector<Descriptor>& entries, const FolioLookup& folio = folio_of_64K) {
    return fold_state(entries, {arch::Granule::k4K, arch::AddressLayout::Bits48}, folio);
}

std::string reason(const std::vector<Descriptor>& entries, const FolioLookup& folio = folio_of_64K) {
    CHECK(std::string{state(entries, folio).state} == "not foldable");
    return state(entries, folio).reason;
}

}  // namespace

TEST_CASE("a block with the bit on all entries is folded, and without it foldable") {
    CHECK(std::string{state(block(kFrames, kUserPage | kContiguous)).state} == "folded");
    CHECK(std::string{state(block()).state} == "foldable");
}

TEST_CASE("a block of which nothing is mapped has no state") {
    CHECK(state(std::vector<Descriptor>(16)).state == nullptr);
}

TEST_CASE("access flags and dirty state of single pages do not keep a block from being folded") {
    auto entries = block();
    entries[3].raw &= ~Descriptor::AF::kMask;
    entries[5].raw &= ~(u64{1} << 55);
    CHECK(std::string{state(entries).state} == "foldable");
    // Hardware-managed dirty state: writable with DBM, read only while clean.
    auto managed = block(kFrames, kUserPage | Descriptor::DBM::kMask);
    managed[7].raw |= Descriptor::AP2::kMask;
    CHECK(std::string{state(managed).state} == "foldable");
}

TEST_CASE("each reason not to fold is told from the others") {
    auto entries = block();
    SECTION("hole") {
        entries[15] = {};
        CHECK(reason(entries) == "hole");
    }
    SECTION("the bit on some entries") {
        entries[2].raw |= kContiguous;
        CHECK(reason(entries) == "Contiguous bit on some entries only");
    }
    SECTION("permissions") {
        entries[9].raw |= Descriptor::AP2::kMask;
        CHECK(reason(entries) == "different permissions or attributes");
    }
    SECTION("memory type") {
        entries[9].raw |= Descriptor::AttrIndx::make(1);
        CHECK(reason(entries) == "different permissions or attributes");
    }
    SECTION("alignment") {
        CHECK(reason(block(kFrames + 4 * kPage), [](u64) { return GuestFolio{kFrames, 9}; }) == "frames not aligned");
    }
    SECTION("contiguity") {
        std::swap(entries[4], entries[5]);
        CHECK(reason(entries) == "frames not contiguous");
    }
    SECTION("small folios") {
        CHECK(reason(entries, [](u64 pa) { return GuestFolio{pa, 0}; }) == "folio too small");
    }
    SECTION("two folios") {
        CHECK(reason(block(kFrames + 8 * kPage)) == "different folios");
    }
    SECTION("special") {
        for (auto& e : entries) e.raw |= u64{1} << 56;
        CHECK(reason(entries) == "special page");
    }
}

TEST_CASE("where nobody knows folios, the tables alone decide") {
    CHECK(std::string{state(block(), [](u64) { return std::nullopt; }).state} == "foldable");
}

TEST_CASE("with 64K pages 32 entries are a block") {
    std::vector<Descriptor> entries;
    for (u64 i = 0; i < 32; ++i) entries.push_back({(u64{0x40000000} + i * 0x10000) | kUserPage});
    const auto unknown = [](u64) -> std::optional<GuestFolio> { return std::nullopt; };
    CHECK(std::string{fold_state(entries, {arch::Granule::k64K, arch::AddressLayout::Bits48}, unknown).state} == "foldable");
    std::swap(entries[30], entries[31]);
    CHECK(std::string{fold_state(entries, {arch::Granule::k64K, arch::AddressLayout::Bits48}, unknown).reason} == "frames not contiguous");
}
