// Access to user memory from the kernel: unprivileged loads and stores (LDTR, STTR), which obey EL0's permissions
// and are allowed under PAN. A fault that cannot be handled lands in the exception table, not in a panic.
// Linux: arch/arm64/include/asm/uaccess.h.
#pragma once

#include <type_traits>

#include "mmu/arch/bits.h"

namespace km {

using arch::i64;
using arch::u64;

inline constexpr u64 kTaskSize = u64{1} << 48;

[[nodiscard]] inline bool access_ok(u64 address, u64 bytes) {
    return address <= kTaskSize && bytes <= kTaskSize - address;
}

extern "C" {
// Each returns the bytes that were not copied or cleared; 0: all done. No range check.
u64 __arch_copy_from_user(void* to, u64 from, u64 bytes);
u64 __arch_copy_to_user(u64 to, const void* from, u64 bytes);
u64 __arch_clear_user(u64 to, u64 bytes);
// Length without the terminator; `room` when there is none within it; -EFAULT.
i64 __arch_strncpy_from_user(char* to, u64 from, u64 room);
}

[[nodiscard]] inline bool copy_from_user(void* to, u64 from, u64 bytes) {
    return access_ok(from, bytes) && __arch_copy_from_user(to, from, bytes) == 0;
}
[[nodiscard]] inline bool copy_to_user(u64 to, const void* from, u64 bytes) {
    return access_ok(to, bytes) && __arch_copy_to_user(to, from, bytes) == 0;
}
[[nodiscard]] inline bool clear_user(u64 to, u64 bytes) {
    return access_ok(to, bytes) && __arch_clear_user(to, bytes) == 0;
}

template <class T>
[[nodiscard]] bool get_user(T& out, u64 from) {
    static_assert(std::is_trivially_copyable_v<T>);
    return copy_from_user(&out, from, sizeof out);
}
template <class T>
[[nodiscard]] bool put_user(const T& value, u64 to) {
    static_assert(std::is_trivially_copyable_v<T>);
    return copy_to_user(to, &value, sizeof value);
}

// The string, with its terminator, at `to`. Its length, -EFAULT, or -ENAMETOOLONG beyond `room` bytes.
[[nodiscard]] i64 string_from_user(char* to, u64 from, u64 room);

// Where to continue after a fault at `pc`; 0: nowhere. Linux: fixup_exception().
[[nodiscard]] u64 find_fixup(u64 pc);

}  // namespace km
