#include "kernel_model/boot/print.h"

namespace km::detail {
namespace {

void put_number(u64 number, unsigned base, unsigned digits) {
    char text[20];
    unsigned at = sizeof text;
    do {
        text[--at] = "0123456789abcdef"[number % base];
        number /= base;
    } while (at != 0 && (number != 0 || sizeof text - at < digits));
    console::write(text + at, sizeof text - at);
}

}  // namespace

void put(Hex number) { put_number(number.value, 16, number.digits); }
void put_decimal(u64 number) { put_number(number, 10, 1); }

}  // namespace km::detail
