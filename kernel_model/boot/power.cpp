#include "kernel_model/boot/power.h"

#include "mmu/arch/bits.h"

namespace km {
namespace {

constexpr arch::u64 kSystemOff = 0x84000008;
PsciConduit conduit_in_use;

}  // namespace

void set_psci_conduit(PsciConduit conduit) { conduit_in_use = conduit; }

void power_off() {
    register arch::u64 function asm("x0") = kSystemOff;
    if (conduit_in_use == PsciConduit::Hvc)
        asm volatile("hvc #0" : "+r"(function) : : "x1", "x2", "x3", "memory");
    else
        asm volatile("smc #0" : "+r"(function) : : "x1", "x2", "x3", "memory");
    for (;;) asm volatile("wfi");
}

}  // namespace km
