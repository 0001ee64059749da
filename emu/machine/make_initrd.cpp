// make_initrd OUTPUT FILE...: the archive of programs that workloads are run from, each under its last path component,
// readable and executable by all. A tool of the build.
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <stdexcept>
#include <vector>

#include "emu/machine/initrd_builder.h"

namespace {

std::vector<arch::u8> read_file(const std::filesystem::path& path) {
    std::ifstream in{path, std::ios::binary};
    if (!in) throw std::runtime_error{"cannot read " + path.string()};
    return {std::istreambuf_iterator<char>{in}, {}};
}

void make(const std::filesystem::path& output, int count, char** files) {
    emu::InitrdBuilder archive;
    for (int i = 0; i < count; ++i) {
        const std::filesystem::path path{files[i]};
        archive.add(path.filename().string(), emu::InitrdBuilder::Kind::Regular, 0755, read_file(path));
    }
    const auto bytes = archive.finish();
    std::ofstream out{output, std::ios::binary};
    out.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    if (!out.flush()) throw std::runtime_error{"cannot write " + output.string()};
}

}  // namespace

int main(int argc, char** argv) try {
    if (argc < 2) throw std::runtime_error{"usage: make_initrd OUTPUT FILE..."};
    make(argv[1], argc - 2, argv + 2);
    return 0;
} catch (const std::exception& error) {
    std::cerr << "make_initrd: " << error.what() << "\n";
    return 1;
}
