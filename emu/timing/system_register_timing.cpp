#include "emu/timing/system_register_timing.h"

namespace emu {

namespace {

// op0, op1, CRn, CRm, op2 as they lie in the instruction, from bit 5 on.
constexpr arch::u32 key(unsigned op0, unsigned op1, unsigned crn, unsigned crm, unsigned op2) {
    return op0 << 14 | op1 << 11 | crn << 7 | crm << 3 | op2;
}
constexpr unsigned op0_of(arch::u32 k) {
    return k >> 14 & 3;
}
constexpr unsigned op1_of(arch::u32 k) {
    return k >> 11 & 7;
}
constexpr unsigned crn_of(arch::u32 k) {
    return k >> 7 & 15;
}

constexpr arch::u32 kRenamed[] = {
    key(3, 3, 4, 2, 0),   // NZCV
    key(3, 3, 4, 2, 1),   // DAIF
    key(3, 0, 4, 2, 2),   // CurrentEL
    key(3, 0, 4, 1, 0),   // SP_EL0
    key(3, 3, 13, 0, 2),  // TPIDR_EL0
    key(3, 3, 13, 0, 3),  // TPIDRRO_EL0
    key(3, 0, 13, 0, 4),  // TPIDR_EL1
};
constexpr arch::u32 kDaif = key(3, 3, 4, 2, 1);

bool is_write(arch::u32 word) {
    return (word >> 21 & 1) == 0;
}
bool is_remote(arch::u32 k) {
    const unsigned crn = crn_of(k);
    if (op0_of(k) == 2) return true;                                     // debug
    return (crn == 0 && op1_of(k) <= 3) || crn == 9 || crn == 14;  // identification, PMU, timers
}
// SCTLR_EL1, CPACR_EL1, TTBRn_EL1, TCR_EL1, MAIR_EL1, VBAR_EL1, CONTEXTIDR_EL1 and their kin.
bool is_context(arch::u32 k) {
    const unsigned crn = crn_of(k);
    return crn == 1 || crn == 2 || crn == 10 || crn == 12 || crn == 13;
}

}  // namespace

RegisterClass register_class(arch::u32 word) {
    const arch::u32 k = word >> 5 & 0xffff;
    if (op0_of(k) == 0) return RegisterClass::Ordinary;  // a field of PSTATE
    for (const arch::u32 renamed : kRenamed) {
        // Masking interrupts is no matter of registers alone.
        if (k == renamed) return k == kDaif && is_write(word) ? RegisterClass::Ordinary : RegisterClass::Renamed;
    }
    if (is_remote(k)) return RegisterClass::Remote;
    return is_context(k) ? RegisterClass::Context : RegisterClass::Ordinary;
}

u64 SystemRegisterTiming::read(arch::u32 word) const {
    switch (register_class(word)) {
        case RegisterClass::Renamed: return latency_.mrs_renamed.mid;
        case RegisterClass::Remote: return latency_.mrs_remote.mid;
        default: return latency_.mrs.mid;
    }
}

u64 SystemRegisterTiming::write(arch::u32 word) const {
    switch (register_class(word)) {
        case RegisterClass::Renamed: return latency_.msr_renamed.mid;
        case RegisterClass::Context:
        case RegisterClass::Remote: return latency_.msr_context.mid;
        default: return latency_.msr.mid;
    }
}

}  // namespace emu
