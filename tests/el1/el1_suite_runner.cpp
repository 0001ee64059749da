// Boots an Image on Foldwalk's machine and prints what it wrote to the serial port.
//
//     el1_suite_runner IMAGE neoverse-n1|max plain|translated|recording
#include <atomic>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>

#include "emu/machine/machine.h"
#include "mmu/base/user_error.h"

namespace {

std::vector<arch::u8> read_file(const char* name) {
    std::ifstream file{name, std::ios::binary};
    if (!file) throw emu::UserError{std::string{name} + " cannot be read"};
    return {std::istreambuf_iterator<char>{file}, {}};
}

int run(const char* image, const std::string& core, const std::string& loop) {
    emu::RunRequest request;
    request.workload = "none";
    request.config.memory = 512 << 20;
    request.config.mode = emu::Mode::Functional;
    if (core == "max") request.config.core = emu::everything_built();
    // Plain: by the interpreter alone. Translated: everything that is reached twice, by generated code.
    request.config.core.jit = loop == "translated";
    request.config.core.jit_threshold = 1;
    // A sink for trace lines is what makes a functional run take the recording loop.
    if (loop == "recording") request.trace_instructions.sink = [](const std::string&) {};
    emu::GuestImage guest;
    guest.kernel = read_file(image);
    emu::Machine machine{request, guest};
    const std::atomic<bool> stop{false};
    const emu::RunEnd end = machine.run(stop, {});
    emu::RunResult result;
    machine.collect(result);
    std::fwrite(result.console.data(), 1, result.console.size(), stdout);
    return end == emu::RunEnd::PoweredOff ? 0 : 2;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 4)
        return std::fprintf(stderr, "usage: el1_suite_runner IMAGE neoverse-n1|max plain|translated|recording\n"), 1;
    try {
        return run(argv[1], argv[2], argv[3]);
    } catch (const std::exception& error) {
        return std::fprintf(stderr, "%s\n", error.what()), 1;
    }
}
