// Where the built guest, the profiles and the manifest are.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "emu/machine/kernel_config.h"

namespace emu::app {

// One folder with kernel-{off,nofold,on}.{img,elf}, initrd.cpio, manifest.ini, programs/ and profiles/.
class DataFiles {
public:
    // `chosen` is --data. Else the folder stands relative to the executable: ../../guest in a build tree,
    // ../share/foldwalk where it is installed. Throws UserError where there is none, with the command that builds it.
    [[nodiscard]] static DataFiles locate(const std::optional<std::string>& chosen);

    explicit DataFiles(std::string folder) : folder_{std::move(folder)} {}

    [[nodiscard]] const std::string& folder() const { return folder_; }
    [[nodiscard]] std::string manifest() const { return folder_ + "/manifest.ini"; }
    [[nodiscard]] std::string profile(const std::string& core) const { return folder_ + "/profiles/" + core + ".ini"; }
    [[nodiscard]] std::vector<std::string> cores() const;  // names of the profiles, sorted

    // What the first line of a profile says of the core.
    [[nodiscard]] static std::string title_of(const std::string& profile_path);

    // Throws UserError if a file that a run with this image needs is missing.
    void require_guest(Contpte contpte) const;

private:
    std::string folder_;
};

}  // namespace emu::app
