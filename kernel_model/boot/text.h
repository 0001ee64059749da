// Zero-terminated strings, as far as the kernel needs them.
#pragma once

#include <cstddef>

#include "mmu/arch/bits.h"

namespace km {

[[nodiscard]] inline std::size_t length_of(const char* text) {
    std::size_t n = 0;
    while (text[n] != '\0') ++n;
    return n;
}

[[nodiscard]] inline bool starts_with(const char* text, const char* prefix) {
    for (; *prefix != '\0'; ++text, ++prefix)
        if (*text != *prefix) return false;
    return true;
}

[[nodiscard]] inline bool equal(const char* a, const char* b) {
    for (; *a == *b; ++a, ++b)
        if (*a == '\0') return true;
    return false;
}

}  // namespace km
