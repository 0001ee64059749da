// A pipe: bytes in a ring, and the tasks that wait for some or for room. Linux: fs/pipe.c, pipe(7).
#pragma once

#include "mmu/arch/bits.h"

namespace km {

using arch::i64;
using arch::u64;
using arch::u8;

struct Pipe {
    static constexpr u64 kBytes = 65536;      // Linux: 16 pages
    static constexpr u64 kAtomicBytes = 4096; // PIPE_BUF: writes up to this are not mixed with others

    u8* ring{nullptr};
    u64 written{0};    // positions since the start; the ring holds written - read bytes
    u64 read{0};
    unsigned readers{0};
    unsigned writers{0};

    [[nodiscard]] u64 filled() const { return written - read; }
    [[nodiscard]] u64 room() const { return kBytes - filled(); }
};

// Null: no memory.
[[nodiscard]] Pipe* make_pipe();
void free_pipe(Pipe& pipe);
// What those sleep on who wait for more than one pipe.
inline constexpr char any_pipe = 0;
// Whoever sleeps looks again: bytes came or went, or an end was closed.
void wake_pipe(const Pipe& pipe);

// From and to user memory. Bytes; 0: the end; -EAGAIN (only if `nonblocking`), -EFAULT, -EPIPE (after SIGPIPE),
// -ERESTARTSYS.
[[nodiscard]] i64 read_pipe(Pipe& pipe, u64 to, u64 bytes, bool nonblocking);
[[nodiscard]] i64 write_pipe(Pipe& pipe, u64 from, u64 bytes, bool nonblocking);

}  // namespace km
