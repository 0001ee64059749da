#include "emu/app/data_files.h"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "mmu/base/user_error.h"

namespace emu::app {
namespace {

namespace fs = std::filesystem;

constexpr const char* kHowToBuild =
    "; build it with `cmake --build BUILD_FOLDER` (scripts/run does), or name its folder with --data";

std::vector<fs::path> usual_folders() {
    const auto folder = fs::read_symlink("/proc/self/exe").parent_path();
    return {folder / "../../guest", folder / "../share/foldwalk"};
}

}  // namespace

DataFiles DataFiles::locate(const std::optional<std::string>& chosen) {
    if (chosen) {
        if (!fs::is_regular_file(DataFiles{*chosen}.manifest()))
            throw UserError{"--data " + *chosen + ": no manifest.ini there; name the folder `guest` of a build"};
        return DataFiles{*chosen};
    }
    const auto folders = usual_folders();
    for (const auto& folder : folders)
        if (fs::is_regular_file(DataFiles{folder.string()}.manifest()))
            return DataFiles{fs::canonical(folder).string()};
    throw UserError{"the guest is not there: nothing in " + folders.front().lexically_normal().string() + kHowToBuild};
}

std::vector<std::string> DataFiles::cores() const {
    std::vector<std::string> names;
    std::error_code none;
    for (const auto& entry : fs::directory_iterator{folder_ + "/profiles", none})
        if (entry.path().extension() == ".ini") names.push_back(entry.path().stem().string());
    std::sort(names.begin(), names.end());
    return names;
}

std::string DataFiles::title_of(const std::string& profile_path) {
    std::ifstream file{profile_path};
    std::string line;
    std::getline(file, line);
    const auto text = line.find_first_not_of("# ");
    return text == std::string::npos || text == 0 ? "" : line.substr(text);
}

void DataFiles::require_guest(Contpte contpte) const {
    const std::string image = std::string{"kernel-"} + contpte_name(contpte);
    for (const auto& file : {image + ".img", image + ".elf", std::string{"initrd.cpio"}})
        if (!fs::is_regular_file(folder_ + "/" + file))
            throw UserError{"guest image " + folder_ + "/" + file + " is missing" + kHowToBuild};
}

}  // namespace emu::app
