// make_initrd OUTPUT FILE...: a cpio archive in "newc" format (cpio(5)) of the files, under their last path component,
// readable and executable by all. Equal files give equal bytes.
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <stdexcept>
#include <string>

namespace {

constexpr unsigned kRegularExecutable = 0100755;

std::string read_file(const std::filesystem::path& path) {
    std::ifstream in{path, std::ios::binary};
    if (!in) throw std::runtime_error{"cannot read " + path.string()};
    return {std::istreambuf_iterator<char>{in}, {}};
}

void pad(std::string& archive) { archive.append((4 - archive.size() % 4) % 4, '\0'); }

void append_entry(std::string& archive, unsigned inode, const std::string& name, unsigned mode, const std::string& bytes) {
    char header[111];
    std::snprintf(header, sizeof header, "070701%08x%08x%08x%08x%08x%08x%08zx%08x%08x%08x%08x%08zx%08x", inode, mode, 0, 0,
                  1, 0, bytes.size(), 0, 0, 0, 0, name.size() + 1, 0);
    archive += header;
    archive.append(name.c_str(), name.size() + 1);
    pad(archive);
    archive += bytes;
    pad(archive);
}

void make(const std::filesystem::path& output, int count, char** files) {
    std::string archive;
    unsigned inode = 0;
    for (int i = 0; i < count; ++i) {
        const std::filesystem::path path{files[i]};
        append_entry(archive, ++inode, path.filename().string(), kRegularExecutable, read_file(path));
    }
    append_entry(archive, 0, "TRAILER!!!", 0, "");
    std::ofstream out{output, std::ios::binary};
    out << archive;
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
