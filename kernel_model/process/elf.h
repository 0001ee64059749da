// The parts of ELF64 that loading a static program needs. Names: System V ABI, elf(5).
#pragma once

#include "mmu/arch/bits.h"

namespace km::elf {

using arch::u16;
using arch::u32;
using arch::u64;
using arch::u8;

inline constexpr u32 kMagic = 0x464c457f;
inline constexpr u8 kClass64 = 2;
inline constexpr u16 ET_EXEC = 2, ET_DYN = 3;
inline constexpr u16 EM_AARCH64 = 183;
inline constexpr u32 PT_LOAD = 1;
inline constexpr u32 PT_INTERP = 3;
inline constexpr u32 PF_X = 1, PF_W = 2, PF_R = 4;

struct Header {
    u32 magic;
    u8 file_class;
    u8 ident[11];
    u16 e_type;
    u16 e_machine;
    u32 e_version;
    u64 e_entry;
    u64 e_phoff;
    u64 e_shoff;
    u32 e_flags;
    u16 e_ehsize;
    u16 e_phentsize;
    u16 e_phnum;
    u16 e_shentsize;
    u16 e_shnum;
    u16 e_shstrndx;
};
static_assert(sizeof(Header) == 64);

struct ProgramHeader {
    u32 p_type;
    u32 p_flags;
    u64 p_offset;
    u64 p_vaddr;
    u64 p_paddr;
    u64 p_filesz;
    u64 p_memsz;
    u64 p_align;
};
static_assert(sizeof(ProgramHeader) == 56);

// Auxiliary vector: getauxval(3).
inline constexpr u64 AT_NULL = 0, AT_PHDR = 3, AT_PHENT = 4, AT_PHNUM = 5, AT_PAGESZ = 6, AT_BASE = 7, AT_FLAGS = 8,
                     AT_ENTRY = 9, AT_UID = 11, AT_EUID = 12, AT_GID = 13, AT_EGID = 14, AT_PLATFORM = 15,
                     AT_HWCAP = 16, AT_CLKTCK = 17, AT_SECURE = 23, AT_RANDOM = 25, AT_HWCAP2 = 26, AT_EXECFN = 31,
                     AT_MINSIGSTKSZ = 51;

}  // namespace km::elf
