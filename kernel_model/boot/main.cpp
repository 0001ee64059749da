#include "kernel_model/boot/cpu_features.h"
#include "kernel_model/boot/mailbox.h"
#include "kernel_model/boot/memory_setup.h"
#include "kernel_model/boot/panic.h"
#include "kernel_model/boot/start_file.h"
#include "kernel_model/fs/content.h"
#include "kernel_model/fs/device.h"
#include "kernel_model/fs/initrd.h"
#include "kernel_model/fs/open_file.h"
#include "kernel_model/port/port.h"
#include "kernel_model/process/exec.h"
#include "kernel_model/process/exit.h"
#include "kernel_model/process/fpsimd.h"
#include "kernel_model/process/replay.h"
#include "kernel_model/process/scheduler.h"
#include "kernel_model/process/task_list.h"

extern "C" {
extern void (*__init_array_start[])();
extern void (*__init_array_end[])();
}

namespace km {

Task boot_task;
PerCpu this_cpu;

namespace {

BootInfo boot_info;

// Arguments from the boot line or from the start file. Returns the standard input, if there is one.
ProgramStart collect_strings(const BootArguments& arguments, ExecStrings& strings) {
    if (arguments.start[0] != '\0') return read_start_file(arguments.start, strings);
    for (const char* const* argument = arguments.init_arguments; *argument != nullptr; ++argument)
        if (strings.add_argument(*argument) != 0) panic("the arguments of init are too long");
    return {arguments.init, nullptr};
}

// The first steps of init, on its own stack: it turns itself into the program.
void start_init(void*) {
    const BootArguments& arguments = boot_info.arguments;
    const ProgramStart start = collect_strings(arguments, exec_strings());
    if (!open_standard_files(*current(), start.input)) panic("no memory for init");
    if (arguments.start[0] != '\0') {
        // Linux unpacks an initramfs into the page cache at boot: the program finds its files there.
        if (!fill_page_caches(root_node())) panic("no memory for the files of the initrd");
        begin_program_phase();
    }
    if (do_execve(start.program, exec_strings(), *current()->regs()) != 0) panic("init cannot be started");
}

void make_init() {
    Task* init = new_task(nullptr);
    if (init == nullptr) panic("no memory for init");
    init->working_directory = &root_node();
    node_get(root_node());
    init->context.x19 = reinterpret_cast<u64>(start_init);
    init->context.sp = reinterpret_cast<u64>(init->regs());
    init->context.pc = reinterpret_cast<u64>(ret_from_fork);
    wake_up(*init);
}

}  // namespace

extern "C" [[noreturn]] void kernel_main(u64 device_tree_pa) {
    for (auto* constructor = __init_array_start; constructor != __init_array_end; ++constructor) (*constructor)();
    setup_memory(device_tree_pa, boot_info);
    enable_pan();
    fpsimd_start();
    mailbox_announce();
    const MemoryRange initrd = boot_info.tree.initrd;
    unpack_initrd(static_cast<const u8*>(port::phys_to_virt(initrd.start)),
                  static_cast<const u8*>(port::phys_to_virt(initrd.end)));
    make_devices();
    if (boot_info.arguments.replay_window != 0)
        replay_set_window(port::phys_to_virt(initrd.start + boot_info.arguments.replay_window));
    make_init();
    schedule();
    finish_run();
}

}  // namespace km
