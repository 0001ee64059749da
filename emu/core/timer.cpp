#include "emu/core/timer.h"

#include "emu/core/bus.h"
#include "emu/core/pe.h"

namespace emu {
namespace {

constexpr u64 kTimerEnable = 1;
constexpr u64 kTimerStatus = 4;

u64 control(Pe& pe, SysReg ctl, SysReg cval) {
    const u64 written = pe.sysreg(ctl);
    const bool met = (written & kTimerEnable) != 0 && pe.bus->system_count(pe) >= pe.sysreg(cval);
    return written | (met ? kTimerStatus : 0);
}

u64 timer_value(Pe& pe, SysReg cval) { return (pe.sysreg(cval) - pe.bus->system_count(pe)) & 0xffffffff; }

void write_timer_value(Pe& pe, SysReg cval, u64 value) {
    pe.sysreg(cval) = pe.bus->system_count(pe) + static_cast<u64>(arch::sign_extend(value, 32));
}

}  // namespace

u64 read_timer(Pe& pe, u8 row) {
    switch (static_cast<SysReg>(row)) {
        case SysReg::CNTP_CTL_EL0: return control(pe, SysReg::CNTP_CTL_EL0, SysReg::CNTP_CVAL_EL0);
        case SysReg::CNTV_CTL_EL0: return control(pe, SysReg::CNTV_CTL_EL0, SysReg::CNTV_CVAL_EL0);
        case SysReg::CNTP_TVAL_EL0: return timer_value(pe, SysReg::CNTP_CVAL_EL0);
        case SysReg::CNTV_TVAL_EL0: return timer_value(pe, SysReg::CNTV_CVAL_EL0);
        default: return pe.bus->system_count(pe);
    }
}

void write_timer(Pe& pe, u8 row, u64 value) {
    const auto r = static_cast<SysReg>(row);
    if (r == SysReg::CNTP_TVAL_EL0) return write_timer_value(pe, SysReg::CNTP_CVAL_EL0, value);
    if (r == SysReg::CNTV_TVAL_EL0) return write_timer_value(pe, SysReg::CNTV_CVAL_EL0, value);
    pe.sysreg(r) = value & kSysRegs[row].write_mask;
}

}  // namespace emu
