#include "emu/machine/mailbox_view.h"

#include <cstring>

namespace emu {

namespace {

constexpr std::uint64_t kRunning = 0;  // guest_mailbox::state

std::string of_order(const char* name, unsigned order) {
    constexpr unsigned kPageKilobytes = 4;
    return std::string{name} + "." + std::to_string(kPageKilobytes << order) + "K";
}

}  // namespace

std::optional<guest_mailbox> read_mailbox(PhysicalMemory& memory, MailboxPlace place) {
    const arch::u8* at = memory.host(place.mailbox, sizeof(guest_mailbox));
    if (at == nullptr) return std::nullopt;
    guest_mailbox box;
    std::memcpy(&box, at, sizeof box);
    if (box.magic != GUEST_MAILBOX_MAGIC || box.version != GUEST_ABI_VERSION) return std::nullopt;
    if (box.counter_count != GUEST_COUNTER_COUNT) return std::nullopt;
    const arch::u8* live = memory.host(place.live_counters, sizeof box.counters);
    if (box.state == kRunning && live != nullptr) std::memcpy(box.counters, live, sizeof box.counters);
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
