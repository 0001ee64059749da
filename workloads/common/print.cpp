#include "workloads/common/print.h"

#include "workloads/common/syscalls.h"

void Line::put(char c) {
    if (length_ == kRoom) flush();
    text_[length_++] = c;
}

Line& Line::operator<<(const char* text) {
    while (*text != '\0') put(*text++);
    return *this;
}

Line& Line::operator<<(i64 number) {
    if (number < 0) put('-');
    return number_in_base(number < 0 ? u64{0} - static_cast<u64>(number) : static_cast<u64>(number), 10);
}

Line& Line::number_in_base(u64 number, u64 base) {
    char digits[20];
    unsigned count = 0;
    do {
        digits[count++] = "0123456789abcdef"[number % base];
        number /= base;
    } while (number != 0);
    while (count != 0) put(digits[--count]);
    return *this;
}

void Line::flush() {
    sys_write(1, text_, length_);
    length_ = 0;
}
