// Every addressing form of loads and stores, against what the manual's operation says of bytes and base.
#include "tests/core/page_tables.h"
#include "tests/support/catch.h"

using namespace core_test;

namespace {

constexpr u64 kBase = kData + 0x800;

// A byte pattern in which every byte of a doubleword differs, and most have their top bit set somewhere.
u8 pattern(u64 pa) { return static_cast<u8>((pa * 37 + 0x85) ^ (pa >> 3)); }

void fill(TestMachine& m) {
    for (u64 pa = kData; pa < kData + 0x1000; ++pa) m.poke<u8>(pa, pattern(pa));
}

u64 bytes_at(u64 pa, unsigned size) {
    u64 value = 0;
    for (unsigned i = 0; i < size; ++i) value |= u64{pattern(pa + i)} << (8 * i);
    return value;
}

struct LoadForm {
    const char* program;
    unsigned size;         // of one element
    unsigned sign_to;      // 0: zero-extends; 32 or 64: extends the sign to that
    int address;           // of the access, from the base
    int write_back;        // change of the base
    bool pair;
};

// x2 = kIndex for register offsets.
constexpr u64 kIndex = 0xfffffffffffffff8;  // -8, also as a 32-bit index
constexpr u64 kIndex32 = 0x12;              // for UXTW

const LoadForm kLoads[] = {
    {"ldrb_imm", 1, 0, 5, 0, false},          {"ldrh_imm", 2, 0, 6, 0, false},
    {"ldr_imm_32", 4, 0, 12, 0, false},       {"ldr_imm_64", 8, 0, 24, 0, false},
    {"ldrsb_imm_64", 1, 64, 5, 0, false},     {"ldrsb_imm_32", 1, 32, 5, 0, false},
    {"ldrsh_imm_64", 2, 64, 6, 0, false},     {"ldrsh_imm_32", 2, 32, 6, 0, false},
    {"ldrsw_imm", 4, 64, 12, 0, false},       {"ldurb", 1, 0, -3, 0, false},
    {"ldurh", 2, 0, -3, 0, false},            {"ldur_32", 4, 0, -5, 0, false},
    {"ldur_64", 8, 0, -9, 0, false},          {"ldursb_64", 1, 64, -3, 0, false},
    {"ldursb_32", 1, 32, -3, 0, false},       {"ldursh_64", 2, 64, -3, 0, false},
    {"ldursh_32", 2, 32, -3, 0, false},       {"ldursw", 4, 64, -5, 0, false},
    {"ldrb_post", 1, 0, 0, -7, false},        {"ldrh_post", 2, 0, 0, 3, false},
    {"ldr_post_32", 4, 0, 0, 4, false},       {"ldr_post_64", 8, 0, 0, 255, false},
    {"ldrsb_post_64", 1, 64, 0, -256, false}, {"ldrsb_post_32", 1, 32, 0, 1, false},
    {"ldrsh_post_64", 2, 64, 0, 2, false},    {"ldrsh_post_32", 2, 32, 0, 2, false},
    {"ldrsw_post", 4, 64, 0, -4, false},      {"ldrb_pre", 1, 0, -7, -7, false},
    {"ldrh_pre", 2, 0, 2, 2, false},          {"ldr_pre_32", 4, 0, 4, 4, false},
    {"ldr_pre_64", 8, 0, -16, -16, false},    {"ldrsb_pre_64", 1, 64, 9, 9, false},
    {"ldrsb_pre_32", 1, 32, 9, 9, false},     {"ldrsh_pre_64", 2, 64, 10, 10, false},
    {"ldrsh_pre_32", 2, 32, 10, 10, false},   {"ldrsw_pre", 4, 64, -4, -4, false},
    {"ldrb_reg", 1, 0, -8, 0, false},         {"ldrh_reg", 2, 0, -16, 0, false},
    {"ldr_reg_32", 4, 0, -8, 0, false},       {"ldr_reg_64", 8, 0, -64, 0, false},
    {"ldrsb_reg_64", 1, 64, -8, 0, false},    {"ldrsh_reg_64", 2, 64, -16, 0, false},
    {"ldrsh_reg_32", 2, 32, -8, 0, false},    {"ldrsw_reg", 4, 64, -32, 0, false},
    {"ldtrb", 1, 0, 5, 0, false},             {"ldtrh", 2, 0, 6, 0, false},
    {"ldtr_32", 4, 0, 12, 0, false},          {"ldtr_64", 8, 0, 24, 0, false},
    {"ldtrsb_64", 1, 64, 5, 0, false},        {"ldtrsb_32", 1, 32, 5, 0, false},
    {"ldtrsh_64", 2, 64, 6, 0, false},        {"ldtrsh_32", 2, 32, 6, 0, false},
    {"ldtrsw", 4, 64, 12, 0, false},          {"ldarb", 1, 0, 0, 0, false},
    {"ldarh", 2, 0, 0, 0, false},             {"ldar_32", 4, 0, 0, 0, false},
    {"ldar_64", 8, 0, 0, 0, false},           {"ldapr_64", 8, 0, 0, 0, false},
    {"ldlar_64", 8, 0, 0, 0, false},          {"ldp_off_32", 4, 0, -8, 0, true},
    {"ldp_off_64", 8, 0, 16, 0, true},        {"ldp_post_32", 4, 0, 0, 8, true},
    {"ldp_post_64", 8, 0, 0, -512, true},     {"ldp_pre_32", 4, 0, -8, -8, true},
    {"ldp_pre_64", 8, 0, 16, 16, true},       {"ldpsw_off", 4, 64, 4, 0, true},
    {"ldpsw_post", 4, 64, 0, 8, true},        {"ldpsw_pre", 4, 64, -4, -4, true},
    {"ldnp_64", 8, 0, 16, 0, true},           {"ldxp_64", 8, 0, 0, 0, true},
    {"ldaxp_32", 4, 0, 0, 0, true},
};

u64 extended(u64 value, const LoadForm& form) {
    if (form.sign_to == 0) return value;
    const auto wide = static_cast<u64>(arch::sign_extend(value, form.size * 8));
    return form.sign_to == 32 ? wide & 0xffffffff : wide;
}

struct StoreForm {
    const char* program;
    unsigned size;
    int address;
    int write_back;
    bool pair;
};
const StoreForm kStores[] = {
    {"strb_imm", 1, 5, 0, false},     {"strh_imm", 2, 6, 0, false},     {"str_imm_32", 4, 12, 0, false},
    {"str_imm_64", 8, 24, 0, false},  {"sturb", 1, -3, 0, false},       {"sturh", 2, -3, 0, false},
    {"stur_32", 4, -5, 0, false},     {"stur_64", 8, -9, 0, false},     {"strb_post", 1, 0, -7, false},
    {"strh_post", 2, 0, 3, false},    {"str_post_32", 4, 0, 4, false},  {"str_post_64", 8, 0, 255, false},
    {"strb_pre", 1, -7, -7, false},   {"strh_pre", 2, 2, 2, false},     {"str_pre_32", 4, 4, 4, false},
    {"str_pre_64", 8, -16, -16, false}, {"strb_reg", 1, -8, 0, false},  {"strh_reg", 2, -16, 0, false},
    {"str_reg_32", 4, -8, 0, false},  {"str_reg_64", 8, -64, 0, false}, {"sttrb", 1, 5, 0, false},
    {"sttrh", 2, 6, 0, false},        {"sttr_32", 4, 12, 0, false},     {"sttr_64", 8, 24, 0, false},
    {"stlrb", 1, 0, 0, false},        {"stlrh", 2, 0, 0, false},        {"stlr_32", 4, 0, 0, false},
    {"stlr_64", 8, 0, 0, false},      {"stp_off_32", 4, -8, 0, true},   {"stp_off_64", 8, 16, 0, true},
    {"stp_post_32", 4, 0, 8, true},   {"stp_post_64", 8, 0, -512, true}, {"stp_pre_32", 4, -8, -8, true},
    {"stp_pre_64", 8, 16, 16, true},  {"stnp_64", 8, 16, 0, true},
};

constexpr u64 kFirst = 0x1122334455667788;
constexpr u64 kSecond = 0x99aabbccddeeff00;

// Byte `i` of what the form stores.
u8 stored_byte(const StoreForm& form, u64 i) {
    return static_cast<u8>(i < form.size ? kFirst >> (8 * i) : kSecond >> (8 * (i - form.size)));
}

u64 offset_from(u64 base, int bytes) { return base + static_cast<u64>(static_cast<arch::i64>(bytes)); }

// Unaligned accesses need Normal memory, so the MMU has to be on.
void prepare(TestMachine& m) {
    PageTables tables{m};
    tables.map_kernel();
    tables.map(kData, kData, kNormal | kUser | kPxn);  // LDTR and STTR are EL0's accesses
    tables.enable();
    fill(m);
    m.x(1) = kBase;
    m.x(2) = kIndex;
}

}  // namespace

TEST_CASE("loads of every addressing form read the right bytes, extend them, and move the base") {
    const auto loop = GENERATE(Loop::Plain, Loop::Recording);
    for (const LoadForm& form : kLoads) {
        INFO(form.program);
        TestMachine m;
        prepare(m);
        REQUIRE(m.run(form.program, loop) == emu::StopReason::Requested);
        const u64 address = offset_from(kBase, form.address);
        CHECK(m.x(0) == extended(bytes_at(address, form.size), form));
        CHECK(m.x(1) == offset_from(kBase, form.write_back));
        if (form.pair) CHECK(m.x(3) == extended(bytes_at(address + form.size, form.size), form));
    }
}

TEST_CASE("stores of every addressing form write their bytes and no others, and move the base") {
    const auto loop = GENERATE(Loop::Plain, Loop::Recording);
    for (const StoreForm& form : kStores) {
        INFO(form.program);
        TestMachine m;
        prepare(m);
        m.x(0) = kFirst;
        m.x(3) = kSecond;
        REQUIRE(m.run(form.program, loop) == emu::StopReason::Requested);
        const u64 address = offset_from(kBase, form.address);
        const unsigned bytes = form.pair ? 2 * form.size : form.size;
        for (u64 pa = kData; pa < kData + 0x1000; ++pa) {
            const u64 i = pa - address;
            REQUIRE(m.peek<u8>(pa) == (i < bytes ? stored_byte(form, i) : pattern(pa)));
        }
        CHECK(m.x(1) == offset_from(kBase, form.write_back));
    }
}

TEST_CASE("a word index is extended without its sign by UXTW") {
    const auto loop = GENERATE(Loop::Plain, Loop::Recording);
    TestMachine m;
    prepare(m);
    m.x(2) = 0xffffffff00000000 | kIndex32;
    REQUIRE(m.run("ldr_reg_uxtw", loop) == emu::StopReason::Requested);
    CHECK(m.x(0) == bytes_at(kBase + 8 * kIndex32, 8));
    m.x(2) = 0xffffffff00000000 | kIndex32;
    REQUIRE(m.run("ldrsb_reg_32", loop) == emu::StopReason::Requested);
    CHECK(m.x(0) == (static_cast<u64>(arch::sign_extend(bytes_at(kBase + kIndex32, 1), 8)) & 0xffffffff));
}

TEST_CASE("literal loads are relative to their own address") {
    const auto loop = GENERATE(Loop::Plain, Loop::Recording);
    TestMachine m;
    REQUIRE(m.run("ldr_lit", loop) == emu::StopReason::Requested);
    CHECK(m.x(0) == 0x89abcdef);
    CHECK(m.x(3) == 0x0123456789abcdef);
    CHECK(m.x(4) == 0xffffffff89abcdef);
}

TEST_CASE("XZR as destination discards, and as source stores zero") {
    const auto loop = GENERATE(Loop::Plain, Loop::Recording);
    TestMachine m;
    prepare(m);
    REQUIRE(m.run("load_to_xzr", loop) == emu::StopReason::Requested);
    CHECK(m.x(0) == bytes_at(kBase + 16, 8));
    CHECK(m.x(1) == kBase + 24);
    REQUIRE(m.run("str_xzr", loop) == emu::StopReason::Requested);
    CHECK(m.peek<u64>(kBase + 24) == 0);
}

TEST_CASE("an access that crosses a page looks both pages up and joins their bytes") {
    const auto loop = GENERATE(Loop::Plain, Loop::Recording);
    TestMachine m;
    PageTables tables{m};
    tables.map_kernel();
    tables.map(kData + 0x1000, kData + 0x5000, kNormal);  // not the physical neighbour
    tables.enable();
    m.poke<u32>(kData + 0xffc, 0x44332211);
    m.poke<u32>(kData + 0x5000, 0x88776655);
    m.x(1) = kData + 0xffc;
    const u64 lookups = m.count(mmu::Event::L1D_TLB);
    const u64 reads = m.count(mmu::Event::MEM_ACCESS_RD);
    REQUIRE(m.run("load_64", loop) == emu::StopReason::Requested);
    CHECK(m.x(0) == 0x8877665544332211);
    CHECK(m.count(mmu::Event::L1D_TLB) - lookups == 2);
    CHECK(m.count(mmu::Event::MEM_ACCESS_RD) - reads == 2);

    m.x(0) = 0x1020304050607080;
    REQUIRE(m.run("store_64", loop) == emu::StopReason::Requested);
    CHECK(m.peek<u32>(kData + 0xffc) == 0x50607080);
    CHECK(m.peek<u32>(kData + 0x5000) == 0x10203040);
    CHECK(m.peek<u32>(kData + 0x1000) == 0);
}

TEST_CASE("loads and stores reach devices with their size") {
    const auto loop = GENERATE(Loop::Plain, Loop::Recording);
    TestMachine m;
    m.x(1) = kDevice;
    m.x(0) = 0x1234567890abcdef;
    REQUIRE(m.run("stlrh", loop) == emu::StopReason::Requested);
    CHECK(m.bus.device_value == 0xcdef);
    CHECK(m.bus.device_size == 2);
    m.bus.device_value = 0x80;
    m.x(1) = kDevice - 5;
    REQUIRE(m.run("ldrsb_imm_64", loop) == emu::StopReason::Requested);
    CHECK(m.x(0) == 0xffffffffffffff80);
    CHECK(m.bus.device_size == 1);
}

TEST_CASE("a pair is one access and one lookup") {
    const auto loop = GENERATE(Loop::Plain, Loop::Recording);
    TestMachine m;
    prepare(m);
    REQUIRE(m.run("load_pair", loop) == emu::StopReason::Requested);
    const u64 lookups = m.count(mmu::Event::L1D_TLB);
    const u64 reads = m.count(mmu::Event::MEM_ACCESS_RD);
    const u64 writes = m.count(mmu::Event::MEM_ACCESS_WR);
    REQUIRE(m.run("load_pair", loop) == emu::StopReason::Requested);
    REQUIRE(m.run("store_pair", loop) == emu::StopReason::Requested);
    CHECK(m.count(mmu::Event::L1D_TLB) - lookups == 2);
    CHECK(m.count(mmu::Event::MEM_ACCESS_RD) - reads == 1);
    CHECK(m.count(mmu::Event::MEM_ACCESS_WR) - writes == 1);
}
