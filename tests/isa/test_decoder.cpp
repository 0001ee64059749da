// What decodes to UNDEFINED, and what the timing lists say.
#include "emu/isa/decoder.h"

#include <vector>

#include "tests/support/catch.h"

namespace {

using arch::u32;
using arch::u8;
using emu::CoreFeatures;
using emu::DecodedOp;
using emu::DecodeOutcome;
using emu::Encoding;
using emu::Feature;
using emu::OpClass;

DecodedOp decoded(u32 word, const CoreFeatures& features = CoreFeatures::all()) {
    DecodedOp op;
    const DecodeOutcome outcome = emu::decode_operands(word, 8, features, op);
    CHECK((outcome == DecodeOutcome::Ok) == (op.encoding != static_cast<arch::u16>(Encoding::UNDEFINED)));
    return op;
}

bool is_undefined(u32 word, const CoreFeatures& features = CoreFeatures::all()) {
    return decoded(word, features).encoding == static_cast<arch::u16>(Encoding::UNDEFINED);
}

std::vector<unsigned> sources(const DecodedOp& op) {
    return {op.timing.source, op.timing.source + op.timing.source_count};
}
std::vector<unsigned> results(const DecodedOp& op) {
    return {op.timing.result, op.timing.result + op.timing.result_count};
}

}  // namespace

TEST_CASE("reserved field values are UNDEFINED") {
    CHECK(is_undefined(0x0bc2'0020));  // add w0, w1, w2 with shift type 3
    CHECK(is_undefined(0x0b02'8020));  // add w0, w1, w2, lsl #32
    CHECK(is_undefined(0x8b22'5420));  // add x0, x1, w2, uxtw #5
    CHECK(is_undefined(0x1240'0020));  // and w0, w1 with N = 1
    CHECK(is_undefined(0x1200'fc20));  // and w0, w1 with an element of all ones
    CHECK(is_undefined(0x52c0'0000));  // movz w0, #0, lsl #32
    CHECK(is_undefined(0x5300'8020));  // ubfm w0, w1, #0, #32
    CHECK(is_undefined(0x9300'0020));  // sbfm x0 with N = 0
    CHECK(is_undefined(0x1382'8020));  // extr w0, w1, w2, #32
    CHECK(is_undefined(0xf862'2820));  // ldr x0, [x1, w2, uxth]
    CHECK(is_undefined(0x0861'7c82));  // casp w1, w2, w2, w3, [x4]
    CHECK(is_undefined(0x9ac2'4020));  // crc32b with sf = 1
    CHECK(is_undefined(0x1ac2'4c20));  // crc32x with sf = 0
}

TEST_CASE("unallocated words and later extensions are UNDEFINED") {
    CHECK(is_undefined(0xffff'ffff));
    CHECK(is_undefined(0xd503'401f));  // CFINV's neighbourhood: MSR (immediate) with op1 3, op2 0
    CHECK(is_undefined(0xdac1'2020));  // PACIZA with Rn that is not 31
    CHECK(is_undefined(0xf83f'd0a0));  // LD64B (FEAT_LS64)
    CHECK(is_undefined(0x9adf'1000));  // IRG (FEAT_MTE)
    CHECK(is_undefined(0x0520'3800));  // SVE
    CHECK(is_undefined(0xd920'0020));  // STG (FEAT_MTE)
}

TEST_CASE("an instruction of a feature the core lacks is UNDEFINED there") {
    const CoreFeatures base;
    for (const u32 word : {0x9ac2'4c20u,    // crc32x
                           0xf822'0020u,    // ldadd
                           0xc8a2'7c20u,    // cas
                           0xc8df'7c20u,    // ldlar
                           0xf8bf'c020u,    // ldapr
                           0xd500'419fu,    // msr pan
                           0xd500'417fu,    // msr uao
                           0xd503'413fu,    // msr ssbs
                           0xd503'415fu,    // msr dit
                           0xd503'30ffu}) { // sb
        INFO(std::hex << word);
        CHECK(is_undefined(word, base));
        CHECK_FALSE(is_undefined(word));
    }
    CHECK_FALSE(is_undefined(0xd503'2a5f, base));  // hint #82: hints never are, an unknown one is a NOP
}

TEST_CASE("features follow the ID registers") {
    // Neoverse N1's values: FP and LSE, CRC32, RCPC, PAN, UAO, LOR, SSBS; neither DIT nor SB.
    const CoreFeatures n1 = CoreFeatures::from_id_registers({.ID_AA64PFR0_EL1 = 0x1100'0000'1011'1112,
                                                             .ID_AA64PFR1_EL1 = 0x20,
                                                             .ID_AA64ISAR0_EL1 = 0x0000'1000'1021'1120,
                                                             .ID_AA64ISAR1_EL1 = 0x0000'0000'0010'0001,
                                                             .ID_AA64MMFR1_EL1 = 0x0000'0000'1021'2122,
                                                             .ID_AA64MMFR2_EL1 = 0x0000'0000'0000'1011});
    for (const Feature present : {Feature::FP, Feature::LSE, Feature::CRC32, Feature::RCPC, Feature::PAN, Feature::UAO,
                                  Feature::LOR, Feature::SSBS, Feature::Base}) {
        CHECK(n1.has(present));
    }
    CHECK_FALSE(n1.has(Feature::DIT));
    CHECK_FALSE(n1.has(Feature::SB));
    const CoreFeatures bare = CoreFeatures::from_id_registers({.ID_AA64PFR0_EL1 = 0x00ff'0000});
    CHECK_FALSE(bare.has(Feature::FP));
    CHECK_FALSE(bare.has(Feature::LSE));
    CHECK(bare.has(Feature::Base));
}

TEST_CASE("dependency lists: addresses first, then data; the zero register never") {
    using List = std::vector<unsigned>;
    const DecodedOp adds = decoded(0xab02'0020);  // adds x0, x1, x2
    CHECK(sources(adds) == List{1, 2});
    CHECK(results(adds) == List{0, emu::kTimingNzcv});
    const DecodedOp cmp = decoded(0xeb02'003f);  // cmp x1, x2
    CHECK(results(cmp) == List{emu::kTimingNzcv});
    const DecodedOp adcs = decoded(0xba1f'0020);  // adcs x0, x1, xzr
    CHECK(sources(adcs) == List{1, emu::kTimingNzcv});
    const DecodedOp ldp = decoded(0xa8c1'0be1);  // ldp x1, x2, [sp], #16
    CHECK(sources(ldp) == List{emu::kRegSp});
    CHECK(results(ldp) == List{1, 2, emu::kRegSp});
    CHECK(ldp.timing.writeback_index == 2);
    const DecodedOp str = decoded(0xf822'7823);  // str x3, [x1, x2, lsl #3]
    CHECK(sources(str) == List{1, 2, 3});
    CHECK(results(str).empty());
    const DecodedOp casp = decoded(0x4820'7c82);  // casp x0, x1, x2, x3, [x4]
    CHECK(sources(casp) == List{4, 0, 1, 2, 3});
    CHECK(results(casp) == List{0, 1});
    const DecodedOp bl = decoded(0x9400'0002);
    CHECK(results(bl) == List{30});
    const DecodedOp read_flags = decoded(0xd53b'4200);  // mrs x0, nzcv
    CHECK(sources(read_flags) == List{emu::kTimingNzcv});
}

TEST_CASE("the last pair of a compare-and-swap pair is X30 and the zero register") {
    const DecodedOp op = decoded(0x483e'7c9e);  // casp x30, xzr, x30, xzr, [x4]
    CHECK(op.rm == 30);
    CHECK(op.ra == emu::kRegZero);
    CHECK(op.imm == emu::kRegDiscard);
    CHECK(op.shift == emu::kRegZero);
}

TEST_CASE("timing classes that depend on operands") {
    CHECK(decoded(0x8b02'1020).timing.op_class == OpClass::Alu);               // add x0, x1, x2, lsl #4
    CHECK(decoded(0x8b02'1420).timing.op_class == OpClass::AluShift);          // add x0, x1, x2, lsl #5
    CHECK(decoded(0xea02'0020).timing.op_class == OpClass::AluFlags);          // ands x0, x1, x2
    CHECK(decoded(0xea02'0420).timing.op_class == OpClass::AluShift);          // ands x0, x1, x2, lsl #1
    CHECK(decoded(0x93c1'2020).timing.op_class == OpClass::Alu);               // ror x0, x1, #8
    CHECK(decoded(0x93c2'2020).timing.op_class == OpClass::AluShift);          // extr x0, x1, x2, #8
    CHECK(decoded(0xd50b'7420).timing.op_class == OpClass::DcZva);             // dc zva, x0
    CHECK(decoded(0xd50b'7e20).timing.op_class == OpClass::CacheMaintenance);  // dc civac, x0
    CHECK(decoded(0xd508'7800).timing.op_class == OpClass::AddressTranslate);  // at s1e1r, x0
    CHECK(decoded(0xd508'8320).timing.op_class == OpClass::Tlbi);              // tlbi vae1is, x0
}

TEST_CASE("hints carry their number, and the named ones have rows of their own") {
    CHECK(decoded(0xd503'201f).encoding == static_cast<arch::u16>(Encoding::NOP));
    CHECK(decoded(0xd503'207f).encoding == static_cast<arch::u16>(Encoding::WFI));
    const DecodedOp marker = decoded(0xd503'2a5f);  // hint #82
    CHECK(marker.encoding == static_cast<arch::u16>(Encoding::HINT));
    CHECK(marker.imm == 82);
}
