#include "tests/el1/guest/code_page.h"

#include "tests/el1/guest/tables.h"

namespace el1 {
namespace {

constexpr u64 kWritten = kUserCode + 0x200000;  // for EL0
alignas(4096) volatile u32 code[1024];

void make_visible(u64 at, u64 bytes) {
    for (u64 line = at & ~u64{63}; line < at + bytes; line += 64) asm volatile("dc cvau, %0" : : "r"(line) : "memory");
    asm volatile("dsb ish" : : : "memory");
    for (u64 line = at & ~u64{63}; line < at + bytes; line += 64) asm volatile("ic ivau, %0" : : "r"(line) : "memory");
    asm volatile("dsb ish\nisb" : : : "memory");
}

}  // namespace

u64 write_code(const u32* words, unsigned count, Level level) {
    const u64 at = reinterpret_cast<u64>(code);
    for (unsigned i = 0; i < count; ++i) code[i] = words[i];
    make_visible(at, 4 * count);
    if (level != Level::El0) return at;
    if (*descriptor(kWritten, 3) == 0) {
        map(kWritten, at, kNormal | kUser | kReadOnly | kPrivilegedNever);
        flush();
    }
    return kWritten;
}

}  // namespace el1
