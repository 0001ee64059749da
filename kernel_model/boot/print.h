// Text on the console: print("pid ", pid, " at ", Hex{address}, "\n"). Integers print in decimal.
#pragma once

#include <concepts>

#include "kernel_model/boot/console.h"
#include "kernel_model/boot/text.h"

namespace km {

using arch::u64;

struct Hex {
    u64 value;
    unsigned digits{1};  // at least so many
};

namespace detail {

inline void put(const char* text) { console::write(text, length_of(text)); }
void put(Hex number);
void put_decimal(u64 number);

template <std::integral T>
void put(T number) {
    if constexpr (std::is_signed_v<T>) {
        if (number < 0) {
            put("-");
            return put_decimal(u64{0} - static_cast<u64>(number));
        }
    }
    put_decimal(static_cast<u64>(number));
}

}  // namespace detail

template <class... Parts>
void print(const Parts&... parts) {
    (detail::put(parts), ...);
}

}  // namespace km
