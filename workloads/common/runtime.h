// What every workload has: arguments, output, memory, phases, random numbers, a result.
#pragma once

#include "workloads/common/arguments.h"
#include "workloads/common/phase.h"
#include "workloads/common/print.h"
#include "workloads/common/random.h"
#include "workloads/common/syscalls.h"

// The workload itself.
void workload(Arguments& arguments);

// Ends the program with status 1 and a line on the console.
[[noreturn]] void fail(const char* what);
// Fails unless `result` is no negative errno.
i64 must(i64 result, const char* what);

// Private anonymous memory, readable and writable, its first byte on a 2 MiB boundary, so that every folio size can be
// used and no run depends on where the kernel puts regions. It lies in a larger region.
u8* map_anonymous(u64 bytes);

// The workload's checksum: to the console and to the kernel's mailbox.
void report(u64 checksum);
