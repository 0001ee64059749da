// The code around translated regions, written once: ways in, out, and to the handlers of rows that are not translated.
#pragma once

#include "emu/core/decode_cache.h"
#include "emu/core/pe.h"

namespace emu::jit {

// What a region is translated for. It is entered in no other state.
struct TranslationMode {
    u8 el{1};
    bool strict_alignment{false};
    bool fp_enabled{false};
    u8 sp_alignment_mask{0};
};

// What generated code refers to. Offsets are from the Pe.
struct Surroundings {
    // Handler of an operation that has been translated: enters its code.
    Handler enter{nullptr};
    // Generated code jumps to these, guest registers in pe.x, flags in pe.host_flags.
    const void* leave{nullptr};         // rsi: operation that the interpreter goes on with
    const void* interpret{nullptr};     // the same, by its handler even if it is translated
    const void* other_mode{nullptr};    // the same, whose code is for another mode
    const void* go_to_page{nullptr};    // rax: address in another page
    const void* go_indirect{nullptr};   // rax: address anywhere, of a taken branch
    // Calls the handler of rsi. Returns if the next operation is to follow; called at one call's depth.
    const void* call_handler{nullptr};

    const u16* host_flags{nullptr};     // pe.host_flags for each NZCV
    arch::i64 data_clock{0};            // offset of the clock of the L1 data TLB
    arch::u32 memo_index_mask{0};       // of the memos of the L1 data TLB
    std::array<arch::i64, 2> host_tlb{};  // of the memos, by Exception level
    // Where a handler finds the operation it executes, and what follows it.
    std::array<DecodedOp, 2> called{};
    unsigned fetch_shift{4};
    bool types_branches{false};  // indirect branches leave a PSTATE.BTYPE, which is the interpreter's
};

// Writes the code at `at`, and where its parts are to `around`, whose offsets are given. Returns its bytes.
std::size_t write_glue(Surroundings& around, std::uint8_t* at, std::size_t size);

}  // namespace emu::jit
