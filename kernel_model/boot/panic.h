#pragma once

namespace km {

struct PtRegs;

// Says why, where (registers and callers, when `regs` is given, else the callers of panic itself), marks the mailbox
// and powers the machine off.
[[noreturn]] void panic(const char* message, const PtRegs* regs = nullptr);

}  // namespace km
