// Every handler, declared by expanding a64.def, and the table that binds them to encodings.
// Definitions: one file per encoding class beside this one; each instantiates its own.
#pragma once

#include <array>

#include "emu/isa/decoded_op.h"
#include "emu/isa/decoder.h"
#include "emu/isa/encoding.h"

namespace emu {

namespace exec {

#define A64(name, ...) \
    template <class Mode> \
    void name(Pe&, const DecodedOp*);
#define A64_AS(name, ...)
#define A64_FALLBACK(name, ...) A64(name)
#include "emu/isa/a64.def"

// Raises the Undefined Instruction exception.
template <class Mode>
void UNDEFINED(Pe&, const DecodedOp*);

}  // namespace exec

struct HandlerPair {
    Handler plain;
    Handler recording;
};

// Indexed by Encoding.
extern const std::array<HandlerPair, kEncodingCount> kHandlers;

// Decodes `word` at `page_offset` of its page: operands, timing and both handlers. Where the outcome is
// Undefined, `out` is complete too and its handlers raise the exception.
DecodeOutcome decode(u32 word, u16 page_offset, const CoreFeatures& features, DecodedOp& out);

}  // namespace emu
