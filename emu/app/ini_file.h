// INI files: sections and dotted keys mean the same, `[mmu.l1d_tlb]` `entries = 48` is `mmu.l1d_tlb.entries = 48`.
// A line that begins with # or ; is a comment, and so is what follows # on a line.
#pragma once

#include <string>
#include <vector>

namespace emu::app {

struct IniEntry {
    std::string key;
    std::string value;
    std::string origin;   // "neoverse-n1.ini:12", for messages
    std::string comment;  // what follows # on the line
};

// Entries in the order of the file. Throws UserError for a file that cannot be read, for a line that is neither
// a section, a comment nor `key = value`, and for a key that is set twice.
[[nodiscard]] std::vector<IniEntry> read_ini_file(const std::string& path);

// As above, from text; `name` stands for the file in messages.
[[nodiscard]] std::vector<IniEntry> parse_ini(const std::string& text, const std::string& name);

}  // namespace emu::app
