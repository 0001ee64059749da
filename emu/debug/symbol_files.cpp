#include "emu/debug/symbol_files.h"

namespace emu::debug {

std::string kernel_file(const RunRequest& request) {
    return request.files.folder + "/kernel-" + contpte_name(request.config.kernel.contpte) + ".elf";
}

std::string program_file(const RunRequest& request) {
    return request.program ? request.program->path : request.files.folder + "/programs/" + request.workload;
}

}  // namespace emu::debug
