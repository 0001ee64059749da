// From an instruction word to a DecodedOp.
#pragma once

#include "emu/isa/decoded_op.h"
#include "emu/isa/encoding.h"
#include "emu/isa/features.h"

namespace emu {

enum class DecodeOutcome : u8 {
    Ok,
    Undefined,  // unallocated, a reserved field value, or a feature this core lacks
};

// Fills everything of `out` but the two handlers (emu/core/exec/handlers.h adds them). Where the outcome is
// Undefined, out.encoding is Encoding::UNDEFINED. `page_offset` is the byte offset of the word in its page.
DecodeOutcome decode_operands(u32 word, u16 page_offset, const CoreFeatures& features, DecodedOp& out);

// The row whose pattern `word` matches, features and reserved values aside; UNDEFINED where there is none.
[[nodiscard]] Encoding find_row(u32 word);

}  // namespace emu
