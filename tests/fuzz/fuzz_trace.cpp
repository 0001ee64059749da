// Any bytes as a trace file: operations and statistics that agree, or a UserError.
#include <array>
#include <sys/mman.h>
#include <unistd.h>

#include "emu/trace/importer.h"
#include "mmu/base/user_error.h"
#include "tests/fuzz/check.h"

namespace {

// The bytes as a file that only this process sees.
class MemoryFile {
public:
    explicit MemoryFile(std::span<const arch::u8> bytes) : descriptor_{memfd_create("fuzz", 0)} {
        FUZZ_CHECK(write(descriptor_, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
    }
    ~MemoryFile() { close(descriptor_); }
    MemoryFile(const MemoryFile&) = delete;
    MemoryFile& operator=(const MemoryFile&) = delete;
    [[nodiscard]] std::string path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }

private:
    int descriptor_;
};

void import_all(const std::string& path) {
    emu::trace::Importer importer{path};
    std::array<replay_op, 64> operations{};
    bool ended = false;
    while (!ended) {
        const std::size_t n = importer.read(operations);
        FUZZ_CHECK(n <= operations.size());
        ended = n < operations.size();
        if (ended && n != 0) FUZZ_CHECK(operations[n - 1].kind == REPLAY_END);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const arch::u8* data, std::size_t size) {
    fuzz::fail_on_demand({data, size});
    const MemoryFile file{{data, size}};
    try {
        import_all(file.path());
    } catch (const emu::UserError&) {
        return 0;
    }
    return 0;
}
