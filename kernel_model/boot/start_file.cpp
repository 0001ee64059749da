#include "kernel_model/boot/start_file.h"

#include "kernel_model/abi/guest_abi.h"
#include "kernel_model/boot/panic.h"
#include "kernel_model/boot/text.h"
#include "kernel_model/fs/path.h"

namespace km {
namespace {

bool phase_is_open;

Node& file_at(const char* path) {
    Lookup found;
    look_up({&root_node()}, path, found);
    if (found.error != 0 || found.node->kind != NodeKind::Regular) panic("a file that the program starts with is not there");
    return *found.node;
}

// The strings of the file, one after the other. The bytes are the initrd's own.
class Strings {
public:
    explicit Strings(const Node& file)
        : at_{reinterpret_cast<const char*>(file.image)}, end_{at_ + file.size} {
        if (file.size == 0 || end_[-1] != '\0') panic("the start file is malformed");
    }
    [[nodiscard]] bool done() const { return at_ == end_; }
    const char* next() {
        if (done()) panic("the start file is cut short");
        const char* text = at_;
        at_ += length_of(at_) + 1;
        return text;
    }
    u64 next_number() {
        u64 number = 0;
        for (const char* digit = next(); *digit != '\0'; ++digit) number = number * 10 + static_cast<u64>(*digit - '0');
        return number;
    }

private:
    const char* at_;
    const char* end_;
};

void check(i64 error) {
    if (error != 0) panic("the arguments and the environment of the program are too long");
}

}  // namespace

ProgramStart read_start_file(const char* path, ExecStrings& strings) {
    Strings in{file_at(path)};
    const char* program = in.next();
    const char* input = in.next();
    for (u64 count = in.next_number(); count != 0; --count) check(strings.add_argument(in.next()));
    while (!in.done()) check(strings.add_environment(in.next()));
    return {program, *input == '\0' ? nullptr : &file_at(input)};
}

void begin_program_phase() {
    phase_is_open = true;
    register u64 name asm("x0") = 0x006d'6172'676f'7270;  // "program"
    register u64 name1 asm("x1") = 0;
    register u64 name2 asm("x2") = 0;
    register u64 flags asm("x3") = GUEST_PHASE_OF_INTEREST;
    asm volatile("hint %0" : : "i"(GUEST_HINT_PHASE_BEGIN), "r"(name), "r"(name1), "r"(name2), "r"(flags) : "memory");
}

void end_program_phase() {
    if (phase_is_open) asm volatile("hint %0" : : "i"(GUEST_HINT_PHASE_END) : "memory");
    phase_is_open = false;
}

}  // namespace km
