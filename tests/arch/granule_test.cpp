#include "mmu/arch/granule.h"

#include "mmu/arch/address.h"
#include "tests/support/catch.h"

using arch::Granule;

TEST_CASE("each level of the 4K granule resolves nine bits") {
    constexpr arch::u64 va = 0x0000'7fae'e0d1'2345;  // indices 255, 187, 262, 274
    CHECK(arch::table_index(Granule::k4K, 0, va) == 0xff);
    CHECK(arch::table_index(Granule::k4K, 1, va) == 0x0bb);
    CHECK(arch::table_index(Granule::k4K, 2, va) == 0x106);
    CHECK(arch::table_index(Granule::k4K, 3, va) == 0x112);
}

TEST_CASE("block sizes of each granule are those of the manual") {
    CHECK(arch::level_size(Granule::k4K, 3) == 0x1000);
    CHECK(arch::level_size(Granule::k4K, 2) == 0x20'0000);
    CHECK(arch::level_size(Granule::k4K, 1) == 0x4000'0000);
    CHECK(arch::level_size(Granule::k16K, 2) == 0x200'0000);
    CHECK(arch::level_size(Granule::k64K, 2) == 0x2000'0000);
}

TEST_CASE("contiguous groups reach 64K, 32M and 16G with 4K pages, 2M and 1G with 16K, 2M and 16G with 64K") {
    CHECK(arch::contiguous_count(Granule::k4K, 3) == 16);
    CHECK(arch::contiguous_reach_shift(Granule::k4K, 3) == 16);
    CHECK(arch::contiguous_reach_shift(Granule::k4K, 2) == 25);
    CHECK(arch::contiguous_reach_shift(Granule::k4K, 1) == 34);
    CHECK(arch::contiguous_count(Granule::k16K, 3) == 128);
    CHECK(arch::contiguous_reach_shift(Granule::k16K, 3) == 21);
    CHECK(arch::contiguous_count(Granule::k16K, 2) == 32);
    CHECK(arch::contiguous_reach_shift(Granule::k16K, 2) == 30);
    CHECK(arch::contiguous_reach_shift(Granule::k64K, 3) == 21);
    CHECK(arch::contiguous_reach_shift(Granule::k64K, 2) == 34);
    CHECK(arch::contiguous_count(Granule::k4K, 0) == 1);
    CHECK(arch::contiguous_count(Granule::k16K, 1) == 1);
}

TEST_CASE("walks start at the level that the input size asks for") {
    CHECK(arch::start_level(Granule::k4K, 48) == 0);
    CHECK(arch::start_level(Granule::k4K, 40) == 0);
    CHECK(arch::start_level(Granule::k4K, 39) == 1);
    CHECK(arch::start_level(Granule::k4K, 30) == 2);
    CHECK(arch::start_level(Granule::k16K, 48) == 0);
    CHECK(arch::start_level(Granule::k16K, 47) == 1);
    CHECK(arch::start_level(Granule::k16K, 36) == 2);
    CHECK(arch::start_level(Granule::k64K, 48) == 1);
    CHECK(arch::start_level(Granule::k64K, 42) == 2);
    CHECK(arch::start_level(Granule::k64K, 29) == 3);
}

TEST_CASE("bit helpers keep to their edges") {
    CHECK(arch::low_mask(0) == 0);
    CHECK(arch::low_mask(64) == ~arch::u64{0});
    CHECK(arch::sign_extend(0x0080'0000'0000'0000, 56) == static_cast<arch::i64>(0xff80'0000'0000'0000));
    CHECK(arch::align_up(0x1001, 0x1000) == 0x2000);
    CHECK(arch::align_up(0x1000, 0x1000) == 0x1000);
    CHECK((arch::BitField<63, 0>::kMask) == ~arch::u64{0});
    CHECK((arch::BitField<7, 4>::set(0xffff, 0x12) == 0xff2f));
    CHECK(arch::VirtualAddress{0x1fff}.align_down_to(0x1000).value == 0x1000);
}
