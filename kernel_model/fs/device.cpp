#include "kernel_model/fs/device.h"

#include "kernel_model/abi/guest_abi.h"
#include "kernel_model/boot/console.h"
#include "kernel_model/boot/panic.h"
#include "kernel_model/boot/text.h"
#include "kernel_model/lib/random.h"
#include "kernel_model/mm/errno.h"
#include "kernel_model/port/port.h"
#include "kernel_model/process/user_access.h"

namespace km {
namespace {

constexpr u64 kChunk = 1024;
Random random{0x0123456789abcdef};

struct Row {
    const char* name;
    Device device;
};
constexpr Row kDevices[] = {
    {"console", Device::ConsoleOutput}, {"tty", Device::ConsoleOutput}, {"null", Device::Null},
    {"zero", Device::Zero},             {"random", Device::Random},     {"urandom", Device::Random},
};

// A host that runs a program of its user's takes the bytes from memory: a serial line would cost more than all else.
bool host_takes(u64 stream, const char* bytes, u64 count) {
    register u64 x0 asm("x0") = stream;
    register u64 x1 asm("x1") = port::virt_to_phys(bytes);
    register u64 x2 asm("x2") = count;
    asm volatile("hint %1" : "+r"(x0) : "i"(GUEST_HINT_OUTPUT), "r"(x1), "r"(x2) : "memory");
    return x0 == GUEST_OUTPUT_TAKEN;
}

i64 write_console(u64 stream, u64 from, u64 bytes) {
    char chunk[kChunk];  // on the stack of the task, which lies in the linear map
    for (u64 done = 0; done < bytes;) {
        const u64 now = min(bytes - done, sizeof chunk);
        if (!copy_from_user(chunk, from + done, now)) return done != 0 ? static_cast<i64>(done) : -EFAULT;
        if (!host_takes(stream, chunk, now)) console::write(chunk, now);
        done += now;
    }
    return static_cast<i64>(bytes);
}

void make_device(Node& directory, const Row& row) {
    Node* node = make_child(directory, {row.name, length_of(row.name)}, NodeKind::Character, 0666);
    if (node == nullptr) panic("no memory for the devices");
    node->device = row.device;
    node->modified = 0;
}

}  // namespace

bool random_to_user(u64 to, u64 bytes) {
    for (u64 done = 0; done < bytes; done += sizeof(u64)) {
        const u64 word = random.next();
        if (!copy_to_user(to + done, &word, min(bytes - done, sizeof word))) return false;
    }
    return true;
}

i64 read_device(Device device, u64 to, u64 bytes) {
    switch (device) {
        case Device::Zero: return clear_user(to, bytes) ? static_cast<i64>(bytes) : -EFAULT;
        case Device::Random: return random_to_user(to, bytes) ? static_cast<i64>(bytes) : -EFAULT;
        default: return 0;
    }
}

i64 write_device(Device device, u64 from, u64 bytes) {
    switch (device) {
        case Device::ConsoleOutput: return write_console(GUEST_STREAM_OUTPUT, from, bytes);
        case Device::ConsoleError: return write_console(GUEST_STREAM_ERROR, from, bytes);
        default: return static_cast<i64>(bytes);
    }
}

u64 device_number(Device device) {
    constexpr u64 kMajor = 256;
    switch (device) {
        case Device::Null: return 1 * kMajor + 3;
        case Device::Zero: return 1 * kMajor + 5;
        case Device::Random: return 1 * kMajor + 9;
        default: return 5 * kMajor + 1;
    }
}

void make_devices() {
    constexpr Name kName{"dev", 3};
    Node* directory = find_child(root_node(), kName);
    if (directory == nullptr) directory = make_child(root_node(), kName, NodeKind::Directory, 0755);
    if (directory == nullptr) panic("no memory for the devices");
    for (const Row& row : kDevices)
        if (find_child(*directory, {row.name, length_of(row.name)}) == nullptr) make_device(*directory, row);
}

}  // namespace km
