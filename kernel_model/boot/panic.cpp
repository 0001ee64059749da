#include "kernel_model/boot/panic.h"

#include "kernel_model/boot/layout.h"
#include "kernel_model/boot/mailbox.h"
#include "kernel_model/boot/power.h"
#include "kernel_model/boot/print.h"
#include "kernel_model/port/aarch64/sysreg.h"
#include "kernel_model/process/pt_regs.h"
#include "mmu/arch/sysreg_layout.h"

namespace km {
namespace {

constexpr u64 kMaxFrames = 16;

void print_registers(const PtRegs& regs) {
    for (unsigned i = 0; i < 31; ++i)
        print("x", i, i < 10 ? "  " : " ", Hex{regs.regs[i], 16}, i % 4 == 3 ? "\n" : "  ");
    print("\nsp  ", Hex{regs.sp, 16}, " pc  ", Hex{regs.pc, 16}, " pstate ", Hex{regs.pstate, 8}, "\n");
    print("ESR_EL1 ", Hex{read_sysreg(ESR_EL1), 8}, " FAR_EL1 ", Hex{read_sysreg(FAR_EL1), 16}, "\n");
}

// Frame records form a list (AAPCS64): {caller's frame, return address}. It is followed while it goes up one stack.
void print_callers(u64 frame) {
    print("callers:");
    for (u64 i = 0; i < kMaxFrames && (frame & 15) == 0 && frame >= KM_PAGE_OFFSET; ++i) {
        const u64* record = reinterpret_cast<const u64*>(frame);
        if (record[1] == 0) break;
        print(" ", Hex{record[1], 16});
        if (record[0] <= frame || record[0] - frame > KM_STACK_SIZE) break;
        frame = record[0];
    }
    print("\n");
}

}  // namespace

void panic(const char* message, const PtRegs* regs) {
    static bool nested;
    if (nested) power_off();
    nested = true;
    print("kernel panic: ", message, "\n");
    if (regs != nullptr) print_registers(*regs);
    print_callers(regs != nullptr ? regs->regs[29] : reinterpret_cast<u64>(__builtin_frame_address(0)));
    mailbox_panic();
    power_off();
}

}  // namespace km
