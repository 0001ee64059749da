// Follows pointers around one cycle through all pages in random order: each address is what the load before it read,
// so no two walks overlap.
#include "workloads/common/runtime.h"

namespace {

struct Node {
    Node* next;
    u64 number;
};

}  // namespace

void workload(Arguments& arguments) {
    const u64 pages = arguments.number("bytes", 4 << 20) / kPageBytes;
    const u64 steps = arguments.number("steps", 200000);
    const u64 seed = arguments.number("seed", 1);
    arguments.finish();
    if (pages == 0) fail("bytes= must be at least one page");

    u8* const region = map_anonymous(pages * kPageBytes);
    const auto node = [&](u64 page) -> Node& {
        return *reinterpret_cast<Node*>(region + page * kPageBytes + line_of(page) * 64);
    };
    Random random{seed};
    phase("populate", 0, [&] {
        for (u64 page = 0; page < pages; ++page) node(page) = {&node(page), page};
        // Sattolo's algorithm: exchanging each `next` with that of an earlier page leaves one cycle.
        for (u64 page = pages - 1; page > 0; --page) {
            Node& other = node(random.below(page));
            Node* const next = node(page).next;
            node(page).next = other.next;
            other.next = next;
        }
    });
    u64 sum = 0;
    phase("steady", GUEST_PHASE_OF_INTEREST, [&] {
        const Node* at = &node(0);
        for (u64 i = 0; i < steps; ++i) {
            at = at->next;
            sum += at->number;
        }
    });
    report(sum);
}
