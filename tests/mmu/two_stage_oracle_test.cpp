// Two stages against the oracle, on memory in which every word is a random descriptor of one stage or the other.
#include <functional>
#include <map>

#include "mmu/check/oracle_stage2.h"
#include "tests/mmu/support/generated_memory.h"
#include "tests/support/catch.h"

namespace {

using mmu::check::OracleStage2Registers;
using mmu::check::OracleTwoStageOutcome;
using namespace test;

// Tables of stage 2 lie in the upper half of the first terabyte; what is read there looks like them.
constexpr u64 kStage2Region = u64{1} << 39;

u64 stage2_descriptor(u64 seed) {
    Random r{seed};
    const u64 type = r.one_in(60) ? 0 : r.one_in(4) ? 1 : 3;
    const bool leads_on = r.one_in(2);
    u64 word = (r.next() & 0x0000'0000'ffff'0000) | (leads_on ? kStage2Region : 0) | type;
    word |= (r.one_in(6) ? r.below(16) : 15) << 2 | (r.one_in(12) ? r.below(4) : 3) << 6;
    if (!r.one_in(6)) word |= u64{1} << 10;
    if (r.one_in(4)) word |= r.below(4) << 8;
    if (r.one_in(8)) word |= u64{1} << 51;
    if (r.one_in(8)) word |= u64{1} << 52;
    if (r.one_in(8)) word |= r.below(4) << 53;
    return word;
}

u64 stage1_descriptor(u64 seed) {
    Random r{seed};
    const u64 type = r.one_in(40) ? 0 : r.one_in(6) ? 1 : 3;
    u64 word = (r.next() & 0x0000'0000'ffff'0000) | type | (r.next() & 0x8dc) | (r.one_in(8) ? 0 : 0x400);
    if (r.one_in(2)) word &= ~u64{0x300};
    for (unsigned n = 51; n < 64; ++n)
        if (r.one_in(n < 55 ? 5 : 24)) word |= u64{1} << n;
    return word;
}

std::optional<u64> two_stage_word(u64 pa, u64 seed) {
    if (seed % 256 == 0) return std::nullopt;
    return (pa & kStage2Region) != 0 ? stage2_descriptor(seed) : stage1_descriptor(seed);
}

// T0SZ and SL0 that mostly fit each other.
OracleStage2Registers random_stage2(Random& r, const OracleRegisters& features) {
    OracleStage2Registers out;
    out.hcr = 1 | (r.one_in(8) ? u64{1} << 2 : 0) | (r.one_in(4) ? u64{1} << 46 : 0);
    const u64 tg = r.below(3);
    const unsigned page_bits = tg == 1 ? 16 : tg == 2 ? 14 : 12;
    const bool ds = features.lpa2_4k && features.lpa2_16k && r.one_in(2);
    const unsigned input_bits = static_cast<unsigned>(34 + r.below(19));
    int level = 3;
    unsigned low = page_bits;
    while (low + page_bits - 3 + (r.one_in(2) ? 4 : 0) < input_bits) {
        low += page_bits - 3;
        --level;
    }
    u64 sl0 = static_cast<u64>(page_bits == 12 ? (level == 3 ? 3 : 2 - level) : 3 - level);
    u64 sl2 = 0;
    if (level < 0) sl0 = 0, sl2 = 1;
    if (r.one_in(16)) sl0 = r.below(4);
    out.vtcr = (64 - input_bits) | (sl0 & 3) << 6 | tg << 14 | (r.one_in(6) ? r.below(7) : 5) << 16 | u64{1} << 19 | sl2 << 33;
    if (!r.one_in(6)) out.vtcr |= 0x500;  // Write-Back walks
    if (!r.one_in(3)) out.vtcr |= u64{1} << 21;
    if (!r.one_in(3)) out.vtcr |= u64{1} << 22;
    if (ds) out.vtcr |= u64{1} << 32;
    out.vtcr |= r.below(4) << 12;
    out.vttbr = (r.next() & 0x0000'0000'ffff'ff00) | kStage2Region | r.below(100) << 48;
    return out;
}

// What happened, comparable.
struct Outcome {
    bool faulted{false};
    bool second_stage{false};
    bool s1ptw{false};
    unsigned status{0};
    u64 address{0};  // PA, or the IPA of a stage 2 fault
    unsigned attribute{0};
    unsigned shareability{0};
    unsigned reads{0};
    u64 descriptor{0};
    friend bool operator==(const Outcome&, const Outcome&) = default;
};

Outcome of_oracle(const OracleTwoStageOutcome& o) {
    const unsigned reads = o.stage1.reads;
    if (o.second_stage) return {true, true, o.s1ptw, o.status, o.ipa, 0, 0, reads, 0};
    if (o.stage1.faulted) return {true, false, false, o.stage1.status, 0, 0, 0, reads, 0};
    return {false, false, false, 0, o.pa, o.attribute, o.shareability, reads, o.stage1.descriptor_after};
}

Outcome of_mmu(const mmu::TranslateResult& result, const mmu::LookupRecord& record, const GeneratedMemory& memory) {
    unsigned reads = 0;
    u64 leaf = 0;
    for (unsigned i = 0; i < record.step_count; ++i) {
        const mmu::WalkStep& step = record.steps[i];
        if (!step.update) ++reads;
        if (!step.of_stage2) leaf = step.descriptor_pa;
    }
    if (!result) {
        const mmu::FaultRecord& f = result.error();
        const unsigned status = arch::fault_status_code(f.kind, f.level == 0xff ? -1 : f.level);
        return {true, f.second_stage, f.second_stage && f.on_walk, status, f.ipa, 0, 0, reads, 0};
    }
    const mmu::Translation& t = result.value();
    return {false, false, false, 0, t.pa.value, t.memory_attr, t.shareability, reads, memory.peek(leaf).value_or(0)};
}

using Mutation = std::function<void(OracleStage2Registers&, u64 pa, u64& descriptor)>;

struct Comparison {
    unsigned translations{0};
    unsigned mismatches{0};
    unsigned successes{0};
    unsigned most_reads{0};
    std::map<unsigned, unsigned> stage2_faults;  // by status code, those of table walks with 0x100
};

constexpr u64 kMair = 0x4f'f4'0c'04'00'bb'44'ff;

// `mutation` falsifies what the oracle sees; without one the two must agree.
Comparison compare(u64 seed, unsigned regimes, const Mutation& mutation = {}) {
    constexpr mmu::AccessKind kKinds[] = {mmu::AccessKind::Load, mmu::AccessKind::Store, mmu::AccessKind::Fetch};
    Random random{seed};
    Comparison out;
    for (unsigned i = 0; i < regimes; ++i) {
        GeneratedMemory memory{random.next(), two_stage_word};
        OracleRegisters registers = random_registers(random);
        if (!random.one_in(8)) registers.pa_bits = std::max(registers.pa_bits, 44u);
        const OracleStage2Registers stage2 = random_stage2(random, registers);
        mmu::Counters counters;
        mmu::MmuConfig config;
        config.features = features_of(registers);
        const bool counts_reads = random.one_in(2);  // with caches a walk reads less
        // Groups of random descriptors are inconsistent: one member's entry must not serve another.
        config.contiguous = counts_reads ? static_cast<mmu::Contiguity>(random.below(8)) : mmu::Contiguity::Ignore;
        config.walk_cache = counts_reads ? mmu::WalkCache::None : mmu::WalkCache::L2Tlb;
        config.ipa_cache = counts_reads ? mmu::IpaCache::None : random.one_in(2) ? mmu::IpaCache::L2Tlb : mmu::IpaCache::Separate;
        mmu::Mmu unit{config, memory, counters};
        unit.set_regime({registers.sctlr, registers.tcr, registers.ttbr0, registers.ttbr1, kMair});
        unit.set_stage2({stage2.hcr, stage2.vtcr, stage2.vttbr}, nullptr);
        for (unsigned j = 0; j < 40; ++j) {
            const u64 va = random_va(random, registers.tcr);
            const mmu::AccessDescriptor access{.kind = kKinds[random.below(3)], .el = static_cast<u8>(random.below(2)),
                                               .pan = random.one_in(2)};
            OracleStage2Registers seen = stage2;
            u64 unused = 0;
            if (mutation) mutation(seen, 0, unused);
            const auto read = [&](u64 pa) {
                auto word = memory.peek(pa);
                OracleStage2Registers ignored;
                if (word && mutation) mutation(ignored, pa, *word);
                return word;
            };
            Outcome oracle = of_oracle(oracle_translate_two_stages(registers, seen, kMair, read, va,
                                                                   {kind_of(access.kind), access.el, access.pan}));
            if (counts_reads || random.one_in(2)) static_cast<void>(unit.invalidate({}));
            mmu::LookupRecord record;
            Outcome real = of_mmu(unit.translate(access, arch::VirtualAddress{va}, record), record, memory);
            if (!counts_reads) real.reads = oracle.reads;
            // A hit reads nothing, so there is no descriptor to look at.
            if (record.source != mmu::LookupRecord::Source::Walk) real.descriptor = oracle.descriptor;
            ++out.translations;
            if (oracle.second_stage) ++out.stage2_faults[oracle.status | (oracle.s1ptw ? 0x100u : 0u)];
            out.successes += !oracle.faulted;
            if (!oracle.faulted) out.most_reads = std::max(out.most_reads, oracle.reads);
            if (!(oracle == real)) ++out.mismatches;
        }
    }
    return out;
}

}  // namespace

TEST_CASE("two stages agree with the oracle on random tables, regimes and accesses") {
    const Comparison result = compare(11, 3000);
    CHECK(result.mismatches == 0);
    REQUIRE(result.translations == 120000);
    CHECK(result.successes > 2000);
    CHECK(result.most_reads >= 20);
    // Every kind of stage 2 fault, of outputs and of tables, was among them.
    for (unsigned status : {0x04u, 0x05u, 0x06u, 0x07u, 0x09u, 0x0au, 0x0bu, 0x0du, 0x0eu, 0x0fu, 0x15u, 0x16u, 0x17u, 0x31u}) {
        INFO("fault status " << status);
        CHECK(result.stage2_faults.count(status) == 1);
        CHECK(result.stage2_faults.count(status | 0x100) == 1);
    }
}

TEST_CASE("the comparison of two stages notices each kind of error") {
    const auto mismatches = [](const Mutation& mutation) { return compare(12, 200, mutation).mismatches; };
    const auto leaf_bit = [](unsigned n) {
        return [n](OracleStage2Registers&, u64 pa, u64& d) {
            if ((pa & kStage2Region) != 0) d ^= u64{1} << n;
        };
    };
    REQUIRE(mismatches({}) == 0);
    for (const unsigned n : {0u, 2u, 5u, 6u, 7u, 8u, 10u, 20u, 51u, 53u, 54u}) {
        INFO("descriptor bit " << n);
        CHECK(mismatches(leaf_bit(n)) > 0);
    }
    for (const unsigned n : {0u, 6u, 14u, 18u, 21u, 22u}) {
        INFO("VTCR_EL2 bit " << n);
        CHECK(mismatches([n](OracleStage2Registers& r, u64, u64&) { r.vtcr ^= u64{1} << n; }) > 0);
    }
    CHECK(mismatches([](OracleStage2Registers& r, u64, u64&) { r.hcr ^= u64{1} << 46; }) > 0);
    CHECK(mismatches([](OracleStage2Registers& r, u64, u64&) { r.hcr ^= u64{1} << 2; }) > 0);
    CHECK(mismatches([](OracleStage2Registers& r, u64, u64&) { r.vttbr ^= u64{1} << 20; }) > 0);
}
