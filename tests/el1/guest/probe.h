// A probe: a few instructions run at EL0 or EL1 until an exception ends them, and what it looked like.
#pragma once

#include <cstddef>
#include <initializer_list>

#include "mmu/arch/bits.h"
#include "tests/el1/guest/frame_layout.h"

namespace el1 {

using arch::u16;
using arch::u32;
using arch::u64;
using arch::u8;

// The state that a probe starts with, and the one at the exception that ended it.
struct Frame {
    u64 x[31];
    u64 sp_el1;
    u64 sp_el0;
    u64 vector;  // offset from VBAR_EL1
    u64 esr;
    u64 far;
    u64 elr;   // start address before
    u64 spsr;  // PSTATE before
    u64 harness_sp;
    u64 running;
};
static_assert(offsetof(Frame, sp_el1) == FRAME_SP_EL1 && offsetof(Frame, running) == FRAME_RUNNING);

// Where a probe runs: Exception level and stack pointer.
enum class Level : u8 { El0, El1t, El1h };
[[nodiscard]] const char* name_of(Level level);

// Assembles a probe: `text` (lines separated by \n), then the SVC that says it came to its end.
#define PROBE(name, text)                                                                        \
    extern "C" const el1::u8 name[];                                                             \
    asm(".pushsection .probes,\"ax\",%progbits\n.balign 8\n.global " #name "\n" #name ":\n" text \
        "\nsvc #0xf00d\n.popsection\n")
inline constexpr u64 kEndOfProbe = 0x5600f00d;  // ESR_EL1

class Probe {
public:
    // `code` is a PROBE, or an address that `level` may execute (see code_at).
    Probe(const u8* code, Level level = Level::El1h);
    Probe(u64 address, Level level);

    // Initial X registers from x0 on.
    template <class... T>
    Probe& with(T... values) {
        const u64 list[] = {static_cast<u64>(values)...};
        unsigned i = 0;
        for (const u64 v : list) frame.x[i++] = v;
        return *this;
    }
    // Further bits of the initial PSTATE.
    Probe& pstate(u64 bits) {
        frame.spsr |= bits;
        return *this;
    }
    Probe& stack(u64 sp);

    // Runs it once.
    Probe& run();
    [[nodiscard]] bool ended() const { return frame.esr == kEndOfProbe; }
    // Runs it and prints "name: outcome", where the outcome is the exception, or registers 0 to 3 at its end.
    void show(const char* name);
    void show(const char* name, const char* part);
    void show(const char* name, const char* part, const char* detail);

    Frame frame{};

private:
    u64 start_;
    Level level_;
};

// Where a PROBE's code is mapped for a level.
[[nodiscard]] u64 code_at(const u8* code, Level level);

}  // namespace el1
