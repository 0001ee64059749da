// The guest's files: read from disk, and laid out in guest memory as a boot loader would.
#pragma once

#include <string>
#include <vector>

#include "emu/machine/fdt_builder.h"
#include "emu/machine/run.h"
#include "emu/memory/loader.h"
#include "emu/memory/physical_memory.h"

namespace emu {

struct GuestImage {
    std::vector<arch::u8> kernel;    // arm64 Image
    std::vector<arch::u8> initrd;
    std::vector<Symbol> kernel_symbols;
    std::vector<Symbol> kernel_objects;   // data
    std::vector<Symbol> program_symbols;  // of the workload
    std::vector<InputFile> inputs;        // what was read, with content hashes
};

// Throws UserError naming the missing or damaged file.
[[nodiscard]] GuestImage read_guest_image(const RunRequest& request);

// Where the boot protocol starts the guest, and where a trace window (of `window_bytes`, 0: none) lies behind the initrd.
struct BootState {
    arch::u64 pc{0};
    arch::u64 device_tree{0};  // x0
    arch::u64 window{0};       // physical address
};
// Throws UserError when guest memory is too small.
[[nodiscard]] BootState load_guest(const GuestImage& image, const std::string& bootargs, arch::u64 window_bytes,
                                   PhysicalMemory& memory);

// FNV-1a, 64 bits.
[[nodiscard]] arch::u64 content_hash(const std::vector<arch::u8>& bytes);

}  // namespace emu
