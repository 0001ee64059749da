// The walker against the oracle walker, on memory in which every word is a random descriptor.
#include <map>

#include "tests/mmu/support/generated_memory.h"
#include "tests/support/catch.h"

namespace {

using mmu::check::OracleOutcome;
using namespace test;

// A word that looks like a descriptor: mostly valid, mostly small addresses, every attribute bit now and then.
u64 random_descriptor(u64 seed) {
    Random r{seed};
    const u64 type = r.one_in(8) ? 0 : r.one_in(4) ? 1 : 3;
    const u64 address = r.next() & (r.one_in(12) ? 0x0003'ffff'ffff'f000 : 0x0000'0000'ffff'f000);
    u64 word = address | type | (r.next() & 0xbfc) | (r.one_in(4) ? 0 : 0x400);
    if (r.one_in(2)) word &= ~u64{0xf300};  // small where 52-bit layouts have the top of the address
    for (unsigned n = 51; n < 64; ++n)
        if (r.one_in(n < 55 ? 4 : 8)) word |= u64{1} << n;
    return word;
}

std::optional<u64> random_word(u64, u64 seed) {
    if (seed % 64 == 0) return std::nullopt;
    return random_descriptor(seed);
}

// What happened, comparable: the fault status, or the address and what the access left in memory.
struct Outcome {
    bool faulted{false};
    unsigned status{0};
    u64 pa{0};
    u64 descriptor{0};
    unsigned shareability{0};
    unsigned reads{0};
    friend bool operator==(const Outcome&, const Outcome&) = default;
};

Outcome of_oracle(const OracleOutcome& o) {
    if (o.faulted) return {true, o.status, 0, 0, 0, o.reads};
    return {false, 0, o.pa, o.descriptor_after, o.shareability, o.reads};
}

Outcome of_mmu(const mmu::TranslateResult& result, const mmu::LookupRecord& record, const GeneratedMemory& memory) {
    Outcome out;
    u64 leaf = 0;
    for (unsigned i = 0; i < record.step_count; ++i) {
        if (record.steps[i].update) continue;
        ++out.reads;
        leaf = record.steps[i].descriptor_pa;
    }
    if (!result) {
        out.faulted = true;
        out.status = arch::fault_status_code(result.error().kind, result.error().level);
        return out;
    }
    out.pa = result.value().pa.value;
    out.descriptor = memory.peek(leaf).value_or(0);
    out.shareability = result.value().shareability;
    return out;
}

using Mutation = std::function<void(OracleRegisters&, u64& descriptor)>;

struct Comparison {
    unsigned translations{0};
    unsigned mismatches{0};
    std::map<unsigned, unsigned> faults;  // by status code
};

// `mutation` falsifies what the oracle sees; without one the two must agree.
Comparison compare(u64 seed, unsigned regimes, const Mutation& mutation = {}) {
    constexpr mmu::AccessKind kKinds[] = {mmu::AccessKind::Load, mmu::AccessKind::Store, mmu::AccessKind::Fetch};
    Random random{seed};
    Comparison out;
    for (unsigned i = 0; i < regimes; ++i) {
        GeneratedMemory memory{random.next(), random_word};
        OracleRegisters registers = random_registers(random);
        mmu::Counters counters;
        mmu::MmuConfig config;
        config.features = features_of(registers);
        config.contiguous = static_cast<mmu::Contiguity>(random.below(8));
        mmu::Mmu unit{config, memory, counters};
        unit.set_regime({registers.sctlr, registers.tcr, registers.ttbr0, registers.ttbr1, 0x44ff});
        for (unsigned j = 0; j < 40; ++j) {
            const u64 va = random_va(random, registers.tcr);
            const mmu::AccessDescriptor access{.kind = kKinds[random.below(3)], .el = static_cast<u8>(random.below(2)),
                                               .pan = random.one_in(2)};
            u64 unused = 0;
            OracleRegisters seen = registers;
            if (mutation) mutation(seen, unused);
            const auto read = [&](u64 pa) {
                auto word = memory.peek(pa);
                OracleRegisters ignored;
                if (word && mutation) mutation(ignored, *word);
                return word;
            };
            const OracleOutcome oracle = oracle_translate(seen, read, va, {kind_of(access.kind), access.el, access.pan});
            static_cast<void>(unit.invalidate({}));
            mmu::LookupRecord record;
            const auto result = unit.translate(access, arch::VirtualAddress{va}, record);
            ++out.translations;
            if (oracle.faulted) ++out.faults[oracle.status];
            if (!(of_oracle(oracle) == of_mmu(result, record, memory))) ++out.mismatches;
        }
    }
    return out;
}

}  // namespace

TEST_CASE("the walker agrees with the oracle on random tables, regimes and accesses") {
    const Comparison result = compare(1, 3000);
    CHECK(result.mismatches == 0);
    REQUIRE(result.translations == 120000);
    // Every kind of fault at every level was among them.
    for (unsigned status : {0x00u, 0x01u, 0x02u, 0x03u, 0x04u, 0x05u, 0x06u, 0x07u, 0x09u, 0x0au, 0x0bu, 0x0du, 0x0eu,
                            0x0fu, 0x08u, 0x0cu, 0x13u, 0x14u, 0x15u, 0x16u, 0x17u, 0x29u, 0x2bu, 0x31u}) {
        INFO("fault status " << status);
        CHECK(result.faults.count(status) == 1);
    }
    unsigned faults = 0;
    for (const auto& [status, count] : result.faults) faults += count;
    CHECK(result.translations - faults > 5000);
}

TEST_CASE("the comparison with the oracle notices each kind of error") {
    const auto mismatches = [](const Mutation& mutation) { return compare(2, 300, mutation).mismatches; };
    REQUIRE(mismatches({}) == 0);
    CHECK(mismatches([](OracleRegisters&, u64& d) { d ^= 1; }) > 0);               // valid
    CHECK(mismatches([](OracleRegisters&, u64& d) { d ^= 1u << 6; }) > 0);         // AP[1]
    CHECK(mismatches([](OracleRegisters&, u64& d) { d ^= 1u << 7; }) > 0);         // AP[2]
    CHECK(mismatches([](OracleRegisters&, u64& d) { d ^= 1u << 8; }) > 0);         // SH
    CHECK(mismatches([](OracleRegisters&, u64& d) { d ^= 1u << 10; }) > 0);        // AF
    CHECK(mismatches([](OracleRegisters&, u64& d) { d ^= 1u << 16; }) > 0);        // an address bit
    CHECK(mismatches([](OracleRegisters&, u64& d) { d ^= u64{1} << 51; }) > 0);    // DBM
    CHECK(mismatches([](OracleRegisters&, u64& d) { d ^= u64{1} << 53; }) > 0);    // PXN
    CHECK(mismatches([](OracleRegisters&, u64& d) { d ^= u64{1} << 54; }) > 0);    // UXN
    CHECK(mismatches([](OracleRegisters&, u64& d) { d ^= u64{1} << 61; }) > 0);    // APTable
    CHECK(mismatches([](OracleRegisters& r, u64&) { r.tcr ^= 1; }) > 0);           // T0SZ
    CHECK(mismatches([](OracleRegisters& r, u64&) { r.tcr ^= u64{1} << 39; }) > 0);  // HA
    CHECK(mismatches([](OracleRegisters& r, u64&) { r.tcr ^= u64{1} << 40; }) > 0);  // HD
    CHECK(mismatches([](OracleRegisters& r, u64&) { r.tcr ^= u64{1} << 51; }) > 0);  // TBID0
    CHECK(mismatches([](OracleRegisters& r, u64&) { r.tcr ^= u64{1} << 55; }) > 0);  // E0PD0
    CHECK(mismatches([](OracleRegisters& r, u64&) { r.tcr ^= u64{1} << 59; }) > 0);  // DS
    CHECK(mismatches([](OracleRegisters& r, u64&) { r.tcr ^= u64{1} << 12; }) > 0);  // SH0
    CHECK(mismatches([](OracleRegisters& r, u64&) { r.tcr ^= u64{1} << 33; }) > 0);  // IPS
    CHECK(mismatches([](OracleRegisters& r, u64&) { r.lva = !r.lva; }) > 0);
    CHECK(mismatches([](OracleRegisters& r, u64&) { r.ttst = !r.ttst; }) > 0);
    CHECK(mismatches([](OracleRegisters& r, u64&) { r.ttbr1 ^= 1u << 4; }) > 0);     // an address bit above 47
    CHECK(mismatches([](OracleRegisters&, u64& d) { d ^= u64{1} << 49; }) > 0);    // an output bit above 47
    CHECK(mismatches([](OracleRegisters& r, u64&) { r.sctlr ^= 1u << 19; }) > 0);  // WXN
    CHECK(mismatches([](OracleRegisters& r, u64&) { r.ttbr1 ^= 1u << 20; }) > 0);
}
