#include "kernel_model/boot/mailbox.h"

#include "kernel_model/abi/guest_abi.h"
#include "kernel_model/boot/guest_layout.h"
#include "kernel_model/boot/print.h"
#include "kernel_model/mm/mm_counters.h"
#include "kernel_model/port/port.h"

namespace km {
namespace {

constexpr u64 kInitExited = 1;
constexpr u64 kPanic = 2;

constexpr guest_mailbox empty_mailbox() {
    guest_mailbox empty{};
    empty.magic = GUEST_MAILBOX_MAGIC;
    empty.version = GUEST_ABI_VERSION;
    empty.counter_count = GUEST_COUNTER_COUNT;
    return empty;
}
constinit guest_mailbox mailbox = empty_mailbox();

void print_words() {
    static_assert(sizeof(guest_mailbox) % sizeof(u64) == 0);
    const u64* words = reinterpret_cast<const u64*>(&mailbox);
    print("foldwalk-mailbox:");
    for (u64 i = 0; i < sizeof mailbox / sizeof(u64); ++i) print(" ", Hex{words[i]});
    print("\n");
}

void take_counters() {
    for (unsigned i = 0; i < GUEST_COUNTER_COUNT; ++i) mailbox.counters[i] = counters[i];
}

}  // namespace

void mailbox_announce() {
    const u64 described = guest_layout_address();
    register u64 address asm("x0") = port::virt_to_phys(&mailbox);
    register u64 live_counters asm("x1") = port::virt_to_phys(counters);
    register u64 layout asm("x2") = described;
    asm volatile("hint %0" : : "i"(GUEST_HINT_MAILBOX), "r"(address), "r"(live_counters), "r"(layout) : "memory");
}

void mailbox_set_checksum(u64 checksum) { mailbox.checksum = checksum; }

void mailbox_take_state(u64 exit_status, u64 table_hash) {
    mailbox.exit_status = exit_status;
    mailbox.table_hash = table_hash;
    take_counters();
}

void mailbox_finish(u64 free_pages_after_teardown) {
    mailbox.free_pages_after_teardown = free_pages_after_teardown;
    mailbox.state = kInitExited;
    print_words();
}

void mailbox_panic() {
    take_counters();
    mailbox.state = kPanic;
    print_words();
}

}  // namespace km
