// System registers as data: the rows of sysregs.def, the table that finds them by encoding, and MRS/MSR.
#pragma once

#include <array>
#include <bitset>
#include <cstddef>

#include "emu/isa/decoded_op.h"
#include "emu/isa/features.h"

namespace emu {

enum class SysReg : u8 {
#define SYSREG(name, ...) name,
#include "emu/core/sysregs.def"
#undef SYSREG
};

enum class SysRegRights : u8 { RO, WO, RW };

// Who may use a register from EL0. From EL0 a register of gate Never is UNDEFINED (EC 0x00); a named control
// that is off traps to EL1 (EC 0x18). Arm: the accessibility pseudocode of each register's page.
enum class SysRegGate : u8 {
    Never,
    Read,
    ReadWrite,
    CacheType,         // SCTLR_EL1.UCT
    InterruptMask,     // SCTLR_EL1.UMA
    CounterFrequency,  // CNTKCTL_EL1.EL0PCTEN or EL0VCTEN; writes are for the highest Exception level, here EL1
    PhysicalCounter,   // CNTKCTL_EL1.EL0PCTEN
    VirtualCounter,    // CNTKCTL_EL1.EL0VCTEN
    PhysicalTimer,     // CNTKCTL_EL1.EL0PTEN
    VirtualTimer,      // CNTKCTL_EL1.EL0VTEN
    DebugChannel,      // MDSCR_EL1.TDCC clear; never written
    Monitors,          // PMUSERENR_EL0.EN
    MonitorsSoftware,  // PMUSERENR_EL0.EN or SW
    MonitorsCycle,     // PMUSERENR_EL0.EN, or CR for reads
    MonitorsEvent,     // PMUSERENR_EL0.EN, or ER for reads and for PMSELR_EL0
};

// Whose functions read and write a register.
enum class SysRegHook : u8 {
    Plain,                 // the stored value
    CacheSize,             // CCSIDR_EL1 of the cache that CSSELR_EL1 selects
    ZeroBlockSize,         // DCZID_EL0.DZP depends on the Exception level
    Regime,                // CPACR_EL1, MAIR_EL1: the MMU or what Pe derives must know
    Control,               // SCTLR_EL1: likewise; bits of absent features cannot be written
    TranslationControl,    // TCR_EL1: likewise
    TranslationTableBase,  // TTBRn_EL1: the MMU must know, and the write is an event
    StackPointer,          // SP_EL0
    Pstate,
    FloatingPoint,         // FPCR, FPSR: exist with FEAT_FP, and trap where CPACR_EL1.FPEN says so
    Timer,
    Pmu,
    Interrupts,            // ISR_EL1
    Debug,                 // what decides whether debug exceptions are taken
    OsLock,                // OSLAR_EL1
};

struct SysRegInfo {
    const char* name;
    u16 key;  // op0:op1:CRn:CRm:op2, as in DecodedOp::imm of MRS and MSR
    SysRegRights rights;
    SysRegGate gate;
    SysRegHook hook;
    u64 reset;
    u64 write_mask;
};

[[nodiscard]] constexpr u16 sysreg_key(unsigned op0, unsigned op1, unsigned crn, unsigned crm, unsigned op2) {
    return static_cast<u16>(op0 << 14 | op1 << 11 | crn << 7 | crm << 3 | op2);
}

inline constexpr SysRegInfo kSysRegs[] = {
#define SYSREG(name, op0, op1, crn, crm, op2, rights, gate, hook, reset, write_mask)                      \
    {#name, sysreg_key(op0, op1, crn, crm, op2), SysRegRights::rights, SysRegGate::gate, SysRegHook::hook, \
     reset, write_mask},
#include "emu/core/sysregs.def"
#undef SYSREG
};
inline constexpr std::size_t kSysRegCount = sizeof(kSysRegs) / sizeof(kSysRegs[0]);
static_assert(kSysRegCount < 0xff);

inline constexpr u8 kNoSysReg = 0xff;
using SysRegSet = std::bitset<kSysRegCount>;

// Registers that do not exist on a core with `features` only.
[[nodiscard]] SysRegSet absent_sysregs(const CoreFeatures& features);

// Row of the register with this key, or kNoSysReg.
[[nodiscard]] u8 find_sysreg(u64 key);

// The stored values. Registers whose truth is elsewhere (PSTATE, timers, counters) leave their slot unused.
struct SystemRegisters {
    std::array<u64, kSysRegCount> value{};

    [[nodiscard]] u64& operator[](SysReg r) { return value[static_cast<std::size_t>(r)]; }
    [[nodiscard]] u64 operator[](SysReg r) const { return value[static_cast<std::size_t>(r)]; }

    template <class Archive>
    void serialize(Archive& archive) {
        archive(value);
    }
};

enum class SysRegAccess : u8 { Allowed, Undefined, Trapped, FpTrapped };

// Whether an MRS (`write` false) or MSR of this row may execute at the current Exception level.
[[nodiscard]] SysRegAccess check_sysreg(const Pe& pe, u8 row, bool write);

// Value that an allowed MRS reads. Counters must be settled first where reads_time() says so.
[[nodiscard]] u64 read_sysreg(Pe& pe, u8 row);
// Effect of an allowed MSR.
void write_sysreg(Pe& pe, u8 row, u64 value);

// The register's value depends on retired instructions, counted events or time.
[[nodiscard]] constexpr bool reads_time(const SysRegInfo& info) {
    return info.hook == SysRegHook::Timer || info.hook == SysRegHook::Pmu;
}
// A write changes how later instructions are translated or counted: a straight run ends behind it.
[[nodiscard]] constexpr bool ends_run(const SysRegInfo& info) {
    return info.hook != SysRegHook::Plain && info.hook != SysRegHook::StackPointer && info.hook != SysRegHook::FloatingPoint;
}

// Tells the MMU the translation registers, and refreshes what Pe derives from SCTLR_EL1.
void apply_regime(Pe& pe);

}  // namespace emu
