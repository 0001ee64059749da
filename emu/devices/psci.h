// PSCI by HVC: what the guest kernel asks of its firmware. Arm: Power State Coordination Interface, DEN 0022.
#pragma once

#include "mmu/arch/bits.h"

namespace emu {

enum class PsciAction : arch::u8 { Continue, PowerOff, Reset };

struct PsciReply {
    PsciAction action{PsciAction::Continue};
    arch::u64 x0{0};  // the result register when execution goes on
};

// `function` is x0 of the call, `argument` x1.
[[nodiscard]] PsciReply psci_call(arch::u64 function, arch::u64 argument);

}  // namespace emu
