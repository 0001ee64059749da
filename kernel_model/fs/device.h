// Character devices: the console's two streams, null, zero and random.
#pragma once

#include "kernel_model/fs/node.h"

namespace km {

// From and to user memory: bytes, or a negative errno. Reading the console is at the end at once.
[[nodiscard]] i64 read_device(Device device, u64 to, u64 bytes);
[[nodiscard]] i64 write_device(Device device, u64 from, u64 bytes);
// As st_rdev has it. Linux: new_encode_dev(), Documentation/admin-guide/devices.txt.
[[nodiscard]] u64 device_number(Device device);

// /dev with its files.
void make_devices();
// Random bytes, the same in every run.
[[nodiscard]] bool random_to_user(u64 to, u64 bytes);

}  // namespace km
