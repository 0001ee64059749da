// The floating-point and vector registers of tasks. They belong to one task at a time; another one's first use traps
// (CPACR_EL1.FPEN) and swaps them. Linux saves them at every switch instead (arch/arm64/kernel/fpsimd.c).
#pragma once

#include "kernel_model/process/task.h"

namespace km {

struct FpState {
    alignas(16) u64 v[64]{};  // V0..V31, low half first
    arch::u32 fpsr{0};
    arch::u32 fpcr{0};
};

// At boot: the kernel may use the registers (to save them), programs trap. Nothing on a core without them.
void fpsimd_start();
[[nodiscard]] bool fpsimd_exists();

// The trap. False: no memory.
[[nodiscard]] bool fpsimd_take();
// `next` is about to run.
void fpsimd_switch(const Task& next);

// The values of the current task in memory: those of the registers, if they are its own. Null: never used.
[[nodiscard]] const FpState* fpsimd_saved();
// New values for the current task. False: no memory.
[[nodiscard]] bool fpsimd_set(const FpState& state);
// fork: the child starts with the current task's. False: no memory.
[[nodiscard]] bool fpsimd_copy_to(Task& child);
// execve and exit.
void fpsimd_forget(Task& task);

}  // namespace km
