// Reading guest programs: the arm64 Image that is booted and the ELF files that name its symbols.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "mmu/arch/bits.h"

namespace emu {

struct Symbol {
    std::string name;
    arch::u64 start{0};  // virtual address
    arch::u64 size{0};   // bytes; 0 where the file does not say
};

// Header of an arm64 Image. Linux: Documentation/arch/arm64/booting.rst.
struct ImageHeader {
    arch::u64 text_offset{0};
    arch::u64 image_size{0};  // bytes the image needs, bss included
};

// Throws UserError when `bytes` is no arm64 Image; `path` is for the message.
[[nodiscard]] ImageHeader parse_image_header(std::span<const arch::u8> bytes, const std::string& path);

// Function symbols (STT_FUNC, and untyped labels of executable sections) of an AArch64 ELF64 file, sorted by
// address; aliases are all kept. Throws UserError when the file is no such ELF or is cut short.
[[nodiscard]] std::vector<Symbol> read_elf_symbols(std::span<const arch::u8> bytes, const std::string& path);

// Data symbols (STT_OBJECT), likewise.
[[nodiscard]] std::vector<Symbol> read_elf_objects(std::span<const arch::u8> bytes, const std::string& path);

struct ProgramFile {
    bool position_independent{false};
};
// Throws UserError when the file is no AArch64 program that runs by itself: another machine's, an object, dynamically linked.
[[nodiscard]] ProgramFile check_static_program(std::span<const arch::u8> bytes, const std::string& path);

}  // namespace emu
