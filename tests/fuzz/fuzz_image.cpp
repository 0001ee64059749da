// Any bytes as an arm64 Image with an initrd: laid out in memory without overlap, or a UserError.
#include "emu/machine/guest_image.h"
#include "mmu/base/user_error.h"
#include "tests/fuzz/check.h"

namespace {

constexpr arch::u64 kBase = 0x4000'0000;
constexpr arch::u64 kBytes = 64 << 20;

void check_boot(const emu::BootState& boot, arch::u64 window_bytes, const emu::PhysicalMemory& memory) {
    FUZZ_CHECK(memory.contains(boot.pc, 4));
    FUZZ_CHECK(memory.contains(boot.device_tree, 8));
    if (window_bytes != 0) FUZZ_CHECK(memory.contains(boot.window, window_bytes));
}

}  // namespace

// The first byte says how much of the rest is initrd, the second whether there is a window.
extern "C" int LLVMFuzzerTestOneInput(const arch::u8* data, std::size_t size) {
    fuzz::fail_on_demand({data, size});
    if (size < 2) return 0;
    static emu::PhysicalMemory memory{kBase, kBytes};
    const arch::u8* rest = data + 2;
    const std::size_t initrd_bytes = (size - 2) * data[0] / 256;
    emu::GuestImage image;
    image.initrd.assign(rest, rest + initrd_bytes);
    image.kernel.assign(rest + initrd_bytes, data + size);
    const arch::u64 window_bytes = (data[1] & 1) != 0 ? 0x10000 : 0;
    try {
        check_boot(emu::load_guest(image, "console=ttyAMA0", window_bytes, memory), window_bytes, memory);
    } catch (const emu::UserError&) {
        return 0;
    }
    return 0;
}
