// Watchpoints: the probe foretells what an instruction accesses, from its own handler, and leaves everything as it is.
#include "emu/debug/access_probe.h"
#include "emu/debug/stop_points.h"
#include "emu/isa/a64_table.h"
#include "tests/core/page_tables.h"
#include "tests/support/catch.h"

using namespace core_test;
using namespace emu::debug;

namespace {

struct Work {
    Work() {
        PageTables tables{m};
        tables.map_kernel();
        tables.enable();
        m.load("returning_vectors", kVectors);
        m.load("mixed_work");
        m.x(0) = 600;
        m.x(1) = kData;
        m.core.pe.pc = kCode;
    }
    TestMachine m;
};

// Compares what was foretold of each instruction with the record of what it did.
struct Comparing {
    emu::Pe& pe;
    std::vector<ProbedAccess> foretold{probe_accesses(pe)};
    unsigned compared{0};

    void consume(const emu::InstructionRecord& record) {
        if (!record.exception) compare(record);
        foretold = probe_accesses(pe);
    }
    void compare(const emu::InstructionRecord& record) {
        u64 bytes_done = 0;
        u64 bytes_foretold = 0;
        for (const ProbedAccess& a : foretold) bytes_foretold += a.bytes;
        for (unsigned i = 0; i < record.access_count; ++i) {
            const emu::DataAccess& a = record.access[i];
            if (a.kind > mmu::AccessKind::Atomic && a.kind != mmu::AccessKind::ZeroBlock) continue;
            bytes_done += a.bytes;
            REQUIRE(covered(a));
            ++compared;
        }
        // A store-exclusive that fails was foretold all the same: only its execution can tell.
        if (record.op->timing.op_class != emu::OpClass::StoreExclusive) REQUIRE(bytes_done == bytes_foretold);
    }
    [[nodiscard]] bool covered(const emu::DataAccess& done) const {
        for (const ProbedAccess& a : foretold) {
            const bool writes = done.kind != mmu::AccessKind::Load;
            if (done.va >= a.va && done.va + done.bytes <= a.va + a.bytes && a.writes == writes) return true;
        }
        return false;
    }
};

bool accesses_memory(emu::OpClass c) {
    using enum emu::OpClass;
    switch (c) {
        case Load: case LoadPair: case Store: case StorePair: case LoadAcquire: case StoreRelease: case LoadExclusive:
        case StoreExclusive: case Atomic: case FpLoad: case FpStore: return true;
        default: return false;
    }
}

// At kData: so many bytes are watched, a program of one instruction stands at kCode, x1 points to kData.
std::optional<StopHit> hit_by(StopKind kind, arch::u32 word, u64 address, u64 bytes) {
    TestMachine m;
    m.core.pe.pc = kCode;
    m.poke<arch::u32>(kCode, word);
    m.x(1) = kData;
    StopPoints points;
    points.insert({kind, address, bytes});
    return points.before_next(m.core.pe);
}

constexpr arch::u32 kLoadX0 = 0xf9400020;   // ldr x0, [x1]
constexpr arch::u32 kStoreX0 = 0xf9000020;  // str x0, [x1]
constexpr arch::u32 kStorePair = 0xa9bf0c22;  // stp x2, x3, [x1, #-16]!
constexpr arch::u32 kZeroBlock = 0xd50b7421;  // dc zva, x1
constexpr arch::u32 kSwap = 0xf8208022;     // swp x0, x2, [x1]
constexpr arch::u32 kLoadQ = 0x3dc00420;    // ldr q0, [x1, #16]

}  // namespace

TEST_CASE("The probe foretells every access that the recording loop then makes") {
    Work work;
    Comparing comparing{work.m.core.pe};
    (void)work.m.core.run_recording(comparing, 40000);
    CHECK(comparing.compared > 1000);
}

TEST_CASE("A run that is probed before each instruction ends in the state of one that is not") {
    Work probed;
    Work plain;
    Comparing comparing{probed.m.core.pe};
    (void)probed.m.core.run_recording(comparing, 20000);
    (void)plain.m.resume(Loop::Recording, 20000);
    CHECK(probed.m.state_hash() == plain.m.state_hash());
}

TEST_CASE("Every row that loads or stores is known to the probe, and no other") {
    for (std::size_t i = 0; i < emu::kRowCount; ++i) {
        const emu::A64Row& row = emu::a64_rows()[i];
        INFO(row.name);
        if (row.op_class == emu::OpClass::Prefetch) continue;
        CHECK(probe_knows(static_cast<emu::Encoding>(i)) == accesses_memory(row.op_class));
    }
}

TEST_CASE("A watchpoint is hit by accesses of its kind that touch a watched byte, and says which byte is the first") {
    CHECK(hit_by(StopKind::WriteWatch, kStoreX0, kData + 4, 2)->address == kData + 4);
    CHECK_FALSE(hit_by(StopKind::WriteWatch, kLoadX0, kData, 8));
    CHECK(hit_by(StopKind::ReadWatch, kLoadX0, kData - 8, 16)->address == kData);
    CHECK_FALSE(hit_by(StopKind::ReadWatch, kStoreX0, kData, 8));
    CHECK(hit_by(StopKind::AccessWatch, kLoadX0, kData + 7, 1));
    CHECK(hit_by(StopKind::AccessWatch, kStoreX0, kData + 7, 1));
    CHECK_FALSE(hit_by(StopKind::AccessWatch, kStoreX0, kData + 8, 8));
    CHECK_FALSE(hit_by(StopKind::AccessWatch, kStoreX0, kData - 8, 8));
}

TEST_CASE("Pairs with write-back, DC ZVA, atomics and V registers are watched too") {
    CHECK(hit_by(StopKind::WriteWatch, kStorePair, kData - 1, 1)->address == kData - 1);
    CHECK_FALSE(hit_by(StopKind::WriteWatch, kStorePair, kData, 8));
    CHECK(hit_by(StopKind::WriteWatch, kZeroBlock, kData + 63, 1));
    CHECK_FALSE(hit_by(StopKind::WriteWatch, kZeroBlock, kData + 64, 1));
    CHECK(hit_by(StopKind::ReadWatch, kSwap, kData, 8));
    CHECK(hit_by(StopKind::WriteWatch, kSwap, kData, 8));
}

TEST_CASE("A load of a V register is watched where the level may use it, and traps unwatched where it may not") {
    CHECK_FALSE(hit_by(StopKind::ReadWatch, kLoadQ, kData + 31, 1));
    TestMachine m;
    m.set_sysreg(emu::SysReg::CPACR_EL1, 3 << 20);
    m.core.pe.pc = kCode;
    m.poke<arch::u32>(kCode, kLoadQ);
    m.x(1) = kData;
    StopPoints points;
    points.insert({StopKind::ReadWatch, kData + 31, 1});
    CHECK(points.before_next(m.core.pe)->address == kData + 31);
}

TEST_CASE("Breakpoints are hit at their address alone, and not once they are removed") {
    TestMachine m;
    StopPoints points;
    const StopPoint hard{StopKind::HardwareBreakpoint, kCode + 8, 4};
    points.insert(hard);
    m.core.pe.pc = kCode + 8 + 4096 * 4;  // the same slot of the filter
    CHECK_FALSE(points.before_next(m.core.pe));
    m.core.pe.pc = kCode + 8;
    CHECK(points.before_next(m.core.pe)->kind == StopKind::HardwareBreakpoint);
    points.remove(hard);
    CHECK_FALSE(points.before_next(m.core.pe));
    CHECK(points.empty());
}
