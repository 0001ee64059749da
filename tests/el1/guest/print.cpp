#include "tests/el1/guest/print.h"

namespace el1 {
namespace {

constexpr arch::u64 kPl011Data = 0x09000000;

void put_char(char c) {
    *reinterpret_cast<volatile arch::u32*>(kPl011Data) = static_cast<arch::u8>(c);
}

}  // namespace

void put(const char* text) {
    for (; *text != 0; ++text) put_char(*text);
}

void put_hex(arch::u64 value) {
    unsigned shift = 60;
    while (shift > 0 && (value >> shift) == 0) shift -= 4;
    for (;; shift -= 4) {
        put_char("0123456789abcdef"[value >> shift & 15]);
        if (shift == 0) return;
    }
}

}  // namespace el1
