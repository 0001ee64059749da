#include "tests/core/programs.h"

#include <cstdlib>
#include <cstring>

// programs.S, assembled at build time.
asm(".section .rodata\n"
    ".balign 64\n"
    "core_test_programs_begin: .incbin \"" FOLDWALK_PROGRAMS "\"\n"
    "core_test_programs_end:\n"
    ".text\n");
extern "C" const unsigned char core_test_programs_begin[];
extern "C" const unsigned char core_test_programs_end[];

namespace core_test {
namespace {

struct DirectoryEntry {
    arch::u64 offset;
    char name[56];
};

}  // namespace

std::span<const arch::u8> program(std::string_view name) {
    const auto* begin = core_test_programs_begin;
    for (const auto* at = begin;; at += sizeof(DirectoryEntry)) {
        DirectoryEntry entry;
        std::memcpy(&entry, at, sizeof entry);
        if (entry.offset == 0) std::abort();
        if (name == entry.name) return {begin + entry.offset, core_test_programs_end};
    }
}

}  // namespace core_test
