#include "emu/core/exec/handlers.h"
#include "emu/core/mode.h"

namespace emu {

const std::array<HandlerPair, kEncodingCount> kHandlers{{
#define A64(name, ...) {&exec::name<Plain>, &exec::name<Recording>},
#define A64_AS(name, handler, ...) {&exec::handler<Plain>, &exec::handler<Recording>},
#define A64_FALLBACK(name, ...) A64(name)
#include "emu/isa/a64.def"
    {&exec::UNDEFINED<Plain>, &exec::UNDEFINED<Recording>},
}};

DecodeOutcome decode(u32 word, u16 page_offset, const CoreFeatures& features, DecodedOp& out) {
    const DecodeOutcome outcome = decode_operands(word, page_offset, features, out);
    const HandlerPair& handlers = kHandlers[out.encoding];
    out.plain = handlers.plain;
    out.recording = handlers.recording;
    return outcome;
}

}  // namespace emu
