#include "emu/core/pauth.h"

#include "emu/core/pe.h"
#include "mmu/arch/sysreg_layout.h"
#include "mmu/mmu.h"

namespace emu {

using arch::low_mask;
using arch::SCTLR_EL1;
using arch::TCR_EL1;

namespace {

constexpr unsigned kHalfBit = 55;  // says which half an address is of, whatever the tag

struct KeyInfo {
    SysReg low;
    u64 enable;  // of SCTLR_EL1
    bool is_data;
    u64 error;  // what a failed authentication leaves: key number, and its complement
};
// Indexed by PointerKeyName. The high half of a key is the register behind its low half.
constexpr KeyInfo kKeys[] = {
    {SysReg::APIAKeyLo_EL1, SCTLR_EL1::EnIA::kMask, false, 0b01},
    {SysReg::APIBKeyLo_EL1, SCTLR_EL1::EnIB::kMask, false, 0b10},
    {SysReg::APDAKeyLo_EL1, SCTLR_EL1::EnDA::kMask, true, 0b01},
    {SysReg::APDBKeyLo_EL1, SCTLR_EL1::EnDB::kMask, true, 0b10},
};
const KeyInfo& info_of(PointerKeyName name) {
    return kKeys[static_cast<unsigned>(name)];
}

PointerKey key_at(const Pe& pe, SysReg low) {
    const auto high = static_cast<SysReg>(static_cast<unsigned>(low) + 1);
    return {pe.sysreg(high), pe.sysreg(low)};
}

bool is_upper(u64 pointer) {
    return (pointer >> kHalfBit & 1) != 0;
}
u64 extension(bool ones) {
    return ones ? ~u64{0} : 0;
}

// Bits [top:bottom] of a pointer that can hold a code; the tag byte is above them where it is ignored.
struct CodeBits {
    bool tagged;
    unsigned bottom;

    // As the manual's bit positions: 55 or 63.
    [[nodiscard]] unsigned top() const { return tagged ? kHalfBit : 63; }
    [[nodiscard]] u64 field() const { return low_mask(top() + 1) & ~low_mask(bottom); }
    // Without bit 55, which keeps saying what half it is.
    [[nodiscard]] u64 code() const { return field() & ~(u64{1} << kHalfBit); }
};

// Arm: EffectiveTBI.
bool ignores_tag(const Pe& pe, bool upper, bool is_data) {
    const u64 tcr = pe.sysreg(SysReg::TCR_EL1);
    const bool ignored = upper ? TCR_EL1::TBI1::test(tcr) : TCR_EL1::TBI0::test(tcr);
    const bool data_only = upper ? TCR_EL1::TBID1::test(tcr) : TCR_EL1::TBID0::test(tcr);
    return ignored && (is_data || !data_only);
}

// Arm: CalculateBottomPACBit. TxSZ out of bounds acts as the nearest bound.
unsigned bottom_bit(const Pe& pe, bool upper) { return pe.mmu->regime().half[upper].input_bits; }

CodeBits code_bits(const Pe& pe, u64 pointer, bool upper, bool is_data) {
    return {ignores_tag(pe, is_upper(pointer), is_data), bottom_bit(pe, upper)};
}

u64 extended(u64 pointer, CodeBits bits, bool upper) {
    return (pointer & ~bits.field()) | (extension(upper) & bits.field());
}

// Which half a pointer that is to be signed means: bit 55 where any half ignores its tag, else bit 63.
bool chosen_half(const Pe& pe, u64 pointer, bool is_data) {
    const bool by_bit_55 = ignores_tag(pe, false, is_data) || ignores_tag(pe, true, is_data);
    return (pointer >> (by_bit_55 ? kHalfBit : 63) & 1) != 0;
}

bool is_off(const Pe& pe, const KeyInfo& key) {
    return (pe.sysreg(SysReg::SCTLR_EL1) & key.enable) == 0;
}

}  // namespace

u64 sign_pointer(const Pe& pe, PointerKeyName name, u64 pointer, u64 modifier) {
    const KeyInfo& key = info_of(name);
    if (is_off(pe, key)) return pointer;
    const bool upper = chosen_half(pe, pointer, key.is_data);
    const CodeBits bits = code_bits(pe, pointer, upper, key.is_data);
    u64 code = qarma5(extended(pointer, bits, upper), modifier, key_at(pe, key.low));
    // A pointer that was not canonical must not come out authentic.
    const u64 held = pointer & bits.field();
    if (held != 0 && held != bits.field()) code ^= u64{1} << (bits.top() - 1);
    return (extended(pointer, bits, upper) & ~bits.code()) | (code & bits.code());
}

u64 authenticate_pointer(const Pe& pe, PointerKeyName name, u64 pointer, u64 modifier) {
    const KeyInfo& key = info_of(name);
    if (is_off(pe, key)) return pointer;
    const CodeBits bits = code_bits(pe, pointer, is_upper(pointer), key.is_data);
    const u64 original = extended(pointer, bits, is_upper(pointer));
    const u64 code = qarma5(original, modifier, key_at(pe, key.low));
    if (((code ^ pointer) & bits.code()) == 0) return original;
    const unsigned place = bits.top() - 2;
    return (original & ~(u64{3} << place)) | key.error << place;
}

u64 strip_pointer(const Pe& pe, u64 pointer, bool is_data) {
    return extended(pointer, code_bits(pe, pointer, is_upper(pointer), is_data), is_upper(pointer));
}

u64 generic_code(const Pe& pe, u64 data, u64 modifier) {
    return qarma5(data, modifier, key_at(pe, SysReg::APGAKeyLo_EL1)) & ~low_mask(32);
}

}  // namespace emu
