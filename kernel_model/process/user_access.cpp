#include "kernel_model/process/user_access.h"

#include "kernel_model/mm/errno.h"

namespace km {
namespace {

struct ExceptionTableEntry {
    arch::u32 instruction;   // relative to this word
    arch::u32 continuation;  // relative to this word
};

extern "C" const ExceptionTableEntry __ex_table_start[], __ex_table_end[];

u64 absolute(const arch::u32& relative) {
    return reinterpret_cast<u64>(&relative) + static_cast<u64>(arch::sign_extend(relative, 32));
}

}  // namespace

i64 string_from_user(char* to, u64 from, u64 room) {
    if (!access_ok(from, 1)) return -EFAULT;
    const u64 reachable = kTaskSize - from;
    const i64 length = __arch_strncpy_from_user(to, from, room < reachable ? room : reachable);
    return length >= 0 && static_cast<u64>(length) == room ? -ENAMETOOLONG : length;
}

u64 find_fixup(u64 pc) {
    for (const auto* entry = __ex_table_start; entry != __ex_table_end; ++entry)
        if (absolute(entry->instruction) == pc) return absolute(entry->continuation);
    return 0;
}

}  // namespace km
