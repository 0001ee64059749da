#include "emu/machine/replay_feed.h"

#include <cstring>
#include <vector>

namespace emu {

void ReplayFeed::refill(PhysicalMemory& memory, arch::u64 pa) {
    arch::u8* at = memory.host(pa, kWindowBytes);
    if (at == nullptr) return;
    std::vector<replay_op> operations(kOperations);
    const std::size_t count = importer_.read(operations);
    const guest_window window{kOperations * sizeof(replay_op), count * sizeof(replay_op), count < kOperations, 0};
    std::memcpy(at, &window, sizeof window);
    std::memcpy(at + sizeof window, operations.data(), count * sizeof(replay_op));
}

}  // namespace emu
