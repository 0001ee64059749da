// What operand structs are made of: fields at their places, and register numbers turned into slots.
//
// An operand struct has
//   using Fields = Reads<...>;                       the fields it reads; must be exactly the row's pattern's
//   static bool fill(u32 word, DecodedOp& op);       false: a field holds a reserved value (UNDEFINED)
// `fill` also lists the registers for dependency tracking: addresses first, then data.
#pragma once

#include "emu/isa/decoded_op.h"
#include "emu/isa/pattern.h"

namespace emu::operands {

// A field whose bit 0 is bit `Low` of the word.
template <FieldId Id, unsigned Low>
struct At {
    static constexpr unsigned kWidth = kFields[static_cast<std::size_t>(Id)].bits;
    static constexpr FieldPlace kPlace{Id, static_cast<u8>(Low)};

    [[nodiscard]] static constexpr u32 get(u32 word) {
        return static_cast<u32>(arch::BitField<Low + kWidth - 1, Low>::get(word));
    }
    // The field as a signed number of units of `1 << scale_log2` bytes.
    [[nodiscard]] static constexpr u64 displacement(u32 word, unsigned scale_log2) {
        return static_cast<u64>(arch::sign_extend(get(word), kWidth)) << scale_log2;
    }
};

template <class... Field>
struct Reads {
    // The pattern holds these fields at these places, and no other.
    [[nodiscard]] static constexpr bool agrees_with(const Pattern& pattern) {
        if (pattern.field_count != sizeof...(Field)) return false;
        return (... && holds(pattern, Field::kPlace));
    }

private:
    [[nodiscard]] static constexpr bool holds(const Pattern& pattern, FieldPlace place) {
        for (std::size_t i = 0; i < pattern.field_count; ++i) {
            if (pattern.fields[i] == place) return true;
        }
        return false;
    }
};

using Rd = At<FieldId::Rd, 0>;
using Rt = At<FieldId::Rt, 0>;
using Rn = At<FieldId::Rn, 5>;
using Ra = At<FieldId::Ra, 10>;
using Rt2 = At<FieldId::Rt2, 10>;
using Rm = At<FieldId::Rm, 16>;
using Rs = At<FieldId::Rs, 16>;

inline void add_source(DecodedOp& op, u8 slot) {
    if (slot == kRegZero) return;
    op.timing.source[op.timing.source_count++] = slot;
}
inline void add_result(DecodedOp& op, u8 slot) {
    if (slot == kRegDiscard) return;
    op.timing.result[op.timing.result_count++] = slot;
}

// The flags are no register slot: kTimingNzcv has the number of kRegZero.
inline void add_nzcv_source(DecodedOp& op) { op.timing.source[op.timing.source_count++] = kTimingNzcv; }
inline void add_nzcv_result(DecodedOp& op) { op.timing.result[op.timing.result_count++] = kTimingNzcv; }

// Slots of register `number`, entered in the dependency lists. 31 is the zero register, or SP for the *_or_sp.
[[nodiscard]] inline u8 slot_of(u32 number, u8 slot_of_31) {
    return number == 31 ? slot_of_31 : static_cast<u8>(number);
}
[[nodiscard]] inline u8 source(DecodedOp& op, u32 number) {
    const u8 slot = slot_of(number, kRegZero);
    add_source(op, slot);
    return slot;
}
[[nodiscard]] inline u8 source_or_sp(DecodedOp& op, u32 number) {
    add_source(op, slot_of(number, kRegSp));
    return slot_of(number, kRegSp);
}
[[nodiscard]] inline u8 result(DecodedOp& op, u32 number) {
    const u8 slot = slot_of(number, kRegDiscard);
    add_result(op, slot);
    return slot;
}
[[nodiscard]] inline u8 result_or_sp(DecodedOp& op, u32 number) {
    add_result(op, slot_of(number, kRegSp));
    return slot_of(number, kRegSp);
}

}  // namespace emu::operands
