// The profile of a core: INI files that set every key of a core, the file itself last, those that it starts from
// (`core.extends = NAME`) before it.
#pragma once

#include <string>
#include <vector>

#include "emu/app/data_files.h"
#include "emu/app/ini_file.h"
#include "emu/machine/run.h"

namespace emu::app {

// How sure a figure is: the first word of the comment on its line.
enum class Confidence { Documented, Measured, Estimated, Assumed, Unsaid };
[[nodiscard]] Confidence confidence_of(const std::string& comment);
[[nodiscard]] const char* confidence_name(Confidence confidence);

struct Profile {
    std::string title;                // the first line of the file, a comment
    std::vector<std::string> files;   // paths: the file, the one it extends, the one that extends, ...
    std::vector<IniEntry> entries;    // each key once: of the nearest file that sets it
};

// `core` is the name of a profile of Foldwalk, or the path of a file, which ends in .ini. So is the value of
// core.extends, whose paths start at the folder of the file that says it. `origin` says where `core` stands, for messages.
// Throws UserError where there is no such profile, where profiles extend one another in a circle, where a file sets a
// key twice, and where a file of the user's neither sets nor inherits a key of a core.
[[nodiscard]] Profile read_profile(const DataFiles& files, const std::string& core, const std::string& origin);

// core.profile names a file of the user's, not one of Foldwalk's cores.
[[nodiscard]] bool is_core_file(const std::string& core);

// A key that every profile must set: all of core, caches, memory, MMU and DVM, but for switches of the emulator itself.
[[nodiscard]] bool is_core_key(const std::string& key);

// The files that a run of this configuration reads.
[[nodiscard]] GuestFiles guest_files(const DataFiles& files, const MachineConfig& config);

}  // namespace emu::app
