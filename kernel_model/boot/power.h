// Arm: Power State Coordination Interface (DEN0022), SYSTEM_OFF.
#pragma once

namespace km {

enum class PsciConduit { Hvc, Smc };

void set_psci_conduit(PsciConduit conduit);
[[noreturn]] void power_off();

}  // namespace km
