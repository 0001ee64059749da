#include "emu/machine/guest_image.h"

#include <algorithm>

#include "emu/machine/memory_map.h"
#include "emu/machine/program_initrd.h"
#include "emu/memory/file.h"
#include "mmu/base/user_error.h"

namespace emu {

namespace {

constexpr arch::u64 kPage = 4096;

std::string base_name(const std::string& path) { return path.substr(path.find_last_of('/') + 1); }

class Reader {
public:
    Reader(const RunRequest& request, GuestImage& image) : folder_{request.files.folder}, image_{image} {}

    std::vector<arch::u8> read(const std::string& role, const std::string& name) {
        return read_path(role, folder_ + "/" + name);
    }
    std::vector<arch::u8> read_path(const std::string& role, const std::string& path) {
        std::vector<arch::u8> bytes = read_file(path, "build the guest with scripts/run, or name its folder with --data");
        image_.inputs.push_back({role, base_name(path), content_hash(bytes)});
        return bytes;
    }
    std::vector<Symbol> symbols(const std::string& role, const std::string& name) {
        return read_elf_symbols(read(role, name), folder_ + "/" + name);
    }

private:
    std::string folder_;
    GuestImage& image_;
};

arch::u64 place_initrd(const PhysicalMemory& memory) {
    return memory.base() + std::min(memory.size() / 2, memory_map::kInitrdOffsetLimit);
}

}  // namespace

arch::u64 content_hash(const std::vector<arch::u8>& bytes) {
    arch::u64 hash = 0xcbf29ce484222325;
    for (const arch::u8 b : bytes) hash = (hash ^ b) * 0x100000001b3;
    return hash;
}

GuestImage read_guest_image(const RunRequest& request) {
    GuestImage image;
    Reader reader{request, image};
    const std::string kernel = std::string{"kernel-"} + contpte_name(request.config.kernel.contpte);
    image.kernel = reader.read("kernel", kernel + ".img");
    const std::vector<arch::u8> elf = reader.read("kernel", kernel + ".elf");
    image.kernel_symbols = read_elf_symbols(elf, request.files.folder + "/" + kernel + ".elf");
    image.kernel_objects = read_elf_objects(elf, request.files.folder + "/" + kernel + ".elf");
    for (const auto& profile : request.files.profiles) static_cast<void>(reader.read_path("profile", profile));
    if (request.program) {
        add_program(*request.program, image);
        return image;
    }
    image.initrd = reader.read("workload", "initrd.cpio");
    image.program_symbols = reader.symbols("workload", "programs/" + request.workload);
    return image;
}

BootState load_guest(const GuestImage& image, const std::string& bootargs, arch::u64 window_bytes,
                     PhysicalMemory& memory) {
    const ImageHeader header = parse_image_header(image.kernel, "kernel image");
    const arch::u64 kernel = memory.base() + memory_map::kImageOffset + header.text_offset;
    const arch::u64 initrd = place_initrd(memory);
    if (kernel + std::max<arch::u64>(header.image_size, image.kernel.size()) > initrd) {
        throw UserError("the guest kernel does not fit below its initrd: choose a larger --memory");
    }
    memory.load(kernel, image.kernel, "the guest kernel");
    memory.load(initrd, image.initrd, "the initrd");

    BootState boot;
    boot.pc = kernel;
    arch::u64 end = initrd + image.initrd.size();
    std::string arguments = bootargs;
    if (window_bytes != 0) {
        boot.window = arch::align_up(end, kPage);
        end = boot.window + window_bytes;
        // Options stand before "--"; the offset counts from the start of the initrd.
        arguments = "replay_window=" + std::to_string(boot.window - initrd) + " " + arguments;
    }
    boot.device_tree = arch::align_up(end, memory_map::kDeviceTreeAlignment);
    memory.load(boot.device_tree,
                build_device_tree({memory.base(), memory.size(), arguments, initrd, end}), "the device tree");
    return boot;
}

}  // namespace emu
