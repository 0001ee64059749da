// Lines into files and out of them, plain and compressed, whole and cut short.
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <random>

#include "emu/trace/line_source.h"
#include "emu/trace/line_writer.h"
#include "mmu/base/user_error.h"
#include "tests/support/catch.h"

using namespace emu::trace;

namespace {

struct Folder {
    std::filesystem::path path = std::filesystem::temp_directory_path() / ("line_files." + std::to_string(getpid()));
    Folder() { std::filesystem::create_directory(path); }
    ~Folder() { std::filesystem::remove_all(path); }
    [[nodiscard]] std::string file(const std::string& name) const { return path / name; }
};

struct Text {
    std::vector<std::string> lines;
    bool truncated;
};
Text read(const std::string& path) {
    LineSource source{path};
    Text text{};
    std::string line;
    while (source.next(line)) text.lines.push_back(line);
    text.truncated = source.truncated();
    return text;
}

// More than a frame holds.
std::vector<std::string> many_lines() {
    std::mt19937_64 random{3};
    std::vector<std::string> lines;
    for (unsigned i = 0; i < 150000; ++i) lines.push_back("line " + std::to_string(i) + " " + std::to_string(random()) + " " + std::to_string(random()));
    return lines;
}

void cut(const std::string& path, double part) {
    std::filesystem::resize_file(path, static_cast<std::uintmax_t>(part * static_cast<double>(std::filesystem::file_size(path))));
}

std::string shell(const std::string& command) {
    FILE* pipe = popen((command + " 2>&1").c_str(), "r");
    std::string out;
    char block[4096];
    for (std::size_t n = fread(block, 1, sizeof block, pipe); n > 0; n = fread(block, 1, sizeof block, pipe)) out.append(block, n);
    return pclose(pipe) == 0 ? out : "failed: " + out;
}

}  // namespace

TEST_CASE("Lines come back from a plain, a gzip and a Zstandard file as they went in") {
    const Folder folder;
    const auto lines = many_lines();
    for (const char* name : {"plain.txt", "some.gz", "some.zst"}) {
        INFO(name);
        LineWriter writer{folder.file(name)};
        for (const auto& line : lines) writer.write(line);
        writer.finish();
        const Text text = read(folder.file(name));
        CHECK(text.lines == lines);
        CHECK_FALSE(text.truncated);
    }
    CHECK(std::filesystem::file_size(folder.file("some.zst")) * 3 < std::filesystem::file_size(folder.file("plain.txt")) * 2);
}

TEST_CASE("gzip accepts what was written as gzip, though it is several frames") {
    const Folder folder;
    LineWriter writer{folder.file("some.gz")};
    for (const auto& line : many_lines()) writer.write(line);
    writer.finish();
    CHECK(shell("gzip -t " + folder.file("some.gz")).empty());
    CHECK(shell("gzip -dc " + folder.file("some.gz") + " | wc -l") == "150000\n");
}

TEST_CASE("A compressed file that is cut short gives what it holds and says so") {
    const Folder folder;
    const auto lines = many_lines();
    for (const char* name : {"some.gz", "some.zst"}) {
        INFO(name);
        LineWriter writer{folder.file(name)};
        for (const auto& line : lines) writer.write(line);
        writer.finish();
        cut(folder.file(name), 0.6);
        const Text text = read(folder.file(name));
        CHECK(text.truncated);
        REQUIRE(text.lines.size() > 1000);
        CHECK(text.lines[1000] == lines[1000]);
    }
}

TEST_CASE("A compressed file with damaged bytes is truncated, and does not crash") {
    const Folder folder;
    LineWriter writer{folder.file("some.zst")};
    for (const auto& line : many_lines()) writer.write(line);
    writer.finish();
    std::fstream file{folder.file("some.zst"), std::ios::in | std::ios::out | std::ios::binary};
    file.seekp(100000);
    file << "XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX";
    file.close();
    // Zstandard notices by its structure or by nothing at all: it carries no checksum here.
    try {
        const Text text = read(folder.file("some.zst"));
        CHECK((text.truncated || text.lines != many_lines()));
    } catch (const emu::UserError& error) {
        CHECK(std::string{error.what()}.find("is no text") != std::string::npos);
    }
}

TEST_CASE("A file that was not finished can be read and says in its last line that it is not whole") {
    const Folder folder;
    for (const char* name : {"plain.txt", "some.gz", "some.zst"}) {
        INFO(name);
        {
            LineWriter writer{folder.file(name)};
            writer.write("first");
        }
        const Text text = read(folder.file(name));
        CHECK_FALSE(text.truncated);
        CHECK(text.lines == std::vector<std::string>{"first", "# truncated: the program ended"});
        LineWriter writer{folder.file(name)};
        writer.write("second");
        writer.truncated("interrupted");
        CHECK(read(folder.file(name)).lines == std::vector<std::string>{"second", "# truncated: interrupted"});
    }
}

TEST_CASE("A full disk is one error with its reason, and nothing is written after it") {
    LineWriter writer{"/dev/full"};
    writer.write("something");
    CHECK_THROWS_WITH(writer.finish(), "cannot write /dev/full: No space left on device");
    CHECK_NOTHROW(writer.finish());
}

TEST_CASE("A path that cannot be written is refused at once") {
    CHECK_THROWS_AS(LineWriter{"/nowhere/at/all.zst"}, emu::UserError);
    CHECK_THROWS_AS(LineWriter{"/"}, emu::UserError);
    CHECK_THROWS_AS(LineSource{"/nowhere/at/all.zst"}, emu::UserError);
}
