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

// A line (0..63) of page number `page` that says nothing of its address. With the same line in every page, or one that advances
// with the page, contiguous frames would collide in a few cache sets, and the caches would drown what the TLBs do.
inline u64 line_of(u64 page) { return page * 0x9e3779b97f4a7c15 >> 58; }

// The workload's checksum: to the console and to the kernel's mailbox.
void report(u64 checksum);
