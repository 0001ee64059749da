#include "emu/machine/program_initrd.h"

#include <algorithm>
#include <filesystem>
#include <map>

#include "emu/machine/initrd_builder.h"
#include "emu/memory/file.h"
#include "mmu/base/user_error.h"

namespace emu {

namespace {

namespace fs = std::filesystem;
using Bytes = std::vector<arch::u8>;
using Kind = InitrdBuilder::Kind;

constexpr const char* kOwnFolder = ".foldwalk";
constexpr unsigned kReadable = 0644, kExecutable = 0755;

std::string guest_path(const std::string& text) { return fs::path{"/" + text}.lexically_normal().relative_path().string(); }

Bytes bytes_of(const std::string& text) { return {text.begin(), text.end()}; }

// Everything under its guest path, so that the archive does not depend on the order of options.
class Tree {
public:
    explicit Tree(GuestImage& image) : image_{image} {}

    void add_file(const std::string& role, const std::string& host, const std::string& guest, unsigned permissions) {
        Bytes bytes = read_file(host);
        image_.inputs.push_back({role, guest, content_hash(bytes)});
        put(guest, {Kind::Regular, permissions, std::move(bytes)});
    }
    void add_folder(const std::string& host, const std::string& guest) {
        put(guest, {Kind::Directory, kExecutable, {}});
        std::vector<fs::directory_entry> entries;
        for (const auto& entry : fs::directory_iterator{host}) entries.push_back(entry);
        std::sort(entries.begin(), entries.end());
        for (const auto& entry : entries) add(entry.path().string(), guest + "/" + entry.path().filename().string());
    }
    // A file, link or folder of the host as it is.
    void add(const std::string& host, const std::string& guest) {
        std::error_code none;
        const fs::file_status status = fs::symlink_status(host, none);
        if (fs::is_symlink(status)) return put(guest, {Kind::SymbolicLink, 0777, bytes_of(fs::read_symlink(host).string())});
        if (fs::is_directory(status)) return add_folder(host, guest);
        const bool executable = (status.permissions() & fs::perms::owner_exec) != fs::perms::none;
        add_file("file", host, guest, executable ? kExecutable : kReadable);
    }
    void add_text(const std::string& guest, const std::string& text) {
        put(guest, {Kind::Regular, kReadable, bytes_of(text)});
    }
    [[nodiscard]] Bytes archive() const {
        InitrdBuilder builder;
        for (const auto& [name, entry] : entries_) builder.add(name, entry.kind, entry.permissions, entry.bytes);
        return builder.finish();
    }

private:
    struct Entry {
        Kind kind;
        unsigned permissions;
        Bytes bytes;
    };
    void put(const std::string& guest, Entry entry) {
        if (guest.empty() || guest.starts_with(".."))
            throw UserError("--file: \"" + guest + "\" is no path in the guest; write --file HOST:GUEST");
        if (!entries_.emplace(guest, std::move(entry)).second)
            throw UserError("two files want to be /" + guest + " in the guest; give one another place with --file HOST:GUEST");
    }

    GuestImage& image_;
    std::map<std::string, Entry> entries_;
};

// See kernel_model/boot/start_file.h.
std::string start_file(const UserProgram& program, const std::string& guest, const std::string& input) {
    std::string text;
    const auto add = [&](const std::string& word) { text.append(word.c_str(), word.size() + 1); };
    add("/" + guest);
    add(input.empty() ? "" : "/" + input);
    add(std::to_string(program.arguments.size()));
    for (const auto& argument : program.arguments) add(argument);
    for (const auto& variable : program.environment) add(variable);
    return text;
}

// The link the user named is followed: it is the program that counts.
void add_named_file(Tree& tree, const GuestFile& file) {
    std::error_code error;
    const fs::path host = fs::canonical(file.host, error);
    if (error) throw UserError("--file " + file.host + ": " + error.message());
    tree.add(host.string(), guest_path(file.guest));
}

}  // namespace

void add_program(const UserProgram& program, GuestImage& image) {
    const Bytes elf = read_file(program.path, "name a static AArch64 program with --program");
    const ProgramFile facts = check_static_program(elf, program.path);
    if (!facts.position_independent) image.program_symbols = read_elf_symbols(elf, program.path);

    Tree tree{image};
    const std::string guest = fs::path{program.path}.filename().string();
    tree.add_file("program", program.path, guest, kExecutable);
    for (const GuestFile& file : program.files) add_named_file(tree, file);
    const std::string own{kOwnFolder};
    const std::string input = program.input.empty() ? "" : own + "/stdin";
    if (!input.empty()) tree.add_file("input", program.input, input, kReadable);
    tree.add_text(own + "/start", start_file(program, guest, input));
    image.initrd = tree.archive();
}

}  // namespace emu
