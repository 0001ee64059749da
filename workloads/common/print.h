// Text on standard output, one write per print(). Integers print in decimal.
#pragma once

#include "workloads/common/types.h"

struct Hex {
    u64 value;
};

class Line {
public:
    Line& operator<<(const char* text);
    Line& operator<<(Hex number) { return number_in_base(number.value, 16); }
    Line& operator<<(u64 number) { return number_in_base(number, 10); }
    Line& operator<<(i64 number);
    void flush();

private:
    Line& number_in_base(u64 number, u64 base);
    void put(char c);

    static constexpr unsigned kRoom = 256;
    char text_[kRoom];
    unsigned length_{0};
};

template <class... Parts>
void print(const Parts&... parts) {
    Line line;
    (line << ... << parts).flush();
}
