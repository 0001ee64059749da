#include "workloads/common/arguments.h"

#include "workloads/common/print.h"
#include "workloads/common/syscalls.h"

namespace {

constexpr u64 kUsageError = 2;

// The text after "key=", or null.
const char* value_of(const char* text, const char* key) {
    for (; *key != '\0'; ++text, ++key)
        if (*text != *key) return nullptr;
    return *text == '=' ? text + 1 : nullptr;
}

unsigned shift_of(char unit) {
    switch (unit) {
        case 'K': return 10;
        case 'M': return 20;
        case 'G': return 30;
        default: return 0;
    }
}

// False: not a number with an optional unit.
bool read_number(const char* text, u64& out) {
    if (*text < '0' || *text > '9') return false;
    for (out = 0; *text >= '0' && *text <= '9'; ++text) out = out * 10 + static_cast<u64>(*text - '0');
    const unsigned shift = shift_of(*text);
    out <<= shift;
    return *(shift != 0 ? text + 1 : text) == '\0';
}

}  // namespace

u64 Arguments::number(const char* key, u64 default_value) {
    keys_[key_count_++] = key;
    for (int i = 1; i < count_; ++i) {
        const char* value = value_of(text_[i], key);
        if (value == nullptr) continue;
        if (!read_number(value, default_value)) {
            print(text_[0], ": ", text_[i], ": not a number; write for example ", key, "=4096 or ", key, "=4M\n");
            sys_exit(kUsageError);
        }
    }
    return default_value;
}

void Arguments::finish() {
    for (int i = 1; i < count_; ++i) {
        bool known = false;
        for (unsigned k = 0; k < key_count_; ++k) known = known || value_of(text_[i], keys_[k]) != nullptr;
        if (known) continue;
        print(text_[0], ": unknown argument ", text_[i], "; it takes");
        for (unsigned k = 0; k < key_count_; ++k) print(" ", keys_[k], "=");
        print("\n");
        sys_exit(kUsageError);
    }
}

unsigned Arguments::environment_count() const {
    unsigned count = 0;
    while (text_[count_ + 1 + static_cast<int>(count)] != nullptr) ++count;
    return count;
}
