// What a processing element asks of the machine around it, beside RAM (mmu::PhysicalMemoryPort). The machine
// implements it; the core never knows a device by name.
#pragma once

#include "mmu/arch/address.h"

namespace emu {

struct Pe;

class Bus {
public:
    Bus() = default;
    Bus(const Bus&) = delete;
    Bus& operator=(const Bus&) = delete;
    virtual ~Bus() = default;

    // An access to a page that is not RAM. `size` is 1, 2, 4 or 8 bytes, `pa` a multiple of it.
    // false: nothing answers there; the guest gets a synchronous External abort.
    [[nodiscard]] virtual bool device_read(arch::PhysicalAddress pa, unsigned size, arch::u64& value) = 0;
    [[nodiscard]] virtual bool device_write(arch::PhysicalAddress pa, unsigned size, arch::u64 value) = 0;

    // The page at `page` now holds (or no longer holds) decoded instructions, so PhysicalMemoryPort::code_page
    // must say so from now on: stores to it have to come through the core's slow path.
    virtual void set_code_page(arch::PhysicalAddress page, bool is_code) = 0;

    // HVC with no EL2 below: the firmware interface (PSCI). Arguments and results are pe.x[0..3].
    // Sets pe.stop_requested to end the run. false: no firmware here, the instruction is UNDEFINED.
    [[nodiscard]] virtual bool firmware_call(Pe& pe) = 0;

    // A guest marker: HINT #number, see kernel_model/abi/guest_abi.h. Called between instructions with all counters
    // settled; may set pe.stop_requested.
    virtual void on_marker(Pe& pe, unsigned number) = 0;

    // Time, for the generic timer: the system count (CNTPCT_EL0), in ticks of CNTFRQ_EL0. Deterministic.
    [[nodiscard]] virtual arch::u64 system_count(const Pe& pe) = 0;
    // Called before an instruction reads time or a PMU counter, so that timing can catch up with execution.
    virtual void synchronize_time(Pe& pe) = 0;
};

}  // namespace emu
