// A decoded instruction: operands extracted once, kept per physical page in the decode cache.
#pragma once

#include "mmu/arch/bits.h"

namespace emu {

using arch::i64;
using arch::u16;
using arch::u32;
using arch::u64;
using arch::u8;

struct Pe;
struct DecodedOp;

// A handler executes one operation. In the plain loop it goes on to the next by a sibling call
// (see emu/core/mode.h); in the recording loop it returns.
using Handler = void (*)(Pe&, const DecodedOp*);

// Register file indices used in DecodedOp: 0..30 are X0..X30. Register number 31 is resolved at decode:
inline constexpr u8 kRegSp = 31;       // the current stack pointer
inline constexpr u8 kRegZero = 32;     // reads as zero; never written
inline constexpr u8 kRegDiscard = 33;  // where a result written to XZR goes; never read

// Timing classes: what an operation asks of the pipeline. Latencies are the profile's.
enum class OpClass : u8 {
    Alu, AluShift, AluFlags, Mul32, Mul64, MulHigh, Div32, Div64, Crc,
    Branch,          // direct, unconditional
    BranchCond,      // direct, conditional
    BranchIndirect, Call, CallIndirect, Return,
    Load, LoadPair, Store, StorePair,
    LoadAcquire, StoreRelease, LoadExclusive, StoreExclusive, Atomic,
    Prefetch, DcZva, CacheMaintenance,
    Mrs, Msr, Tlbi, AddressTranslate, Dsb, Dmb, Isb, Hint,
    ExceptionGen,    // SVC, HVC, SMC, BRK, UDF
    Eret,
    FpSimple, FpAdd, FpMul, FpDiv, Simd, FpLoad, FpStore, Crypto,
};

// Registers for dependency tracking: 0..30 X, 31 SP, kTimingNzcv, then V0..V31. XZR never appears.
inline constexpr u8 kTimingNzcv = 32;
inline constexpr u8 kTimingV0 = 33;
inline constexpr u8 kTimingRegisterCount = 33 + 32;

// What fills the lists behind the registers that are there: one that is always ready, and one that nobody waits for.
inline constexpr u8 kTimingNoSource = kTimingRegisterCount;
inline constexpr u8 kTimingNoResult = kTimingRegisterCount + 1;

struct OpTiming {
    OpClass op_class{OpClass::Alu};
    u8 source_count{0};
    u8 result_count{0};
    u8 source[6]{kTimingNoSource, kTimingNoSource, kTimingNoSource, kTimingNoSource, kTimingNoSource, kTimingNoSource};
    u8 result[5]{kTimingNoResult, kTimingNoResult, kTimingNoResult, kTimingNoResult, kTimingNoResult};
    // The operation's base register of a load or store with write-back is ready after one ALU cycle:
    // index into `result` of it, or 0xff.
    u8 writeback_index{0xff};
};

struct alignas(64) DecodedOp {
    Handler plain{nullptr};
    Handler recording{nullptr};
    u64 imm{0};         // the row says what: immediate, mask, byte displacement
    u32 word{0};        // the instruction
    u16 encoding{0};    // row of a64.def
    u16 page_offset{0}; // byte offset of the instruction in its page
    u8 rd{0};           // destination, or Rt of loads and stores
    u8 rn{0};
    u8 rm{0};           // also Rs of exclusives and atomics
    u8 ra{0};           // also Rt2
    u8 shift{0};        // shift amount, or extend shift
    u8 option{0};       // shift type, extend option, condition, sf: the row says which
    u8 flags{0};        // kOpProbe ...
    mutable u8 heat{0}; // times it was a branch target, until it is translated (see emu/core/jit)
    OpTiming timing{};
    const void* translated{nullptr};  // where generated code goes on for it
};
inline constexpr u8 kOpProbe = 1;  // an operation probe sits on this instruction

static_assert(sizeof(DecodedOp) == 64);

}  // namespace emu
