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
[[nodiscard]] constexpr u32 rt(u32 word) { return word & 31; }
[[nodiscard]] constexpr u32 rn(u32 word) { return word >> 5 & 31; }
[[nodiscard]] constexpr u32 rt2(u32 word) { return word >> 10 & 31; }
[[nodiscard]] constexpr u32 rs(u32 word) { return word >> 16 & 31; }

// Rows.
bool is_svc(const A64Row& row) { return row.name == "SVC"; }
bool is_sysl(const A64Row& row) { return row.name == "SYSL"; }
bool is_sys(const A64Row& row) { return row.name == "SYS"; }
bool needs_a_key(const A64Row& row) {
    const bool has_feature = row.feature == Feature::PAuth || row.feature == Feature::PACGA;
    const bool has_suffix = row.name.ends_with("1716") || row.name.ends_with("AZ") || row.name.ends_with("BZ") ||
                            row.name.ends_with("ASP") || row.name.ends_with("BSP");
    const bool is_hint = row.op_class == OpClass::Hint && has_suffix;
    return (has_feature || is_hint) && !row.name.starts_with("XPAC");
}
bool is_casp(const A64Row& row) { return row.name.starts_with("CASP_"); }
bool is_register_move(const A64Row& row) { return row.name == "MRS" || row.name == "MSR_reg"; }
bool is_half_to_fixed(const A64Row& row) { return row.name == "FCVTZS_fixed_scalar_H"; }
bool is_el1_only(const A64Row& row) {
    const bool has_user_field = row.name == "MSR_imm_SSBS" || row.name == "MSR_imm_DIT";
    return row.op_class == OpClass::Eret || row.name == "HVC" || row.name == "SMC" ||
           (row.name.starts_with("MSR_imm_") && !has_user_field);
}
bool is_general_store_or_load(const A64Row& row) {
    return row.op_class >= OpClass::Load && row.op_class <= OpClass::StorePair;
}
bool is_load_of_pair(const A64Row& row) {
    const bool loads = row.op_class == OpClass::LoadPair || row.op_class == OpClass::LoadExclusive ||
                       row.op_class == OpClass::FpLoad;
    return loads && has_field(row, FieldId::Rt2);
}
bool is_store_exclusive(const A64Row& row) { return row.op_class == OpClass::StoreExclusive; }
bool is_rcpc_load(const A64Row& row) { return row.feature == Feature::RCPC; }
bool is_access(const A64Row& row) {
    return (row.op_class >= OpClass::Load && row.op_class <= OpClass::DcZva) || row.op_class == OpClass::FpLoad ||
           row.op_class == OpClass::FpStore;
}
bool is_branch(const A64Row& row) { return row.op_class >= OpClass::Branch && row.op_class <= OpClass::Return; }
bool is_branch_to_register(const A64Row& row) { return is_branch(row) && has_field(row, FieldId::Rn); }

// Words. Arm: the ConstrainUnpredictable calls of the instructions' pages; registers of V never collide with the base.
bool names_other_register(const A64Row&, u32 word) { return !is_one_of(kUserRegisters, word); }
bool is_other_operation(const A64Row&, u32 word) { return !is_one_of(kUserOperations, word) || rt(word) == 31; }
bool writes_back_to_data(const A64Row& row, u32 word) {
    if (rn(word) == 31 || !writes_back(row, word)) return false;
    return rn(word) == rt(word) || (has_field(row, FieldId::Rt2) && rn(word) == rt2(word));
}
bool loads_pair_to_one(const A64Row&, u32 word) { return rt(word) == rt2(word); }
bool status_collides(const A64Row& row, u32 word) {
    const bool with_base = rs(word) == rn(word) && rn(word) != 31;
    const bool with_second = has_field(row, FieldId::Rt2) && rs(word) == rt2(word);
    return rs(word) == rt(word) || with_base || with_second;
}
bool compares_x30_pair(const A64Row&, u32 word) { return rs(word) == 30; }

constexpr Exclusion kExclusions[]{
    {"SVC", is_svc, nullptr, Excluded::Rows, Proof::El1Suite, "QEMU's user mode answers it as a system call"},
    {"SYSL", is_sysl, nullptr, Excluded::Execution, Proof::RandomDifferential,
     "no operation has a result, so it is always UNDEFINED, which is compared"},
    {"HVC, SMC, ERET, MSR (immediate) of EL1's fields", is_el1_only, nullptr, Excluded::Execution, Proof::El1Suite,
     "UNDEFINED at EL0, which is compared; what it does is seen at EL1"},
    {"MRS, MSR (register)", is_register_move, names_other_register, Excluded::Words, Proof::El1Suite,
     "user mode has NZCV, FPCR and FPSR; the others belong to EL1, or their values to the implementation"},
    {"SYS", is_sys, is_other_operation, Excluded::Words, Proof::El1Suite,
     "of maintenance and address translation, user mode sees only DC ZVA"},
    {"pointer authentication", needs_a_key, nullptr, Excluded::Rows, Proof::El1Suite,
     "user mode does not know QEMU's keys"},
    {"loads and stores", is_general_store_or_load, writes_back_to_data, Excluded::Words, Proof::Nothing,
     "CONSTRAINED UNPREDICTABLE: write-back to a register loaded or stored"},
    {"loads of pairs", is_load_of_pair, loads_pair_to_one, Excluded::Words, Proof::Nothing,
     "CONSTRAINED UNPREDICTABLE: both registers are one"},
    {"store-exclusives", is_store_exclusive, status_collides, Excluded::Words, Proof::Nothing,
     "CONSTRAINED UNPREDICTABLE: the status register is the base or a source"},
    {"CASP", is_casp, compares_x30_pair, Excluded::Words, Proof::UnitTests,
     "QEMU 7.2 writes the old value of the pair X30, XZR to SP"},
    {"FCVTZS (scalar, fixed-point) of half precision", is_half_to_fixed, nullptr, Excluded::Rows, Proof::UnitTests,
     "QEMU 7.2 sign-extends the 16-bit result to 32 bits"},
    {"store-exclusives", is_store_exclusive, nullptr, Excluded::UnalignedAccesses, Proof::UnitTests,
     "QEMU 7.2 checks no alignment where the monitor is open; Arm: AArch64.ExclusiveMonitorsPass does"},
    {"LDAPR", is_rcpc_load, nullptr, Excluded::UnalignedAccesses, Proof::UnitTests,
     "QEMU 7.2 checks no alignment of LDAPR; Arm: without FEAT_LSE2 it is checked"},
    {"branches to registers", is_branch_to_register, nullptr, Excluded::UnalignedUnmapped, Proof::UnitTests,
     "QEMU 7.2 looks for the page first; Arm: the PC alignment fault has priority"},
    {"loads and stores", is_access, nullptr, Excluded::EffectsOfAborts, Proof::Nothing,
     "UNKNOWN after a data abort: V registers of a load, and the part of a store that did not abort"},
    {"branches", is_branch, nullptr, Excluded::Endless, Proof::Nothing, "would not come back"},
};

}  // namespace

std::string_view proof_name(Proof proof) {
    switch (proof) {
        case Proof::RandomDifferential: return "random differential";
        case Proof::El1Suite: return "EL1 suite";
        case Proof::UnitTests: return "unit tests";
        default: return "nothing to prove";
    }
}

std::span<const Exclusion> exclusions() { return kExclusions; }

const Exclusion* exclusion_of(const A64Row& row, u32 word, Excluded what) {
    for (const Exclusion& e : kExclusions) {
        if (e.what == what && e.applies_to(row, word)) return &e;
    }
    return nullptr;
}

const Exclusion* exclusion_of(const A64Row& row, Excluded what) {
    for (const Exclusion& e : kExclusions) {
        if (e.what == what && e.words == nullptr && e.rows(row)) return &e;
    }
    return nullptr;
}

Proof proof_of(const A64Row& row) {
    for (const Excluded what : {Excluded::Rows, Excluded::Execution}) {
        if (const Exclusion* e = exclusion_of(row, what)) return e->instead;
    }
    return Proof::RandomDifferential;
}

std::span<const u32> user_system_keys(std::string_view row) {
    if (row == "MRS" || row == "MSR_reg") return kUserRegisters;
    if (row == "SYS") return kUserOperations;
    return {};
}

}  // namespace emu
