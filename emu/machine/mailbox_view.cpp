#include "emu/machine/mailbox_view.h"

#include <cstring>

namespace emu {

namespace {

std::string of_order(const char* name, unsigned order) {
    constexpr unsigned kPageKilobytes = 4;
    return std::string{name} + "." + std::to_string(kPageKilobytes << order) + "K";
}

}  // namespace

std::optional<guest_mailbox> read_mailbox(PhysicalMemory& memory, arch::u64 pa) {
    const arch::u8* at = memory.host(pa, sizeof(guest_mailbox));
    if (at == nullptr) return std::nullopt;
    guest_mailbox box;
    std::memcpy(&box, at, sizeof box);
    if (box.magic != GUEST_MAILBOX_MAGIC || box.version != GUEST_ABI_VERSION) return std::nullopt;
    if (box.counter_count != GUEST_COUNTER_COUNT) return std::nullopt;
    return box;
}

NamedCounts name_counters(const std::uint64_t (&counters)[GUEST_COUNTER_COUNT]) {
    NamedCounts out;
#define COUNTER(id, name, sentence) out.emplace_back(name, counters[GUEST_##id]);
#define COUNTER_BY_ORDER(id, name, sentence) \
    for (unsigned order = 0; order <= GUEST_MAX_ORDER; ++order) out.emplace_back(of_order(name, order), counters[GUEST_##id + order]);
#include "kernel_model/abi/mm_counters.def"
#undef COUNTER
#undef COUNTER_BY_ORDER
    return out;
}

}  // namespace emu
