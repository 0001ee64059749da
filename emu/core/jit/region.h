// What is translated at once: the straight runs of one page that a hot branch target leads to, with everything that
// has been executed there, and what is known about them before a byte of code is written.
#pragma once

#include <array>
#include <bitset>
#include <vector>

#include "emu/core/decode_cache.h"

namespace emu::jit {

inline constexpr unsigned kOps = DecodedPage::kOps;
inline constexpr unsigned kNoOp = ~0u;

// How an operation is translated, by its row (see rows.h).
enum class Flow : u8 {
    Straight,   // goes on to the next
    Jump,       // direct, always taken
    Branch,     // direct, conditional
    Call,       // direct, and the operation behind it is returned to
    Indirect,   // target in a register
    IndirectCall,
    Stop,       // not translated: the interpreter's
};

// A straight run of operations, entered at its first.
struct Block {
    unsigned first;
    unsigned last;
    Flow flow{Flow::Straight};  // of the last operation
    unsigned taken{kNoOp};      // operation that its branch goes to, where that is in the page
    u32 weight{1};              // how often it seems to run: more for each loop around it
    bool flags_live{true};      // NZCV may be read before it is written, from its first operation on
};

struct Region {
    std::vector<Block> blocks;  // by position
    std::array<u16, kOps> block_at{};      // 1 + index of the block that begins here, or 0
    std::bitset<kOps> flags_live_after{};  // NZCV set by this operation may be read
    std::vector<u8> hot_registers;         // slots of pe.x, most used first
    u64 written{0};                        // bit per slot: written by some operation

    [[nodiscard]] const Block* block(unsigned op) const {
        return op < kOps && block_at[op] != 0 ? &blocks[block_at[op] - 1u] : nullptr;
    }
};

// The region of `page` around operation `head`; no blocks where the head cannot be translated.
[[nodiscard]] Region find_region(const DecodedPage& page, unsigned head, Handler not_decoded);

// Where the direct branch `op` goes, as an operation of its page; kNoOp if outside.
[[nodiscard]] unsigned target_in_page(const DecodedOp& op);

}  // namespace emu::jit
