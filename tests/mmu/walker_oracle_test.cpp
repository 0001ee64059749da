// The walker against the oracle walker, on memory in which every word is a random descriptor.
#include <map>
#include <unordered_map>

#include "mmu/check/oracle_walker.h"
#include "mmu/mmu.h"
#include "tests/support/catch.h"

namespace {

using arch::u64;
using arch::u8;
using mmu::check::OracleAccess;
using mmu::check::OracleOutcome;
using mmu::check::OracleRegisters;

u64 scramble(u64 x) {
    x += 0x9e3779b97f4a7c15u;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

class Random {
public:
    explicit Random(u64 seed) : state_{seed} {}
    u64 next() { return scramble(state_++); }
    u64 below(u64 n) { return next() % n; }
    bool one_in(u64 n) { return below(n) == 0; }

private:
    u64 state_;
};

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

class RandomMemory final : public mmu::PhysicalMemoryPort {
public:
    explicit RandomMemory(u64 seed) : seed_{seed} {}

    std::optional<u64> read64(arch::PhysicalAddress pa) override { return peek(pa.value); }
    mmu::CompareExchangeResult compare_exchange64(arch::PhysicalAddress pa, u64 expected, u64 desired) override {
        if (peek(pa.value) != expected) return mmu::CompareExchangeResult::Changed;
        written_[pa.value] = desired;
        return mmu::CompareExchangeResult::Done;
    }
    u8* host_page(arch::PhysicalAddress) override { return nullptr; }
    bool code_page(arch::PhysicalAddress) override { return false; }

    [[nodiscard]] std::optional<u64> peek(u64 pa) const {
        if (const auto it = written_.find(pa); it != written_.end()) return it->second;
        const u64 seed = scramble(seed_ ^ pa);
        if (seed % 64 == 0) return std::nullopt;
        return random_descriptor(seed);
    }

private:
    u64 seed_;
    std::unordered_map<u64, u64> written_;
};

// TxSZ: mostly legal.
u64 random_size(Random& r, const OracleRegisters& features) {
    if (r.one_in(12)) return r.below(64);
    const u64 least = features.lva && r.one_in(2) ? 12 : 16;
    return least + r.below((features.ttst ? 49 : 40) - least);
}

OracleRegisters random_registers(Random& r) {
    OracleRegisters out;
    out.sctlr = 0x1005 | (r.one_in(4) ? u64{1} << 19 : 0);
    u64 tcr = r.next() & 0x0818'0760'f0c0'f080;                      // DS TBID HD HPD TBI TG1 SH1 A1 EPD1 TG0 SH0 EPD0
    if (!r.one_in(8)) tcr &= ~u64{0x0080'0080};                      // EPD is rare
    if (r.one_in(6)) tcr |= u64{1} << 55 | r.next() << 56 >> 63;     // E0PD0, E0PD1
    out.pa_bits = r.one_in(4) ? 40 : r.one_in(2) ? 48 : 52;
    out.lva = r.one_in(2);
    out.ttst = r.one_in(2);
    out.e0pd = r.one_in(2);
    out.lpa2_4k = out.pa_bits == 52 && r.one_in(2);
    out.lpa2_16k = out.pa_bits == 52 && r.one_in(2);
    tcr |= random_size(r, out) | random_size(r, out) << 16;          // T0SZ, T1SZ
    tcr |= u64{r.one_in(6) ? 0u : r.one_in(3) ? 5u : 6u} << 32 | u64{1} << 36;  // IPS, AS
    if (!r.one_in(3)) tcr |= u64{1} << 39;                           // HA
    if (!r.one_in(6)) tcr |= 0x0500'0500;                            // Write-Back walks
    out.tcr = tcr;
    out.ttbr0 = (r.next() & (r.one_in(10) ? 0x0000'ffff'ffff'fffe : 0x0000'0000'ffff'fffe)) | u64{1} << 48;
    out.ttbr1 = r.next() & 0x0000'0000'ffff'fffe;
    out.hafdbs = static_cast<unsigned>(r.below(3));
    return out;
}

u64 random_va(Random& r, u64 tcr) {
    const bool upper = r.one_in(2);
    const u64 size = (upper ? tcr >> 16 : tcr) & 63;
    const u64 inside = arch::low_mask(static_cast<unsigned>(64 - std::clamp<u64>(size, 12, 48)));
    u64 va = upper ? r.next() | ~inside : r.next() & inside;
    if (r.one_in(16)) va ^= u64{1} << (16 + r.below(39));  // perhaps out of range
    if (r.one_in(8)) va = (va & arch::low_mask(56)) | r.below(256) << 56;
    return va;
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

Outcome of_mmu(const mmu::TranslateResult& result, const mmu::LookupRecord& record, const RandomMemory& memory) {
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

mmu::MmuFeatures features_of(const OracleRegisters& registers) {
    mmu::MmuFeatures out;
    out.pa_bits = registers.pa_bits;
    out.hafdbs = registers.hafdbs;
    out.lpa2_4k = registers.lpa2_4k;
    out.lpa2_16k = registers.lpa2_16k;
    out.lva = registers.lva;
    out.ttst = registers.ttst;
    out.e0pd = registers.e0pd;
    return out;
}

using Mutation = std::function<void(OracleRegisters&, u64& descriptor)>;

struct Comparison {
    unsigned translations{0};
    unsigned mismatches{0};
    std::map<unsigned, unsigned> faults;  // by status code
};

OracleAccess::Kind kind_of(mmu::AccessKind kind) {
    return kind == mmu::AccessKind::Load    ? OracleAccess::Kind::Read
           : kind == mmu::AccessKind::Store ? OracleAccess::Kind::Write
                                            : OracleAccess::Kind::Fetch;
}

// `mutation` falsifies what the oracle sees; without one the two must agree.
Comparison compare(u64 seed, unsigned regimes, const Mutation& mutation = {}) {
    constexpr mmu::AccessKind kKinds[] = {mmu::AccessKind::Load, mmu::AccessKind::Store, mmu::AccessKind::Fetch};
    Random random{seed};
    Comparison out;
    for (unsigned i = 0; i < regimes; ++i) {
        RandomMemory memory{random.next()};
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
