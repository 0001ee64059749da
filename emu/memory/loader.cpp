// Every offset in an ELF file is checked before it is followed: the file is the user's, and any byte of it
// may be wrong.
#include "emu/memory/loader.h"

#include <elf.h>

#include <algorithm>
#include <cstring>

#include "mmu/base/user_error.h"

namespace emu {

namespace {

class ElfView {
public:
    ElfView(std::span<const arch::u8> bytes, const std::string& path) : bytes_{bytes}, path_{path} {}

    [[noreturn]] void refuse(const std::string& why) const {
        throw UserError(path_ + ": not a usable AArch64 ELF file: " + why);
    }
    template <class T>
    [[nodiscard]] T at(arch::u64 offset) const {
        if (offset > bytes_.size() || bytes_.size() - offset < sizeof(T)) refuse("it is cut short");
        T value;
        std::memcpy(&value, bytes_.data() + offset, sizeof value);
        return value;
    }
    [[nodiscard]] std::string text(arch::u64 offset) const {
        if (offset >= bytes_.size()) refuse("a name lies outside the file");
        const auto* first = reinterpret_cast<const char*>(bytes_.data()) + offset;
        return {first, strnlen(first, bytes_.size() - offset)};
    }

private:
    std::span<const arch::u8> bytes_;
    const std::string& path_;
};

Elf64_Ehdr checked_header(const ElfView& elf) {
    const auto header = elf.at<Elf64_Ehdr>(0);
    if (std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0) elf.refuse("the magic number is missing");
    if (header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_ident[EI_DATA] != ELFDATA2LSB) {
        elf.refuse("it is not 64-bit little-endian");
    }
    if (header.e_machine != EM_AARCH64) elf.refuse("it is for another machine");
    if (header.e_shnum != 0 && header.e_shentsize != sizeof(Elf64_Shdr)) elf.refuse("section headers have a wrong size");
    return header;
}

Elf64_Shdr section(const ElfView& elf, const Elf64_Ehdr& header, arch::u64 index) {
    if (index >= header.e_shnum) elf.refuse("a section index is out of range");
    if (header.e_shoff > ~arch::u64{0} - index * sizeof(Elf64_Shdr)) elf.refuse("section headers lie outside the file");
    return elf.at<Elf64_Shdr>(header.e_shoff + index * sizeof(Elf64_Shdr));
}

bool is_code(const ElfView& elf, const Elf64_Ehdr& header, const Elf64_Sym& symbol) {
    const unsigned type = ELF64_ST_TYPE(symbol.st_info);
    if (symbol.st_shndx == SHN_UNDEF || symbol.st_shndx >= SHN_LORESERVE) return false;
    if (type == STT_FUNC) return true;
    if (type != STT_NOTYPE) return false;
    return (section(elf, header, symbol.st_shndx).sh_flags & SHF_EXECINSTR) != 0;
}

bool is_data(const ElfView&, const Elf64_Ehdr&, const Elf64_Sym& symbol) {
    return symbol.st_shndx != SHN_UNDEF && ELF64_ST_TYPE(symbol.st_info) == STT_OBJECT;
}

using IsWanted = bool (*)(const ElfView&, const Elf64_Ehdr&, const Elf64_Sym&);

void append_symbols(const ElfView& elf, const Elf64_Ehdr& header, const Elf64_Shdr& table, IsWanted is_wanted,
                    std::vector<Symbol>& out) {
    const Elf64_Shdr names = section(elf, header, table.sh_link);
    for (arch::u64 at = 0; at + sizeof(Elf64_Sym) <= table.sh_size; at += sizeof(Elf64_Sym)) {
        const auto symbol = elf.at<Elf64_Sym>(table.sh_offset + at);
        if (!is_wanted(elf, header, symbol)) continue;
        std::string name = elf.text(names.sh_offset + symbol.st_name);
        if (name.empty() || name[0] == '$') continue;  // mapping symbols: $x, $d
        out.push_back({std::move(name), symbol.st_value, symbol.st_size});
    }
}

std::vector<Symbol> read_symbols(std::span<const arch::u8> bytes, const std::string& path, IsWanted is_wanted) {
    const ElfView elf{bytes, path};
    const Elf64_Ehdr header = checked_header(elf);
    std::vector<Symbol> symbols;
    for (arch::u64 i = 0; i < header.e_shnum; ++i) {
        const Elf64_Shdr table = section(elf, header, i);
        if (table.sh_type == SHT_SYMTAB) append_symbols(elf, header, table, is_wanted, symbols);
    }
    std::stable_sort(symbols.begin(), symbols.end(), [](const Symbol& a, const Symbol& b) { return a.start < b.start; });
    return symbols;
}

}  // namespace

ImageHeader parse_image_header(std::span<const arch::u8> bytes, const std::string& path) {
    constexpr char kMagic[4] = {'A', 'R', 'M', 0x64};
    if (bytes.size() < 64 || std::memcmp(bytes.data() + 56, kMagic, sizeof kMagic) != 0) {
        throw UserError(path + ": not an arm64 Image (the magic at offset 56 is missing)");
    }
    ImageHeader header;
    std::memcpy(&header.text_offset, bytes.data() + 8, 8);
    std::memcpy(&header.image_size, bytes.data() + 16, 8);
    return header;
}

std::vector<Symbol> read_elf_symbols(std::span<const arch::u8> bytes, const std::string& path) {
    return read_symbols(bytes, path, is_code);
}

std::vector<Symbol> read_elf_objects(std::span<const arch::u8> bytes, const std::string& path) {
    return read_symbols(bytes, path, is_data);
}

ProgramFile check_static_program(std::span<const arch::u8> bytes, const std::string& path) {
    const ElfView elf{bytes, path};
    const Elf64_Ehdr header = checked_header(elf);
    if (header.e_type != ET_EXEC && header.e_type != ET_DYN) elf.refuse("it is no program (an object file?)");
    if (header.e_phentsize != sizeof(Elf64_Phdr)) elf.refuse("program headers have a wrong size");
    for (arch::u64 i = 0; i < header.e_phnum; ++i) {
        if (elf.at<Elf64_Phdr>(header.e_phoff + i * sizeof(Elf64_Phdr)).p_type != PT_INTERP) continue;
        throw UserError(path + ": it is dynamically linked, and the guest has no dynamic linker: link it with -static");
    }
    return {header.e_type == ET_DYN};
}

}  // namespace emu
