// TLBI operands against words computed from the manual's operand formats by hand.
#include "mmu/arch/tlbi.h"

#include "tests/support/catch.h"

using arch::decode_tlbi;
using arch::Granule;
using arch::Shareability;
using arch::TlbInvalidation;
using Scope = TlbInvalidation::Scope;

namespace {

// op1, CRn, CRm, op2 as in "SYS #op1, Cn, Cm, #op2".
constexpr arch::TlbiOpcode kVmalle1{0, 8, 7, 0}, kVmalle1is{0, 8, 3, 0}, kAside1is{0, 8, 3, 2}, kVae1is{0, 8, 3, 1},
    kVale1is{0, 8, 3, 5}, kVaae1is{0, 8, 3, 3}, kVaale1os{0, 8, 1, 7}, kRvae1is{0, 8, 2, 1}, kRvale1is{0, 8, 2, 5},
    kRvaae1os{0, 8, 5, 3}, kRvaale1{0, 8, 6, 7};

TlbInvalidation decoded(arch::TlbiOpcode op, arch::u64 xt, bool has_ttl = true) {
    const auto out = decode_tlbi(op, xt, Granule::k4K, has_ttl);
    REQUIRE(out.has_value());
    return *out;
}

}  // namespace

TEST_CASE("TLBI operations decode to scope, domain and level restriction") {
    CHECK(decoded(kVmalle1, 0).scope == Scope::All);
    CHECK(decoded(kVmalle1, 0).shareability == Shareability::NonShareable);
    CHECK(decoded(kVmalle1is, 0).shareability == Shareability::InnerShareable);
    CHECK(decoded(kAside1is, 0x0042'0000'0000'0000).scope == Scope::Asid);
    CHECK(decoded(kAside1is, 0x0042'0000'0000'0000).asid == 0x42);
    CHECK(decoded(kVae1is, 0).scope == Scope::VaAsid);
    CHECK_FALSE(decoded(kVae1is, 0).last_level_only);
    CHECK(decoded(kVale1is, 0).last_level_only);
    CHECK(decoded(kVaae1is, 0).scope == Scope::VaAllAsids);
    CHECK(decoded(kVaale1os, 0).shareability == Shareability::OuterShareable);
    CHECK(decoded(kVaale1os, 0).last_level_only);
    CHECK(decoded(kRvale1is, 0x0000'4000'0000'0000).is_range);
    CHECK(decoded(kRvaae1os, 0x0000'4000'0000'0000).shareability == Shareability::OuterShareable);
    CHECK(decoded(kRvaale1, 0x0000'4000'0000'0000).scope == Scope::VaAllAsids);
}

TEST_CASE("encodings outside TLBI of EL1 are not decoded") {
    CHECK_FALSE(decode_tlbi({4, 8, 3, 1}, 0, Granule::k4K, false));  // ALLE2IS and friends
    CHECK_FALSE(decode_tlbi({0, 7, 3, 1}, 0, Granule::k4K, false));
    CHECK_FALSE(decode_tlbi({0, 8, 3, 4}, 0, Granule::k4K, false));
    CHECK_FALSE(decode_tlbi({0, 8, 2, 0}, 0, Granule::k4K, false));  // no range form of VMALLE1
    CHECK_FALSE(decode_tlbi({0, 8, 4, 1}, 0, Granule::k4K, false));
    CHECK_FALSE(decode_tlbi(kRvae1is, 0, Granule::k4K, false));      // reserved granule
}

TEST_CASE("a single-address operand holds ASID and page number") {
    // VA 0x0000_7fae_e0d1_2000, ASID 0x2b.
    const auto t = decoded(kVae1is, 0x002b'0007'faee'0d12);
    CHECK(t.asid == 0x2b);
    CHECK(t.va == 0x0000'7fae'e0d1'2000);
    CHECK(t.bytes == 0x1000);
    CHECK(t.ttl_level == -1);
    CHECK(arch::tlbi_va_operand(0x0000'7fae'e0d1'2345, 0x2b, Granule::k4K, 0) == 0x002b'0007'faee'0d12);
}

TEST_CASE("kernel addresses are extended from bit 55 of the operand") {
    CHECK(decoded(kVaae1is, 0x0000'0fff'f000'0812).va == 0xffff'ff00'0081'2000);
}

TEST_CASE("the level hint counts only with FEAT_TTL") {
    // TTL = 0b0111: 4K granule, level 3.
    const arch::u64 xt = 0x002b'7007'faee'0d12;
    CHECK(decoded(kVale1is, xt, true).ttl_level == 3);
    CHECK(decoded(kVale1is, xt, false).ttl_level == -1);
    CHECK(decoded(kVale1is, xt, true).va == 0x0000'7fae'e0d1'2000);
    CHECK(arch::tlbi_va_operand(0x0000'7fae'e0d1'2000, 0x2b, Granule::k4K, 3) == xt);
    // 64K granule, level 2; level 0 of a granule is no hint.
    CHECK(decoded(kVale1is, 0x002b'e007'faee'0d12, true).ttl_level == 2);
    CHECK(decoded(kVale1is, 0x002b'e007'faee'0d12, true).granule == Granule::k64K);
    CHECK(decoded(kVale1is, 0x002b'4007'faee'0d12, true).ttl_level == -1);
}

TEST_CASE("with larger granules the low page-number bits of a single-address operand are ignored") {
    const auto t = decode_tlbi(kVale1is, 0x002b'0007'faee'0d12, Granule::k64K, false);
    REQUIRE(t);
    CHECK(t->va == 0x0000'7fae'e0d1'0000);
    CHECK(t->bytes == 0x10000);
}

TEST_CASE("range operations cover (NUM + 1) << (5 * SCALE + 1) pages") {
    CHECK(arch::tlbi_range_pages(0, 7) == 16);
    CHECK(arch::tlbi_range_pages(0, 15) == 32);
    CHECK(arch::tlbi_range_pages(1, 1) == 128);
    CHECK(arch::tlbi_range_pages(0, 0) == 2);
    CHECK(arch::tlbi_range_pages(3, 31) == 2097152);
}

TEST_CASE("a range operand of one folded block decodes to its 64 KiB") {
    // ASID 0x2b, TG 4K, SCALE 0, NUM 7, TTL 3, base 0x0000_7fae_e0d1_0.
    const arch::u64 xt = 0x002b'43e7'faee'0d10;
    const auto t = decoded(kRvale1is, xt);
    CHECK(t.asid == 0x2b);
    CHECK(t.va == 0x0000'7fae'e0d1'0000);
    CHECK(t.bytes == 0x10000);
    CHECK(t.ttl_level == 3);
    CHECK(t.last_level_only);
    CHECK(arch::tlbi_range_operand(0x0000'7fae'e0d1'0000, 0x2b, Granule::k4K, 0, 7, 3) == xt);
}

TEST_CASE("a range base counts in pages of its granule") {
    // TG 64K, SCALE 1, NUM 0: 64 pages of 64K = 4 MiB at 0x40_0000; no level hint.
    const auto t = decoded(kRvae1is, 0x0001'd000'0000'0040);
    CHECK(t.va == 0x40'0000);
    CHECK(t.bytes == arch::u64{0x40'0000});
    CHECK(t.granule == Granule::k64K);
    CHECK(t.ttl_level == -1);
}

TEST_CASE("FEAT_LPA2 brings level hints of its blocks, and ranges that start at a multiple of 64K") {
    const auto level = [](arch::u64 xt, bool has_lpa2) {
        return decode_tlbi(kVale1is, xt, Granule::k4K, true, {has_lpa2, false})->ttl_level;
    };
    CHECK(level(0x002b'4007'faee'0d12, true) == 0);    // 4K, level 0
    CHECK(level(0x002b'4007'faee'0d12, false) == -1);
    CHECK(level(0x002b'9007'faee'0d12, true) == 1);    // 16K, level 1
    CHECK(level(0x002b'9007'faee'0d12, false) == -1);
    CHECK(level(0x002b'd007'faee'0d12, false) == 1);   // 64K, level 1
    // TG = 4K, SCALE 0, NUM 0, BaseADDR 0x123.
    const auto plain = decode_tlbi(kRvae1is, 0x0000'4000'0000'0123, Granule::k4K, true);
    CHECK(plain->va == 0x12'3000);
    const auto large = decode_tlbi(kRvae1is, 0x0000'4000'0000'0123, Granule::k4K, true, {true, true});
    CHECK(large->va == 0x123'0000);
    CHECK(large->bytes == 0x2000);
}
