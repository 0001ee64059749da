#include "emu/isa/proof.h"

#include <algorithm>

namespace emu {
namespace {

[[nodiscard]] constexpr u32 key(u32 op0, u32 op1, u32 crn, u32 crm, u32 op2) {
    return op0 << 14 | op1 << 11 | crn << 7 | crm << 3 | op2;
}
constexpr u32 kUserRegisters[]{key(3, 3, 4, 2, 0),   // NZCV
                               key(3, 3, 4, 4, 0),   // FPCR
                               key(3, 3, 4, 4, 1)};  // FPSR
constexpr u32 kUserOperations[]{key(1, 3, 7, 4, 1)};  // DC ZVA

[[nodiscard]] bool is_one_of(std::span<const u32> keys, u32 word) {
    return std::find(keys.begin(), keys.end(), word >> 5 & 0xffff) != keys.end();
}

bool other_register(const A64Row&, u32 word) { return !is_one_of(kUserRegisters, word); }
bool other_operation(const A64Row&, u32 word) { return !is_one_of(kUserOperations, word); }

[[nodiscard]] constexpr u32 rt(u32 word) { return word & 31; }
[[nodiscard]] constexpr u32 rn(u32 word) { return word >> 5 & 31; }
[[nodiscard]] constexpr u32 rt2(u32 word) { return word >> 10 & 31; }
[[nodiscard]] constexpr u32 rs(u32 word) { return word >> 16 & 31; }

[[nodiscard]] bool has_field(const A64Row& row, FieldId id) {
    for (unsigned i = 0; i < row.pattern.field_count; ++i) {
        if (row.pattern.fields[i].id == id) return true;
    }
    return false;
}
[[nodiscard]] bool writes_back(const A64Row& row, u32 word) {
    DecodedOp op{};
    row.fill(word, op);
    return op.timing.writeback_index != 0xff;
}

// Arm: the ConstrainUnpredictable calls of the instructions' pages. Registers of V never collide with the base.
bool writes_back_to_data(const A64Row& row, u32 word) {
    const bool general = row.op_class != OpClass::FpLoad && row.op_class != OpClass::FpStore;
    if (!general || rn(word) == 31 || !writes_back(row, word)) return false;
    return rn(word) == rt(word) || (has_field(row, FieldId::Rt2) && rn(word) == rt2(word));
}
bool loads_pair_to_one(const A64Row& row, u32 word) {
    const bool loads = row.op_class == OpClass::LoadPair || row.op_class == OpClass::LoadExclusive ||
                       row.op_class == OpClass::FpLoad;
    return loads && has_field(row, FieldId::Rt2) && rt(word) == rt2(word);
}
bool status_collides(const A64Row& row, u32 word) {
    if (row.op_class != OpClass::StoreExclusive) return false;
    const bool with_base = rs(word) == rn(word) && rn(word) != 31;
    const bool with_second = has_field(row, FieldId::Rt2) && rs(word) == rt2(word);
    return rs(word) == rt(word) || with_base || with_second;
}

constexpr Exclusion kExclusions[]{
    {"SVC", nullptr, Proof::El1Suite, "QEMU's user mode answers it as a system call"},
    {"SYSL", nullptr, Proof::El1Suite, "EL0 has no such instruction"},
    {"MRS", other_register, Proof::El1Suite, "registers that EL0 has not, or whose values are the implementation's"},
    {"MSR_reg", other_register, Proof::El1Suite, "registers that EL0 has not, or that change nothing EL0 sees"},
    {"SYS", other_operation, Proof::El1Suite, "maintenance and address translation change nothing that user mode sees"},
    {"", writes_back_to_data, Proof::UnitTests, "CONSTRAINED UNPREDICTABLE: write-back to a register loaded or stored"},
    {"", loads_pair_to_one, Proof::UnitTests, "CONSTRAINED UNPREDICTABLE: both registers of a load pair are one"},
    {"", status_collides, Proof::UnitTests, "CONSTRAINED UNPREDICTABLE: the status register is the base or a source"},
};

[[nodiscard]] bool is_of(const Exclusion& e, const A64Row& row) { return e.row.empty() || e.row == row.name; }

}  // namespace

std::string_view proof_name(Proof proof) {
    switch (proof) {
        case Proof::RandomDifferential: return "random differential";
        case Proof::El1Suite: return "EL1 suite";
        default: return "unit tests";
    }
}

std::span<const Exclusion> exclusions() { return kExclusions; }

const Exclusion* exclusion_of(const A64Row& row, u32 word) {
    for (const Exclusion& e : kExclusions) {
        if (is_of(e, row) && (e.covers == nullptr || e.covers(row, word))) return &e;
    }
    return nullptr;
}

const Exclusion* whole_exclusion_of(const A64Row& row) {
    for (const Exclusion& e : kExclusions) {
        if (is_of(e, row) && e.covers == nullptr) return &e;
    }
    return nullptr;
}

std::span<const u32> user_system_keys(std::string_view row) {
    if (row == "MRS" || row == "MSR_reg") return kUserRegisters;
    if (row == "SYS") return kUserOperations;
    return {};
}

}  // namespace emu
