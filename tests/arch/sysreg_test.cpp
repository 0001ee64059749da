// Register layouts against values read from running systems.
#include "mmu/arch/sysreg_layout.h"

#include "mmu/arch/fault_status.h"
#include "tests/support/catch.h"

using arch::FaultKind;

TEST_CASE("TCR_EL1 of a Linux with 48-bit addresses and 4K pages decodes") {
    using T = arch::TCR_EL1;
    constexpr arch::u64 tcr = 0x0050'0074'b550'3510;
    CHECK(T::T0SZ::get(tcr) == 16);
    CHECK(T::EPD0::get(tcr) == 0);
    CHECK(T::IRGN0::get(tcr) == 1);
    CHECK(T::ORGN0::get(tcr) == 1);
    CHECK(T::SH0::get(tcr) == 3);
    CHECK(T::TG0::get(tcr) == 0);
    CHECK(T::T1SZ::get(tcr) == 16);
    CHECK(T::A1::get(tcr) == 1);
    CHECK(T::EPD1::get(tcr) == 0);
    CHECK(T::IRGN1::get(tcr) == 1);
    CHECK(T::ORGN1::get(tcr) == 1);
    CHECK(T::SH1::get(tcr) == 3);
    CHECK(T::TG1::get(tcr) == 2);
    CHECK(T::IPS::get(tcr) == 4);
    CHECK(T::AS::get(tcr) == 1);
    CHECK(T::TBI0::get(tcr) == 1);
    CHECK(T::TBI1::get(tcr) == 1);
    CHECK(T::HA::get(tcr) == 0);
    CHECK(T::HD::get(tcr) == 0);
    CHECK(T::HPD0::get(tcr) == 0);
    CHECK(T::DS::get(tcr) == 0);
}

TEST_CASE("TTBR0_EL1 holds ASID, table and CnP") {
    constexpr arch::u64 ttbr = 0x002b'0000'8123'4001;
    CHECK(arch::TTBR_EL1::ASID::get(ttbr) == 0x2b);
    CHECK(arch::TTBR_EL1::BADDR::get(ttbr) << 1 == 0x8123'4000);
    CHECK(arch::TTBR_EL1::CnP::get(ttbr) == 1);
}

TEST_CASE("the ESR of a user write to an unmapped page is Data Abort, write, level 3 translation") {
    // As Linux prints it: ESR: 0x0000000092000047.
    using E = arch::ESR_EL1;
    constexpr arch::u64 esr = 0x9200'0047;
    CHECK(E::EC::get(esr) == static_cast<arch::u64>(arch::ExceptionClass::DataAbortLower));
    CHECK(E::IL::get(esr) == 1);
    CHECK(E::WnR::get(esr) == 1);
    CHECK(E::DFSC::get(esr) == arch::fault_status_code(FaultKind::Translation, 3));
}

TEST_CASE("fault status codes are those of the manual's table") {
    CHECK(arch::fault_status_code(FaultKind::AddressSize, 0) == 0x00);
    CHECK(arch::fault_status_code(FaultKind::Translation, 0) == 0x04);
    CHECK(arch::fault_status_code(FaultKind::Translation, 2) == 0x06);
    CHECK(arch::fault_status_code(FaultKind::AccessFlag, 3) == 0x0b);
    CHECK(arch::fault_status_code(FaultKind::Permission, 1) == 0x0d);
    CHECK(arch::fault_status_code(FaultKind::Permission, 3) == 0x0f);
    CHECK(arch::fault_status_code(FaultKind::SyncExternal, 0) == 0x10);
    CHECK(arch::fault_status_code(FaultKind::SyncExternalOnWalk, 1) == 0x15);
    CHECK(arch::fault_status_code(FaultKind::Alignment, 0) == 0x21);
    CHECK(arch::fault_status_code(FaultKind::TlbConflict, 0) == 0x30);
    CHECK(arch::fault_status_code(FaultKind::UnsupportedAtomicUpdate, 0) == 0x31);
    CHECK(arch::fault_status_code(FaultKind::Translation, -1) == 0x2b);
}

TEST_CASE("memory attribute bytes tell Device from Normal and Write-Back from the rest") {
    CHECK(arch::MairAttr::is_device(0x00));
    CHECK(arch::MairAttr::is_device(0x04));
    CHECK_FALSE(arch::MairAttr::is_device(0x44));
    CHECK(arch::MairAttr::is_write_back(0xff));
    CHECK_FALSE(arch::MairAttr::is_write_back(0x44));
    CHECK_FALSE(arch::MairAttr::is_write_back(0xbb));
}
