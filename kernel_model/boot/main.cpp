#include "kernel_model/boot/cpu_features.h"
#include "kernel_model/boot/mailbox.h"
#include "kernel_model/boot/memory_setup.h"
#include "kernel_model/boot/panic.h"
#include "kernel_model/boot/power.h"
#include "kernel_model/boot/print.h"
#include "kernel_model/process/task.h"

extern "C" {
extern void (*__init_array_start[])();
extern void (*__init_array_end[])();
}

namespace km {

Task boot_task;
PerCpu this_cpu;

namespace {
BootInfo boot_info;
}

extern "C" [[noreturn]] void kernel_main(u64 device_tree_pa) {
    for (auto* constructor = __init_array_start; constructor != __init_array_end; ++constructor) (*constructor)();
    setup_memory(device_tree_pa, boot_info);
    enable_pan();
    mailbox_announce();
    print("init is ", static_cast<const char*>(boot_info.arguments.init), "\n");
    mailbox_finish(0,0);
    power_off();
}

}  // namespace km
