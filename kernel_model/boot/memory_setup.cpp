#include "kernel_model/boot/memory_setup.h"

#include "kernel_model/boot/boot_memory.h"
#include "kernel_model/boot/console.h"
#include "kernel_model/boot/layout.h"
#include "kernel_model/boot/panic.h"
#include "kernel_model/boot/power.h"
#include "kernel_model/boot/print.h"
#include "kernel_model/mm/memory.h"
#include "kernel_model/port/aarch64/sysreg.h"
#include "kernel_model/port/port.h"
#include "mmu/arch/granule.h"

extern "C" {
extern char _text[], _end[];
extern arch::u64 swapper_pg_dir[], reserved_pg_dir[], identity_level0[];
}

namespace km {

extern TablePool boot_tables;

namespace {

constexpr u64 kPage = arch::page_size(arch::Granule::k4K);
constexpr u64 k2M = arch::level_size(arch::Granule::k4K, 2);

u64 image_pa(const void* address) { return port::virt_to_phys(address); }

void map(const u64* root, TablePool& pool, const KernelRange& range) {
    if (!map_kernel_range(image_pa(root), pool, range)) panic("too few page tables reserved at boot");
}

void map_identity(MemoryRange range) {
    const u64 start = arch::align_down(range.start, k2M);
    const u64 end = arch::align_up(range.end, k2M);
    map(identity_level0, boot_tables, {start, start, end - start, kKernelReadWrite, MapGrain::Block1G});
}

// The device tree may be anywhere; until its size is known, its first 2 MiB are mapped.
void read_tree(u64 pa, BootInfo& info) {
    map_identity({pa, pa + kPage});
    const void* tree = reinterpret_cast<const void*>(pa);
    map_identity({pa, pa + device_tree_size(tree)});
    if (!read_device_tree(tree, info.tree)) panic("the device tree cannot be read");
    set_psci_conduit(info.tree.psci_by_smc ? PsciConduit::Smc : PsciConduit::Hvc);
}

void start_console(u64 uart_pa) {
    if (uart_pa == 0) return;
    map(swapper_pg_dir, boot_tables, {KM_DEVICE_ADDRESS, uart_pa, kPage, kKernelDevice, MapGrain::Page});
    console::start(reinterpret_cast<void*>(KM_DEVICE_ADDRESS));
}

void zero_pages(TablePool pool) {
    for (u64 pa = pool.next; pa != pool.end; pa += kPage) port::zero_page(reinterpret_cast<void*>(pa));
}

void make_linear_map(BootMemory& memory, const BootInfo& info) {
    u64 pages = 0;
    for (unsigned i = 0; i < info.tree.ram_count; ++i) pages += table_pages_for(info.tree.ram[i].bytes());
    const u64 tables = memory.allocate(pages * kPage, kPage);
    if (tables == 0) panic("no room for the linear map's tables");
    TablePool pool{tables, tables + pages * kPage};
    zero_pages(pool);
    for (unsigned i = 0; i < info.tree.ram_count; ++i) {
        const MemoryRange ram = info.tree.ram[i];
        map(swapper_pg_dir, pool,
            {ram.start + KM_PAGE_OFFSET, ram.start, ram.bytes(), kKernelReadWrite, info.arguments.linear_map});
    }
}

void drop_identity_map() {
    write_sysreg(image_pa(reserved_pg_dir), TTBR0_EL1);
    asm volatile("isb\n\ttlbi vmalle1\n\tdsb nsh\n\tisb" : : : "memory");
}

PhysicalRange span_of(const DeviceTree& tree) {
    PhysicalRange span{tree.ram[0].start, tree.ram[0].end};
    for (unsigned i = 1; i < tree.ram_count; ++i) {
        if (tree.ram[i].start < span.start) span.start = tree.ram[i].start;
        if (tree.ram[i].end > span.end) span.end = tree.ram[i].end;
    }
    return span;
}

void start_memory_manager(BootMemory& memory, const BootInfo& info) {
    KernelOptions options;
    const char* bad = nullptr;
    if (!parse_kernel_options(info.arguments.text, options, bad)) {
        print("bad boot argument: ", bad, "\n");
        panic("boot arguments cannot be read");
    }
    const PhysicalRange span = span_of(info.tree);
    const u64 page_array_pa = memory.allocate(page_array_bytes(span), kPage);
    if (page_array_pa == 0) panic("no room for the page array");
    mm_init(options, span, page_array_pa);
    memory.for_each_free([](MemoryRange free) { mm_add_free_range({free.start, free.end}); });
    mm_init_finish();
}

}  // namespace

void setup_memory(u64 device_tree_pa, BootInfo& info) {
    read_tree(device_tree_pa, info);
    start_console(info.tree.uart);
    if (info.tree.ram_count == 0) panic("the device tree names no memory");
    read_boot_arguments(info.tree.bootargs, info.arguments);
    info.tree.bootargs = "";

    BootMemory memory{info.tree};
    memory.reserve({image_pa(_text), image_pa(_end)});
    memory.reserve(info.tree.initrd);
    for (unsigned i = 0; i < info.tree.ram_count; ++i) map_identity(info.tree.ram[i]);
    make_linear_map(memory, info);
    drop_identity_map();
    start_memory_manager(memory, info);
}

}  // namespace km
