// Which sources of a store are its address and which its data: an address can be translated before the data is there.
#pragma once

#include "emu/isa/decoded_op.h"

namespace emu {

// Of the sources of a store, the first so many make the address; the others are what it writes. XZR is not listed.
[[nodiscard]] inline unsigned address_sources(const DecodedOp& op) {
    const OpTiming& t = op.timing;
    if (t.op_class == OpClass::FpStore) {
        unsigned count = 0;
        while (count < t.source_count && t.source[count] < kTimingV0) ++count;
        return count;
    }
    unsigned data = op.rd != kRegZero ? 1 : 0;
    if (t.op_class == OpClass::StorePair && op.ra != kRegZero) ++data;
    return t.source_count > data ? t.source_count - data : 0;
}

}  // namespace emu
