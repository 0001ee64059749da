// Rights against the manual's tables, written out.
#include "mmu/walk/permissions.h"

#include "tests/mmu/support/mmu_fixture.h"
#include "tests/support/catch.h"

using arch::Descriptor;
using mmu::Permissions;
using mmu::TableLimits;
using namespace test;

namespace {

constexpr u8 kR = Permissions::kRead, kW = Permissions::kWrite, kX = Permissions::kExecute;

u8 el0(Permissions p) { return p.bits & 7; }
u8 el1(Permissions p) { return p.bits >> 3; }

}  // namespace

TEST_CASE("AP, UXN and PXN give the rights of the manual's table") {
    struct Row {
        u64 leaf;
        u8 el0, el1;
    };
    const Row rows[] = {
        {0x0000'0000'0000'0403, kX, u8(kR | kW | kX)},        // AP 00
        {0x0000'0000'0000'0443, u8(kR | kW | kX), u8(kR | kW)},  // AP 01: what EL0 writes EL1 never executes
        {0x0000'0000'0000'0483, kX, u8(kR | kX)},             // AP 10
        {0x0000'0000'0000'04c3, u8(kR | kX), u8(kR | kX)},    // AP 11
        {0x0040'0000'0000'04c3, kR, u8(kR | kX)},             // UXN
        {0x0020'0000'0000'04c3, u8(kR | kX), kR},             // PXN
        {0x0060'0000'0000'0443, u8(kR | kW), u8(kR | kW)},    // Linux user data
    };
    for (const Row& row : rows) {
        const Permissions p = mmu::effective_permissions(Descriptor{row.leaf}, {}, {});
        INFO(std::hex << row.leaf);
        CHECK(el0(p) == row.el0);
        CHECK(el1(p) == row.el1);
    }
}

TEST_CASE("table attributes take rights away and never give any") {
    const Descriptor open{0x0443};
    const auto with = [&](u64 table) { return mmu::effective_permissions(open, TableLimits{}.with(Descriptor{table}), {}); };
    CHECK(el0(with(0x2000'0000'0000'0003)) == kX);               // APTable[0]: not for EL0
    CHECK(el1(with(0x2000'0000'0000'0003)) == (kR | kW | kX));   // and then EL1 may execute it
    CHECK(el0(with(0x4000'0000'0000'0003)) == (kR | kX));        // APTable[1]: read only
    CHECK(el1(with(0x4000'0000'0000'0003)) == (kR | kX));
    CHECK(el0(with(0x1000'0000'0000'0003)) == (kR | kW));        // UXNTable
    CHECK(el1(with(0x0800'0000'0000'0003)) == (kR | kW));        // PXNTable
    const TableLimits both = TableLimits{}.with(Descriptor{0x4000'0000'0000'0003}).with(Descriptor{0x1000'0000'0000'0003});
    CHECK(el0(mmu::effective_permissions(open, both, {})) == kR);
}

TEST_CASE("WXN keeps writable pages from executing") {
    CHECK(el0(mmu::effective_permissions(Descriptor{0x0443}, {}, {.write_implies_xn = true})) == (kR | kW));
    CHECK(el1(mmu::effective_permissions(Descriptor{0x0403}, {}, {.write_implies_xn = true})) == (kR | kW));
    CHECK(el1(mmu::effective_permissions(Descriptor{0x0483}, {}, {.write_implies_xn = true})) == (kR | kX));
}

TEST_CASE("a clean DBM page is writable only where hardware manages dirty state and the tables do not forbid it") {
    const Descriptor clean{kUserClean};
    CHECK(el0(mmu::effective_permissions(clean, {}, {})) == kR);
    CHECK(el0(mmu::effective_permissions(clean, {}, {.manages_dirty_state = true})) == (kR | kW));
    const TableLimits read_only = TableLimits{}.with(Descriptor{0x4000'0000'0000'0003});
    CHECK(el0(mmu::effective_permissions(clean, read_only, {.manages_dirty_state = true})) == kR);
}

TEST_CASE("PAN stops EL1 at pages that EL0 may read, and only there") {
    Fixture f;
    f.low.map(0x1000, kRam, kUserPage);
    f.low.map(0x2000, kRam + 0x1000, kKernelPage);
    CHECK(f.fault_of(f.access(AccessKind::Load, 0x1000, 1, true)) == FaultKind::Permission);
    CHECK(f.fault_of(f.access(AccessKind::Store, 0x1000, 1, true)) == FaultKind::Permission);
    CHECK(f.access(AccessKind::Load, 0x1000, 1, false).ok());
    CHECK(f.access(AccessKind::Load, 0x2000, 1, true).ok());
    CHECK(f.access(AccessKind::Load, 0x1000, 0, true).ok());
    CHECK(f.access(AccessKind::CacheMaintenance, 0x1000, 1, true).ok());
}

TEST_CASE("PAN is judged on each access, memo or not") {
    Fixture f;
    f.low.map(0x1000, kRam, kUserPage);
    REQUIRE(f.access(AccessKind::Load, 0x1000, 1, false).ok());
    CHECK(f.unit.host_tlb[1].read(0x1000, 8) == nullptr);
    CHECK(f.fault_of(f.access(AccessKind::Load, 0x1000, 1, true)) == FaultKind::Permission);
}

TEST_CASE("permission faults say write as the manual wants it") {
    Fixture f;
    f.low.map(0x1000, kRam, kUserReadOnly);
    f.low.map(0x2000, kRam, kKernelPage);
    const auto is_write = [&](AccessKind kind, u64 va) { return f.access(kind, va).error().is_write; };
    CHECK(is_write(AccessKind::Store, 0x1000));
    CHECK(is_write(AccessKind::Atomic, 0x1000));        // the read would have succeeded
    CHECK_FALSE(is_write(AccessKind::Atomic, 0x2000));  // the read fails first
    CHECK_FALSE(is_write(AccessKind::Atomic, 0x3000));  // translation fault: the read fails first
    CHECK_FALSE(is_write(AccessKind::Load, 0x2000));
    CHECK(is_write(AccessKind::CacheMaintenance, 0x2000));
    CHECK(f.access(AccessKind::CacheMaintenance, 0x2000).error().cache_maintenance);
}
