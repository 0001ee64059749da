// Text on the serial port.
#pragma once

#include "mmu/arch/bits.h"

namespace el1 {

void put(const char* text);
void put_hex(arch::u64 value);

// One line of the suite, "group/name: values": prints as it is built and ends with it.
class Line {
public:
    Line(const char* name) {
        put(name);
        put(":");
    }
    Line(const char* name, const char* part) {
        put(name);
        put("-");
        put(part);
        put(":");
    }
    Line(const Line&) = delete;
    Line& operator=(const Line&) = delete;
    ~Line() { put("\n"); }
    Line& hex(const char* label, arch::u64 value) {
        put(" ");
        put(label);
        put("=");
        put_hex(value);
        return *this;
    }
    Line& word(const char* text) {
        put(" ");
        put(text);
        return *this;
    }
};

}  // namespace el1
