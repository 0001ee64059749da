// Which of the guest's tasks runs.
#pragma once

#include "emu/core/pe.h"

namespace emu {

// The number of its kernel stack. Linux: THREAD_SIZE, to which stacks are aligned.
[[nodiscard]] inline arch::u64 kernel_stack(const Pe& pe) {
    constexpr unsigned kStackShift = 14;
    const bool in_use = pe.el != 0 && pe.sp_select != 0;
    return ((in_use ? pe.x[kRegSp] : pe.sp_el[1]) - 1) >> kStackShift;
}

}  // namespace emu
