// Descriptor layout against words taken from a running Linux, not against the layout's own constants.
#include "mmu/arch/descriptor.h"

#include "tests/support/catch.h"

using arch::Descriptor;
using arch::DescriptorType;
using arch::Granule;
using arch::u64;

TEST_CASE("a folded anonymous page of Linux decodes into its documented fields") {
    // From ptdump of a process with contpte: writable, dirty, folded.
    const Descriptor d{0x00f8000041c80f43};
    CHECK(d.type_at(Granule::k4K, 3) == DescriptorType::Page);
    CHECK(d.output_address(Granule::k4K, 3) == 0x41c80000);
    CHECK(d.get<Descriptor::AttrIndx>() == 0);
    CHECK(d.test<Descriptor::AP1>());
    CHECK_FALSE(d.test<Descriptor::AP2>());
    CHECK(d.get<Descriptor::SH>() == 3);
    CHECK(d.test<Descriptor::AF>());
    CHECK(d.test<Descriptor::nG>());
    CHECK(d.test<Descriptor::DBM>());
    CHECK(d.test<Descriptor::Contiguous>());
    CHECK(d.test<Descriptor::PXN>());
    CHECK(d.test<Descriptor::UXN>());
    CHECK(d.get<Descriptor::Software>() == 1);  // bit 55, Linux's PTE_DIRTY
    CHECK_FALSE(d.test<Descriptor::GP>());
}

TEST_CASE("a clean writable page has the read-only bit beside DBM") {
    const Descriptor d{0x00e8000041c80fc3};
    CHECK(d.test<Descriptor::AP2>());
    CHECK(d.test<Descriptor::DBM>());
    CHECK_FALSE(d.test<Descriptor::Contiguous>());
    CHECK(d.with<Descriptor::AP2>(0).raw == 0x00e8000041c80f43);
    CHECK(d.with<Descriptor::Contiguous>(1).raw == 0x00f8000041c80fc3);
}

TEST_CASE("the low two bits and the level decide what a descriptor is") {
    CHECK(Descriptor{0x41c80f42}.type_at(Granule::k4K, 3) == DescriptorType::Invalid);
    CHECK(Descriptor{0x41c80f41}.type_at(Granule::k4K, 3) == DescriptorType::Invalid);  // reserved at level 3
    CHECK(Descriptor{0x41c00f41}.type_at(Granule::k4K, 2) == DescriptorType::Block);
    CHECK(Descriptor{0x40000f41}.type_at(Granule::k4K, 1) == DescriptorType::Block);
    CHECK(Descriptor{0x40000f41}.type_at(Granule::k4K, 0) == DescriptorType::Invalid);
    CHECK(Descriptor{0x40000f41}.type_at(Granule::k16K, 1) == DescriptorType::Invalid);
    CHECK(Descriptor{0x40000f41}.type_at(Granule::k64K, 1) == DescriptorType::Invalid);
    CHECK(Descriptor{0x40000f41}.type_at(Granule::k64K, 2) == DescriptorType::Block);
    CHECK(Descriptor{0x41c83003}.type_at(Granule::k4K, 2) == DescriptorType::Table);
}

TEST_CASE("addresses in descriptors stop at the size of what they point to") {
    CHECK(Descriptor{0x0060000041dffff5}.output_address(Granule::k4K, 2) == 0x41c00000);
    CHECK(Descriptor{0x0060000041dff003}.output_address(Granule::k16K, 3) == 0x41dfc000);
    CHECK(Descriptor{0x0060000041dff003}.output_address(Granule::k64K, 3) == 0x41df0000);
    CHECK(Descriptor{0xf8000000beeff003}.next_table(Granule::k4K) == 0xbeeff000);
    CHECK(Descriptor{0xf8000000beeff003}.next_table(Granule::k64K) == 0xbeef0000);
}

TEST_CASE("table attributes are the top bits of a table descriptor") {
    CHECK(Descriptor{0x8000000000000003}.test<Descriptor::NSTable>());
    CHECK(Descriptor{0x6000000000000003}.get<Descriptor::APTable>() == 3);
    CHECK(Descriptor{0x1000000000000003}.test<Descriptor::UXNTable>());
    CHECK(Descriptor{0x0800000000000003}.test<Descriptor::PXNTable>());
}

TEST_CASE("bits 51:48 of an address are where the granule keeps them") {
    using arch::AddressLayout;
    // 64K with FEAT_LPA: bits 15:12.
    CHECK(Descriptor{0x0060000041dfa703}.output_address(Granule::k64K, 3, AddressLayout::Bits52Lpa) == 0xa'0000'41df'0000);
    CHECK(Descriptor{0x00000000beeff003}.next_table(Granule::k64K, AddressLayout::Bits52Lpa) == 0xf'0000'beef'0000);
    CHECK(Descriptor{0x0060000041dfa703}.output_address(Granule::k64K, 3) == 0x41df'0000);
    // TCR_EL1.DS: 51:50 in bits 9:8, 49:48 in their place.
    CHECK(Descriptor{0x0063000041dff703}.output_address(Granule::k4K, 3, AddressLayout::Bits52Ds) == 0xf'0000'41df'f000);
    CHECK(Descriptor{0x0061000041dff603}.output_address(Granule::k16K, 3, AddressLayout::Bits52Ds) == 0x9'0000'41df'c000);
    CHECK(Descriptor{0x00020000beeff103}.next_table(Granule::k4K, AddressLayout::Bits52Ds) == 0x6'0000'beef'f000);
}

TEST_CASE("layouts of 52 bits bring larger blocks") {
    using arch::AddressLayout;
    CHECK(Descriptor{0x40000f41}.type_at(Granule::k4K, 0, AddressLayout::Bits52Ds) == DescriptorType::Block);
    CHECK(Descriptor{0x40000f41}.type_at(Granule::k4K, -1, AddressLayout::Bits52Ds) == DescriptorType::Invalid);
    CHECK(Descriptor{0x40000f41}.type_at(Granule::k16K, 1, AddressLayout::Bits52Ds) == DescriptorType::Block);
    CHECK(Descriptor{0x40000f41}.type_at(Granule::k16K, 0, AddressLayout::Bits52Ds) == DescriptorType::Invalid);
    CHECK(Descriptor{0x40000f41}.type_at(Granule::k64K, 1, AddressLayout::Bits52Lpa) == DescriptorType::Block);
    // 512 GiB, 64 GiB and 4 TiB.
    CHECK(arch::level_size(Granule::k4K, 0) == u64{512} << 30);
    CHECK(arch::level_size(Granule::k16K, 1) == u64{64} << 30);
    CHECK(arch::level_size(Granule::k64K, 1) == u64{4} << 40);
}
