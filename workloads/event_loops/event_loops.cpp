// Which loop, and how often, stands in the boot arguments as for a program: "init=/svc_loop -- count=N".
#include "kernel_model/abi/guest_abi.h"
#include "workloads/common/phase.h"
#include "workloads/event_loops/chase.h"

extern "C" {
void announce_mailbox(u64 mailbox, u64 counters);
void enable_mmu(u64 root, u64 tcr, u64 mair);
void svc_loop(u64 count, u64 user_code);
void system_call(u64 count, u64 user_code);
void tlbi_refill(u64 count, u64 page);
void walk_storm(u64 count, u64 region, u64 mask);
extern const u8 user_code[];
void event_loops(const u8* device_tree);
}

namespace {

constexpr u64 kReadOnlyFromEl0 = 0xc0 | u64{1} << 53;  // AP[2:1], PXN
// 39 bits, Write-Back Inner Shareable walks, TTBR1 unused, 40 bits out.
constexpr u64 kTcr = 25 | 1 << 8 | 1 << 10 | 3 << 12 | 1 << 23 | u64{2} << 32;
constexpr u64 kMair = 0xff;

// Where things are mapped, by entries of the root: RAM as it lies, the region of the storm, the code of EL0.
constexpr u64 kRegion = 2 * kGigabyte;
constexpr u64 kUser = 4 * kGigabyte;
constexpr u64 kRegionTables = 32;  // 64 MiB
constexpr u64 kRegionBytes = kRegionTables * kEntries * kPage;
constexpr u64 kFrames = 256;  // the region repeats so many frames: its data stays in the caches of any host

Table root, region_directory, region_tables[kRegionTables], user_directory, user_table;
alignas(kPage) u8 frames[kFrames * kPage];
guest_mailbox mailbox;

void map_region() {
    for (u64 t = 0; t < kRegionTables; ++t) {
        region_directory.entry[t] = table_at(region_tables[t]);
        for (u64 i = 0; i < kEntries; ++i) {
            const u64 frame = address(frames) + (t * kEntries + i) % kFrames * kPage;
            region_tables[t].entry[i] = frame | kNormal | kTableOrPage;
        }
    }
}

void map_all() {
    root.entry[1] = kGigabyte | kNormal;
    root.entry[kRegion / kGigabyte] = table_at(region_directory);
    root.entry[kUser / kGigabyte] = table_at(user_directory);
    user_directory.entry[0] = table_at(user_table);
    user_table.entry[0] = address(user_code) | kNormal | kTableOrPage | kReadOnlyFromEl0;
    map_region();
}

u64 big_endian_32(const u8* at) { return u64{at[0]} << 24 | u64{at[1]} << 16 | u64{at[2]} << 8 | at[3]; }

bool starts_with(const u8* at, const char* text) {
    while (*text != 0)
        if (*at++ != static_cast<u8>(*text++)) return false;
    return true;
}

// Behind the first `text` in the device tree, or its end. Boot arguments are the only text there that has an equals sign.
const u8* behind(const u8* device_tree, const char* text) {
    const u8* const end = device_tree + big_endian_32(device_tree + 4);
    const u8* at = device_tree;
    while (at < end && !starts_with(at, text)) ++at;
    for (; at < end && *text != 0; ++text) ++at;
    return at;
}

u64 number_at(const u8* digits) {
    u64 value = 0;
    for (; *digits >= '0' && *digits <= '9'; ++digits) value = 10 * value + (*digits - u64{'0'});
    return value;
}

bool run(const u8* program, u64 count) {
    const bool saves_registers = starts_with(program, "system_call");
    if (saves_registers || starts_with(program, "svc_loop")) {
        (saves_registers ? system_call : svc_loop)(count, kUser);
        mailbox.counters[GUEST_SYSCALLS] = count;
    } else if (starts_with(program, "tlbi_refill")) tlbi_refill(count, kRegion);
    else if (starts_with(program, "walk_storm")) walk_storm(count, kRegion, kRegionBytes - 1);
    else return false;
    return true;
}

ChaseShape chase_shape(const u8* device_tree) {
    return {.nodes = number_at(behind(device_tree, "nodes=")),
            .stride = number_at(behind(device_tree, "stride=")),
            .granule = number_at(behind(device_tree, "granule=")),
            .mapping = number_at(behind(device_tree, "mapping=")),
            .scattered = number_at(behind(device_tree, "scattered=")) != 0};
}

// A lap and a measured part: what a warm core takes.
bool run_chase(const u8* device_tree, u64 count) {
    const ChaseShape shape = chase_shape(device_tree);
    if (!map_chase(kTcr, shape)) return false;
    u64 at = link_chase(shape);
    phase_begin("warm", false);
    at = chase(count_of_lap(shape), at);
    phase_end();
    phase_begin("steady", true);
    chase(count, at);
    phase_end();
    return true;
}

bool run_loop(const u8* program, u64 count) {
    phase_begin("steady", true);
    const bool known = run(program, count);
    phase_end();
    return known;
}

}  // namespace

void event_loops(const u8* device_tree) {
    const u8* const program = behind(device_tree, "init=/");
    const u64 count = number_at(behind(device_tree, "count="));
    mailbox.magic = GUEST_MAILBOX_MAGIC;
    mailbox.version = GUEST_ABI_VERSION;
    mailbox.counter_count = GUEST_COUNTER_COUNT;
    announce_mailbox(address(&mailbox), address(mailbox.counters));
    map_all();
    enable_mmu(address(&root), kTcr, kMair);
    if (count == 0) return;
    const bool done = starts_with(program, "chase") ? run_chase(device_tree, count) : run_loop(program, count);
    if (done) mailbox.state = 1;
}
