// Addresses of 52 bits, small tables, and what keeps EL0 out: registers, descriptors and results as words from the manual's
// layouts, computed by hand.
#include "mmu/mmu.h"
#include "tests/mmu/support/sparse_memory.h"
#include "tests/support/catch.h"

namespace {

using arch::FaultKind;
using arch::u64;
using mmu::AccessKind;

// M, C, I. TCR_EL1: IPS 52 bits, AS, Write-Back Inner Shareable walks of TTBR0; TG0, T0SZ and DS are the cases'.
constexpr u64 kSctlr = 0x1005;
constexpr u64 kTcr = 0x16'0000'3500;
constexpr u64 kTg64K = 0x4000;
constexpr u64 kTg16K = 0x8000;
constexpr u64 kDs = u64{1} << 59;

struct Large {
    explicit Large(u64 tcr, u64 ttbr0, unsigned pa_bits = 52) : unit{config(pa_bits), memory, counters} {
        unit.set_regime({.SCTLR_EL1 = kSctlr, .TCR_EL1 = kTcr ^ tcr, .TTBR0_EL1 = ttbr0, .TTBR1_EL1 = 0, .MAIR_EL1 = 0xff});
    }
    static mmu::MmuConfig config(unsigned pa_bits) {
        mmu::MmuConfig out;
        out.features.pa_bits = pa_bits;
        out.features.lpa2_4k = out.features.lpa2_16k = out.features.lva = pa_bits == 52;
        out.features.ttst = out.features.e0pd = true;
        return out;
    }
    mmu::TranslateResult load(u64 va, unsigned el = 1, AccessKind kind = AccessKind::Load) {
        return unit.translate({.kind = kind, .el = static_cast<arch::u8>(el)}, arch::VirtualAddress{va}, record);
    }
    u64 pa(u64 va) {
        const auto result = load(va);
        return result ? result.value().pa.value : 0;
    }
    // Fault status code of a load that must fault.
    unsigned status(u64 va, unsigned el = 1, AccessKind kind = AccessKind::Load) {
        const auto result = load(va, el, kind);
        return result ? ~0u : arch::fault_status_code(result.error().kind, result.error().level);
    }

    test::SparseMemory memory;
    mmu::Counters counters;
    mmu::Mmu unit;
    mmu::LookupRecord record;
};

}  // namespace

TEST_CASE("4K pages with 52-bit addresses are found in five steps") {
    // T0SZ 12: the table at level -1 has 16 entries. TTBR0 bits 5:2 are address bits 51:48.
    Large m{kDs | 12, 0x0000'0001'0000'0014};
    const u64 va = 0x000a'8050'2030'4567;  // indices 10, 0x100, 0x140, 0x101, 0x104
    m.memory.words = {{0x5'0001'0000'0050, 0x0000'0000'0000'2103},   // next table at 0x4_0000_0000_2000
                      {0x4'0000'0000'2800, 0x0002'0000'0000'3003},   // at 0x2_0000_0000_3000
                      {0x2'0000'0000'3a00, 0x0000'0000'0000'4003},
                      {0x0'0000'0000'4808, 0x0000'0000'0000'5003},
                      {0x0'0000'0000'5820, 0x0003'0000'abcd'e703}};  // page at 0xf_0000_abcd_e000
    CHECK(m.pa(va) == 0xf'0000'abcd'e567);
    CHECK(m.record.step_count == 5);
    CHECK(m.record.steps[0].level == -1);
    CHECK(m.record.steps[0].descriptor_pa == 0x5'0001'0000'0050);
    // Shareability is TCR_EL1.SH0: descriptors have no room for theirs.
    CHECK(m.load(va).value().shareability == 3);
    m.memory.words[0x5'0001'0000'0050] = 0;
    static_cast<void>(m.unit.invalidate({}));
    CHECK(m.status(va) == 0b101011);  // translation fault, level -1
}

TEST_CASE("with TCR_EL1.DS a block may map 512G of 4K pages, or 64G of 16K pages") {
    Large m{kDs | 16, 0x0000'0000'0000'1000};
    m.memory.words[0x1010] = 0x0001'0000'0000'0501;  // level 0, index 2: 0x5_0000_0000_0000
    CHECK(m.pa(0x0000'0112'3456'7890) == 0x5'0012'3456'7890);
    Large n{kDs | kTg16K | 16 | u64{1} << 13, 0x0000'0000'0000'4000};
    n.memory.words[0x4000] = 0x0000'0000'0001'0003;
    n.memory.words[0x1'0008] = 0x0000'0030'0000'0401;  // level 1, index 1
    CHECK(n.pa(0x0000'0012'3456'7890) == 0x0032'3456'7890);
    // Without DS both are reserved.
    Large plain{16, 0x0000'0000'0000'1000};
    plain.memory.words[0x1010] = 0x0001'0000'0000'0501;
    CHECK(plain.status(0x0000'0112'3456'7890) == 0b000100);
}

TEST_CASE("64K pages with 52-bit addresses take three steps and keep the top address bits in bits 15:12") {
    Large m{kTg64K | 12, 0x0000'0000'0020'000c};  // table at 0x3_0000_0020_0000, 1024 entries
    m.memory.words = {{0x3'0000'0020'1ff8, 0x0000'0000'0030'7003},    // index 0x3ff: next at 0x7_0000_0030_0000
                      {0x7'0000'0030'0000, 0x0000'0000'0040'0003},
                      {0x0'0000'0040'0008, 0x0000'0000'1234'e703}};   // page at 0xe_0000_1234_0000
    CHECK(m.pa(0x000f'fc00'0001'89ab) == 0xe'0000'1234'89ab);
    CHECK(m.record.step_count == 3);
    m.memory.words[0x3'0000'0020'0000] = 0x0000'0400'0000'1401;     // a block of 4T at 0x1_0400_0000_0000
    CHECK(m.pa(0x0000'0000'0000'0010) == 0x1'0400'0000'0010);
}

TEST_CASE("a 64K table address of 48 bits does not look at TTBR bits 5:2") {
    // IPS says 48 bits.
    Large m{(kTg64K | 16) ^ u64{3} << 32, 0x0000'0000'0020'000c};
    m.memory.words[0x20'0000] = 0;
    CHECK(m.status(0x1000) == 0b000101);
    CHECK(m.record.steps[0].descriptor_pa == 0x20'0000);
}

TEST_CASE("small ranges have small tables, and their size is their alignment") {
    // T0SZ 42: 22 bits, a level 2 table of 2 entries at a multiple of 16.
    Large m{42, 0x0000'0000'0000'1230};
    m.memory.words[0x1238] = 0x0000'0000'8000'0401;
    CHECK(m.pa(0x21'2345) == 0x8001'2345);
    CHECK(m.status(0x40'0000) == 0b000100);
    // T0SZ 48: 16 bits, a level 3 table of 16 entries.
    Large tiny{48, 0x0000'0000'0000'1280};
    tiny.memory.words[0x12f8] = 0x0000'0000'8000'0403;
    CHECK(tiny.pa(0xf123) == 0x8000'0123);
    CHECK(tiny.record.step_count == 1);
    // 49 is no size that this core has.
    CHECK(Large{49, 0x1280}.status(0xf123) == 0b000100);
    CHECK(Large{kTg64K | 48, 0x1280}.status(0x1123) == 0b000100);
}

TEST_CASE("a size below 16 faults without the layout for it") {
    CHECK(Large{12, 0x1000}.status(0x1000) == 0b000100);
    CHECK(Large{kTg16K | 15, 0x1000}.status(0x1000) == 0b000100);
}

TEST_CASE("E0PD keeps EL0 out of a half, mapped or not, and counts nothing") {
    Large m{16 | u64{1} << 55, 0x1000};
    m.memory.words = {{0x1000, 0x2003}, {0x2000, 0x0000'0000'4000'0441}};
    CHECK(m.status(0x1234, 0) == 0b000100);
    CHECK(m.pa(0x1234) == 0x4000'1234);
    const u64 lookups = m.counters.by_el[0][mmu::Event::L1D_TLB] + m.counters.by_el[1][mmu::Event::L1D_TLB];
    CHECK(m.status(0x1234, 0) == 0b000100);
    CHECK(m.status(0x1234, 0, AccessKind::Fetch) == 0b000100);
    CHECK(m.counters.by_el[0][mmu::Event::L1D_TLB] + m.counters.by_el[1][mmu::Event::L1D_TLB] == lookups);
}

TEST_CASE("TBID keeps the tag of instruction addresses") {
    const u64 tbi = u64{1} << 37;
    const u64 tbid = u64{1} << 51;
    for (const u64 bits : {tbi, tbi | tbid}) {
        Large m{16 | bits, 0x1000};
        m.memory.words = {{0x1000, 0x2003}, {0x2000, 0x0000'0000'4000'0401}};
        CHECK(m.pa(0x5a00'0000'0000'1234) == 0x4000'1234);
        const auto fetch = m.load(0x5a00'0000'0000'1234, 1, AccessKind::Fetch);
        CHECK(fetch.ok() == (bits == tbi));
    }
}
