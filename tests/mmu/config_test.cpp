#include "mmu/config.h"

#include "mmu/base/archive.h"
#include "mmu/base/config_schema.h"
#include "mmu/base/user_error.h"
#include "mmu/mmu.h"
#include "tests/mmu/support/fake_memory.h"
#include "tests/support/catch.h"

using Catch::Contains;

TEST_CASE("the default is a Neoverse N1") {
    mmu::MmuConfig config;
    emu::ParameterList keys{config};
    CHECK(keys.get("mmu.l1d_tlb.entries") == "48");
    CHECK(keys.get("mmu.l1d_tlb.ways") == "0");
    CHECK(keys.get("mmu.l2_tlb.entries") == "1280");
    CHECK(keys.get("mmu.l2_tlb.ways") == "5");
    CHECK(keys.get("mmu.contiguous") == "hint+coalesce4");
    CHECK(keys.get("mmu.walk_cache") == "l2tlb");
    CHECK(config.features.hafdbs == 2);
    CHECK_NOTHROW(mmu::validate(config));
}

TEST_CASE("keys set what they name and refuse what makes no sense") {
    mmu::MmuConfig config;
    emu::ParameterList keys{config};
    keys.set("mmu.contiguous", "coalesce8", "test");
    keys.set("mmu.l1d_tlb.page_sizes", "4K,32K,2M", "test");
    keys.set("mmu.replacement", "plru", "test");
    CHECK(config.contiguous == mmu::Contiguity::Coalesce8);
    CHECK(mmu::parse_page_sizes(config.l1d_tlb.page_sizes) == ((1u << 12) | (1u << 15) | (1u << 21)));
    CHECK(config.replacement == mmu::Replacement::Plru);
    CHECK_THROWS_AS(keys.set("mmu.l1d_tlb.page_sizes", "64K", "test"), emu::UserError);  // without 4K
    CHECK_THROWS_AS(keys.set("mmu.l1d_tlb.page_sizes", "4K,5K", "test"), emu::UserError);
    CHECK_THROWS_AS(keys.set("mmu.l1d_tlb.page_sizes", "", "test"), emu::UserError);
    CHECK_THROWS_AS(keys.set("mmu.contiguous", "coalesce3", "test"), emu::UserError);
    CHECK_THROWS_AS(keys.set("mmu.l1d_tlb.entries", "0", "test"), emu::UserError);
}

TEST_CASE("contradicting sizes are refused with the way out") {
    mmu::MmuConfig config;
    config.l2_tlb.ways = 7;
    CHECK_THROWS_WITH(mmu::validate(config), Contains("mmu.l2_tlb") && Contains("1280 entries in 7 ways"));
    config.l2_tlb = {96, 8, "4K"};  // twelve sets
    CHECK_THROWS_AS(mmu::validate(config), emu::UserError);
    config.l2_tlb = {64, 8, "2M"};
    CHECK_THROWS_WITH(mmu::validate(config), Contains("4K among them"));
    test::FakeMemory memory{4096};
    mmu::Counters counters;
    CHECK_THROWS_AS((mmu::Mmu{config, memory, counters}), emu::UserError);
}

TEST_CASE("features follow the identification registers of the core") {
    // Neoverse N1: 48-bit addresses, 16-bit ASIDs, hardware access flag and dirty state.
    const auto n1 = mmu::features_of({0x0000'0000'0010'1125, 0x0000'0000'1021'2122, 0x1011});
    CHECK(n1.pa_bits == 48);
    CHECK(n1.asid_bits == 16);
    CHECK(n1.hafdbs == 2);
    CHECK((n1.granule_16k && n1.granule_64k));
    CHECK_FALSE((n1.lpa2_4k || n1.lpa2_16k || n1.lva || n1.ttst || n1.e0pd));
    // Cortex-A72: 44 bits, none, and no 16K granule.
    const auto a72 = mmu::features_of({0x0000'0000'0000'1124, 0, 0});
    CHECK_FALSE(a72.granule_16k);
    CHECK(a72.granule_64k);
    CHECK(a72.pa_bits == 44);
    CHECK(a72.hafdbs == 0);
    // Apple M1: 36 bits, 8-bit ASIDs, no 64K granule.
    const auto m1 = mmu::features_of({0x0000'1201'0f10'0001, 0x1121'2100, 0});
    CHECK_FALSE(m1.granule_64k);
    CHECK(m1.pa_bits == 36);
    CHECK(m1.asid_bits == 8);
    CHECK(m1.hafdbs == 0);
    // 52 bits with every granule and small tables, as QEMU's max announces them.
    const auto max = mmu::features_of({0x1020'1126, 0x2, 0x1000'0000'1001'0000});
    CHECK(max.pa_bits == 52);
    CHECK((max.lpa2_4k && max.lpa2_16k && max.lva && max.ttst && max.e0pd));
}

TEST_CASE("an archive brings back what it saved, and its hash depends on each value and on their order") {
    struct Sample {
        std::uint8_t small{3};
        bool flag{true};
        std::array<std::uint32_t, 2> pair{5, 6};
        std::vector<std::uint64_t> list{~std::uint64_t{0}, 1};
        mmu::Replacement policy{mmu::Replacement::Random};
        void serialize(emu::Archive& archive) { archive(small, flag, pair, list, policy); }
    };
    Sample out;
    auto save = emu::Archive::saver();
    save(out);
    Sample in{0, false, {0, 0}, {}, mmu::Replacement::Lru};
    auto load = emu::Archive::loader(save.saved());
    load(in);
    CHECK(in.small == 3);
    CHECK(in.flag);
    CHECK(in.pair == out.pair);
    CHECK(in.list == out.list);
    CHECK(in.policy == out.policy);
    CHECK_THROWS_AS(load(in), emu::UserError);  // nothing left

    const auto hash = [](Sample s) {
        auto archive = emu::Archive::hasher();
        archive(s);
        return archive.hash();
    };
    Sample swapped = out;
    std::swap(swapped.pair[0], swapped.pair[1]);
    Sample other = out;
    other.flag = false;
    CHECK(hash(out) == hash(in));
    CHECK(hash(out) != hash(swapped));
    CHECK(hash(out) != hash(other));
}
