#include "kernel_model/boot/boot_arguments.h"

#include "kernel_model/boot/panic.h"
#include "kernel_model/boot/text.h"

namespace km {
namespace {

// A word of the line, up to a blank or the end.
struct Word {
    const char* start;
    std::size_t length;

    [[nodiscard]] bool is(const char* text) const {
        return length == length_of(text) && starts_with(start, text);
    }
};

Word next_word(const char*& at) {
    while (*at == ' ') ++at;
    const char* start = at;
    while (*at != ' ' && *at != '\0') ++at;
    return {start, static_cast<std::size_t>(at - start)};
}

void copy_text(char* out, std::size_t room, const char* text, std::size_t length) {
    if (length + 1 > room) panic("boot argument too long");
    for (std::size_t i = 0; i < length; ++i) out[i] = text[i];
    out[length] = '\0';
}

MapGrain grain_of(Word value) {
    if (value.is("4K")) return MapGrain::Page;
    if (value.is("cont")) return MapGrain::Contiguous;
    if (value.is("2M")) return MapGrain::Block2M;
    panic("linear_map= takes 4K, cont or 2M");
}

u64 number_of(Word value) {
    u64 number = 0;
    for (std::size_t i = 0; i < value.length; ++i) {
        const char digit = value.start[i];
        if (digit < '0' || digit > '9') panic("replay_window= takes a decimal number");
        number = number * 10 + static_cast<u64>(digit - '0');
    }
    return number;
}

void take_option(Word word, BootArguments& out) {
    constexpr std::size_t kInitLength = 5;
    constexpr std::size_t kStartLength = 6;
    constexpr std::size_t kLinearMapLength = 11;
    constexpr std::size_t kReplayWindowLength = 14;
    if (starts_with(word.start, "init="))
        copy_text(out.init, sizeof out.init, word.start + kInitLength, word.length - kInitLength);
    if (starts_with(word.start, "start="))
        copy_text(out.start, sizeof out.start, word.start + kStartLength, word.length - kStartLength);
    if (starts_with(word.start, "linear_map="))
        out.linear_map = grain_of({word.start + kLinearMapLength, word.length - kLinearMapLength});
    if (starts_with(word.start, "replay_window="))
        out.replay_window = number_of({word.start + kReplayWindowLength, word.length - kReplayWindowLength});
}

void take_init_arguments(const char* at, BootArguments& out) {
    char* free = out.init_text;
    unsigned count = 1;
    out.init_arguments[0] = out.init;
    for (Word word = next_word(at); word.length != 0; word = next_word(at)) {
        if (count == BootArguments::kMaxInitArguments) panic("too many arguments for init");
        copy_text(free, static_cast<std::size_t>(out.init_text + sizeof out.init_text - free), word.start, word.length);
        out.init_arguments[count++] = free;
        free += word.length + 1;
    }
    out.init_arguments[count] = nullptr;
}

}  // namespace

void read_boot_arguments(const char* line, BootArguments& out) {
    copy_text(out.text, sizeof out.text, line, length_of(line));
    const char* at = out.text;
    Word word = next_word(at);
    for (; word.length != 0 && !word.is("--"); word = next_word(at)) take_option(word, out);
    if (out.init[0] == '\0' && out.start[0] == '\0') panic("neither init= nor start= in the boot arguments");
    take_init_arguments(at, out);
}

}  // namespace km
