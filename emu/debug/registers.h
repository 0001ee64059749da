// The registers of a processing element as GDB numbers and sees them. Reading changes nothing.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "emu/core/pe.h"

namespace emu::debug {

struct RegisterInfo {
    enum class Set : u8 { Core, Fpu, System };

    Set set{Set::Core};
    std::string name;
    unsigned bytes{8};
    u8 index{0};  // X or V number, or row of kSysRegs
};

// Numbers of the core registers. GDB knows them by name only; these are what `expedited` registers use.
inline constexpr unsigned kSpNumber = 31;
inline constexpr unsigned kPcNumber = 32;
inline constexpr unsigned kCpsrNumber = 33;
inline constexpr unsigned kV0Number = 34;
inline constexpr unsigned kFpsrNumber = 66;
inline constexpr unsigned kFpcrNumber = 67;
inline constexpr unsigned kFirstSystemNumber = 68;

// All registers by number: x0-x30, sp, pc, cpsr, v0-v31, fpsr, fpcr, then the system registers that can be read.
[[nodiscard]] const std::vector<RegisterInfo>& registers();

// Little endian. Counters must be settled, as they are between runs.
[[nodiscard]] std::vector<u8> read_register(Pe& pe, unsigned number);
// false: the register is read-only, has another size, or the value would change what a debugger may not (the Exception
// level). System registers take it as from an MSR at EL1.
[[nodiscard]] bool write_register(Pe& pe, unsigned number, std::span<const u8> value);

}  // namespace emu::debug
