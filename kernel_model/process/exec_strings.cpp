#include "kernel_model/boot/text.h"
#include "kernel_model/mm/errno.h"
#include "kernel_model/process/exec.h"
#include "kernel_model/process/user_access.h"

namespace km {

i64 ExecStrings::add(const char* text) {
    const auto length = static_cast<unsigned>(length_of(text)) + 1;
    if (count_ == kMaxStrings || length > kMaxBytes - size_) return -E2BIG;
    __builtin_memcpy(bytes_ + size_, text, length);
    offsets_[count_++] = size_;
    size_ += length;
    return 0;
}

i64 ExecStrings::add_argument(const char* text) {
    const i64 error = add(text);
    arguments_ = count_;
    return error;
}

i64 ExecStrings::add_environment(const char* text) { return add(text); }

i64 ExecStrings::add_user(u64 vector) {
    for (; vector != 0; vector += sizeof(u64)) {
        u64 address = 0;
        if (!get_user(address, vector)) return -EFAULT;
        if (address == 0) break;
        if (count_ == kMaxStrings || size_ == kMaxBytes) return -E2BIG;
        const i64 length = string_from_user(bytes_ + size_, address, kMaxBytes - size_);
        if (length < 0) return length == -ENAMETOOLONG ? -E2BIG : length;
        offsets_[count_++] = size_;
        size_ += static_cast<unsigned>(length) + 1;
    }
    return 0;
}

i64 ExecStrings::add_user_arguments(u64 vector) {
    const i64 error = add_user(vector);
    arguments_ = count_;
    return error;
}

i64 ExecStrings::add_user_environment(u64 vector) { return add_user(vector); }

// The new strings go behind all others; only the order of the offsets says what is an argument.
i64 ExecStrings::replace_first(const char* interpreter, const char* argument, const char* script) {
    const unsigned old = count_, added = argument != nullptr ? 3 : 2, replaced = arguments_ != 0 ? 1 : 0;
    if (add(interpreter) != 0 || (argument != nullptr && add(argument) != 0) || add(script) != 0) return -E2BIG;
    unsigned first[3];
    for (unsigned i = 0; i < added; ++i) first[i] = offsets_[old + i];
    for (unsigned i = old; i-- > replaced;) offsets_[i + added - replaced] = offsets_[i];
    for (unsigned i = 0; i < added; ++i) offsets_[i] = first[i];
    count_ = old + added - replaced;
    arguments_ += added - replaced;
    return 0;
}

ExecStrings& exec_strings() {
    static ExecStrings strings;
    return strings;
}

}  // namespace km
