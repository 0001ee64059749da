// What the compiler calls. Byte by byte: the suite may run with every alignment check on.
#include <cstddef>

extern "C" {

void* memcpy(void* to, const void* from, std::size_t bytes) {
    auto* out = static_cast<unsigned char*>(to);
    const auto* in = static_cast<const unsigned char*>(from);
    for (std::size_t i = 0; i < bytes; ++i) out[i] = in[i];
    return to;
}

void* memset(void* to, int value, std::size_t bytes) {
    auto* out = static_cast<unsigned char*>(to);
    for (std::size_t i = 0; i < bytes; ++i) out[i] = static_cast<unsigned char>(value);
    return to;
}
}
