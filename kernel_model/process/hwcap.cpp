#include "kernel_model/process/hwcap.h"

#include "kernel_model/port/aarch64/sysreg.h"
#include "kernel_model/process/user_access.h"

namespace km {
namespace {

using arch::u32;

enum IdRegister : unsigned { PFR0, PFR1, ISAR0, ISAR1, MMFR2, kIdRegisters };

struct IdValues {
    u64 value[kIdRegisters];
};

IdValues read_id_registers() {
    return {{read_sysreg(ID_AA64PFR0_EL1), read_sysreg(ID_AA64PFR1_EL1), read_sysreg(ID_AA64ISAR0_EL1),
             read_sysreg(ID_AA64ISAR1_EL1), read_sysreg(S3_0_C0_C7_2)}};
}

// HWCAP_x (word 0) or HWCAP2_x (word 1) is set when the field is at least `least`. Fields of floating point are signed.
struct Row {
    IdRegister id;
    unsigned low_bit;
    unsigned least;
    bool is_signed;
    unsigned word;
    unsigned bit;
};
constexpr Row kRows[] = {
    {PFR0, 16, 0, true, 0, 0},    // FP
    {PFR0, 20, 0, true, 0, 1},    // ASIMD
    {ISAR0, 4, 1, false, 0, 3},   // AES
    {ISAR0, 4, 2, false, 0, 4},   // PMULL
    {ISAR0, 8, 1, false, 0, 5},   // SHA1
    {ISAR0, 12, 1, false, 0, 6},  // SHA2
    {ISAR0, 16, 1, false, 0, 7},  // CRC32
    {ISAR0, 20, 2, false, 0, 8},  // ATOMICS
    {PFR0, 16, 1, true, 0, 9},    // FPHP
    {PFR0, 20, 1, true, 0, 10},   // ASIMDHP
    {ISAR0, 28, 1, false, 0, 12},  // ASIMDRDM
    {ISAR1, 12, 1, false, 0, 13},  // JSCVT
    {ISAR1, 16, 1, false, 0, 14},  // FCMA
    {ISAR1, 20, 1, false, 0, 15},  // LRCPC
    {ISAR1, 0, 1, false, 0, 16},   // DCPOP
    {ISAR0, 32, 1, false, 0, 17},  // SHA3
    {ISAR0, 36, 1, false, 0, 18},  // SM3
    {ISAR0, 40, 1, false, 0, 19},  // SM4
    {ISAR0, 44, 1, false, 0, 20},  // ASIMDDP
    {ISAR0, 12, 2, false, 0, 21},  // SHA512
    {ISAR0, 48, 1, false, 0, 23},  // ASIMDFHM
    {PFR0, 48, 1, true, 0, 24},    // DIT
    {MMFR2, 32, 1, false, 0, 25},  // USCAT
    {ISAR1, 20, 2, false, 0, 26},  // ILRCPC
    {ISAR0, 52, 1, false, 0, 27},  // FLAGM
    {PFR1, 4, 2, false, 0, 28},    // SSBS
    {ISAR1, 36, 1, false, 0, 29},  // SB
    {ISAR1, 0, 2, false, 1, 0},    // DCPODP
    {ISAR0, 52, 2, false, 1, 7},   // FLAGM2
    {ISAR1, 32, 1, false, 1, 8},   // FRINT
    {ISAR1, 52, 1, false, 1, 13},  // I8MM
    {ISAR1, 44, 1, false, 1, 14},  // BF16
    {ISAR1, 48, 1, false, 1, 15},  // DGH
    {ISAR0, 60, 1, false, 1, 16},  // RNG
};
constexpr u64 HWCAP_CPUID = 1 << 11;

bool announces(const IdValues& id, const Row& row) {
    const u64 field = id.value[row.id] >> row.low_bit & 0xf;
    if (row.is_signed && field >= 8) return false;
    return field >= row.least;
}

// MRS <Xt>, S3_0_C0_C<crm>_<op2>
struct Mrs {
    u32 word;
    [[nodiscard]] bool reads_id_register() const { return (word & 0xfffff000) == 0xd5380000; }
    [[nodiscard]] unsigned rt() const { return word & 31; }
    [[nodiscard]] unsigned crm() const { return word >> 8 & 15; }
    [[nodiscard]] unsigned op2() const { return word >> 5 & 7; }
};

// The fields that programs may see. Linux: FTR_VISIBLE in the ftr_id_aa64*[] tables; ELx_64BIT_ONLY in the hidden ones.
u64 visible_value(unsigned crm, unsigned op2) {
    constexpr u64 kFpAsimdDit = 0x000f'0000'00ff'0000, kEl01 = 0x11, kSsbs = 0xf0, kAt = u64{0xf} << 32;
    constexpr u64 kPointerAuthentication = 0x0000'0000'ff00'0ff0;  // GPI, GPA, API, APA
    const IdValues id = read_id_registers();
    switch (crm << 3 | op2) {
        case 4 << 3 | 0: return (id.value[PFR0] & kFpAsimdDit) | kEl01;
        case 4 << 3 | 1: return id.value[PFR1] & kSsbs;
        case 6 << 3 | 0: return id.value[ISAR0] & ~(u64{0xf} << 56 | u64{0xf} << 24 | 0xf);
        case 6 << 3 | 1: return id.value[ISAR1] & ~kPointerAuthentication;
        case 7 << 3 | 2: return id.value[MMFR2] & kAt;
        default: return 0;
    }
}

u64 identity(unsigned op2) {
    constexpr u64 kOneProcessor = u64{1} << 31;  // Linux: SYS_MPIDR_SAFE_VAL
    if (op2 == 0) return read_sysreg(MIDR_EL1);
    return op2 == 5 ? kOneProcessor : op2 == 6 ? read_sysreg(REVIDR_EL1) : 0;
}

}  // namespace

HardwareCapabilities hardware_capabilities() {
    const IdValues id = read_id_registers();
    u64 words[2] = {HWCAP_CPUID, 0};
    for (const Row& row : kRows)
        if (announces(id, row)) words[row.word] |= u64{1} << row.bit;
    return {words[0], words[1]};
}

bool emulate_id_register(PtRegs& regs) {
    constexpr u64 kInstruction = 4;
    Mrs mrs{0};
    if (!get_user(mrs.word, regs.pc) || !mrs.reads_id_register() || mrs.crm() == 1 || mrs.crm() > 7) return false;
    const u64 value = mrs.crm() == 0 ? identity(mrs.op2()) : visible_value(mrs.crm(), mrs.op2());
    if (mrs.rt() < 31) regs.regs[mrs.rt()] = value;
    regs.pc += kInstruction;
    return true;
}

}  // namespace km
