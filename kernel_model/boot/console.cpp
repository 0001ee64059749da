#include "kernel_model/boot/console.h"

namespace km::console {
namespace {

using arch::u32;

constexpr unsigned kDataRegister = 0x00 / 4;
constexpr unsigned kFlagRegister = 0x18 / 4;
constexpr u32 kTransmitFull = 1u << 5;

volatile u32* uart;

void put(char c) {
    while ((uart[kFlagRegister] & kTransmitFull) != 0) {
    }
    uart[kDataRegister] = static_cast<unsigned char>(c);
}

}  // namespace

void start(void* registers) { uart = static_cast<volatile u32*>(registers); }

void write(const char* text, std::size_t length) {
    if (uart == nullptr) return;
    for (std::size_t i = 0; i < length; ++i) put(text[i]);
}

}  // namespace km::console
