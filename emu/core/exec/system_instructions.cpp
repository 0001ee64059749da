#include "emu/core/exec/system_instructions.h"

#include "emu/core/exceptions.h"
#include "emu/core/pe.h"
#include "mmu/mmu.h"

namespace emu {

using arch::BitField;
using arch::PAR_EL1;

namespace {

constexpr u16 sys_key(unsigned op1, unsigned crn, unsigned crm, unsigned op2) { return sysreg_key(1, op1, crn, crm, op2); }

// AT operations, and how each looks at its address.
struct AtOperation {
    u16 key;
    u8 el;
    bool write;
    bool with_pan;  // FEAT_PAN2
};
constexpr AtOperation kAtOperations[] = {
    {sys_key(0, 7, 8, 0), 1, false, false}, {sys_key(0, 7, 8, 1), 1, true, false},
    {sys_key(0, 7, 8, 2), 0, false, false}, {sys_key(0, 7, 8, 3), 0, true, false},
    {sys_key(0, 7, 9, 0), 1, false, true},  {sys_key(0, 7, 9, 1), 1, true, true},
};

const AtOperation* find_at(u64 key) {
    for (const AtOperation& at : kAtOperations)
        if (at.key == key) return &at;
    return nullptr;
}

struct CacheOperation {
    u16 key;
    SystemOperation operation;
};
constexpr CacheOperation kCacheOperations[] = {
    {sys_key(0, 7, 1, 0), SystemOperation::InvalidateInstructions},     // IC IALLUIS
    {sys_key(0, 7, 5, 0), SystemOperation::InvalidateInstructions},     // IC IALLU
    {sys_key(3, 7, 5, 1), SystemOperation::InvalidateInstructionByVa},  // IC IVAU
    {sys_key(0, 7, 6, 1), SystemOperation::CleanByVa},                  // DC IVAC
    {sys_key(0, 7, 6, 2), SystemOperation::None},                       // DC ISW
    {sys_key(0, 7, 10, 2), SystemOperation::None},                      // DC CSW
    {sys_key(0, 7, 14, 2), SystemOperation::None},                      // DC CISW
    {sys_key(3, 7, 4, 1), SystemOperation::ZeroBlock},                  // DC ZVA
    {sys_key(3, 7, 10, 1), SystemOperation::CleanByVa},                 // DC CVAC
    {sys_key(3, 7, 11, 1), SystemOperation::CleanByVa},                 // DC CVAU
    {sys_key(3, 7, 14, 1), SystemOperation::CleanByVa},                 // DC CIVAC
};
constexpr u16 kDcCvap = sys_key(3, 7, 12, 1);
constexpr u16 kDcCvadp = sys_key(3, 7, 13, 1);

arch::TlbiOpcode tlbi_opcode(u64 key) {
    return {.op1 = static_cast<u8>(key >> 11 & 7), .crn = static_cast<u8>(key >> 7 & 15),
            .crm = static_cast<u8>(key >> 3 & 15), .op2 = static_cast<u8>(key & 7)};
}

// FEAT_TLBIOS brings the Outer Shareable operations, FEAT_TLBIRANGE the ranges.
bool tlbi_announced(const Pe& pe, arch::TlbiOpcode op) {
    // A range operand with a valid granule, so that decoding fails for unallocated encodings only.
    const auto decoded = arch::decode_tlbi(op, arch::TlbiOperand::TG::make(1), arch::Granule::k4K, false);
    if (!decoded) return false;
    const u64 level = BitField<59, 56>::get(pe.sysreg(SysReg::ID_AA64ISAR0_EL1));
    if (decoded->is_range) return level >= 2;
    return decoded->shareability != arch::Shareability::OuterShareable || level >= 1;
}

bool at_announced(const Pe& pe, const AtOperation& at) {
    return !at.with_pan || BitField<23, 20>::get(pe.sysreg(SysReg::ID_AA64MMFR1_EL1)) >= 2;
}

u64 fault_par(const mmu::FaultRecord& fault) {
    constexpr u64 kRes1 = u64{1} << 11;
    return kRes1 | PAR_EL1::F::make(1) | PAR_EL1::FST::make(arch::fault_status_code(fault.kind, fault.level));
}

u64 success_par(const mmu::Translation& t) {
    constexpr u64 kRes1 = u64{1} << 11;
    constexpr u8 kNonCacheable = 0x44;
    constexpr u64 kOuterShareable = 2;
    // Device and Non-cacheable memory is reported as Outer Shareable, whatever the descriptor says.
    const bool outer = arch::MairAttr::is_device(t.memory_attr) || t.memory_attr == kNonCacheable;
    return kRes1 | PAR_EL1::PA::set(0, t.pa.value >> 12) | PAR_EL1::NS::make(1) | PAR_EL1::ATTR::make(t.memory_attr) |
           PAR_EL1::SH::make(outer ? kOuterShareable : t.shareability);
}

}  // namespace

SystemOperation system_operation(const Pe& pe, u64 key) {
    for (const CacheOperation& c : kCacheOperations)
        if (c.key == key) return c.operation;
    const u64 dpb = BitField<3, 0>::get(pe.sysreg(SysReg::ID_AA64ISAR1_EL1));
    if ((key == kDcCvap && dpb >= 1) || (key == kDcCvadp && dpb >= 2)) return SystemOperation::CleanByVa;
    if (const AtOperation* at = find_at(key))
        return at_announced(pe, *at) ? SystemOperation::Translate : SystemOperation::Undefined;
    return tlbi_announced(pe, tlbi_opcode(key)) ? SystemOperation::InvalidateTlb : SystemOperation::Undefined;
}

SystemRefusal refuse_system_operation(const Pe& pe, u64 key, SystemOperation operation) {
    if (operation == SystemOperation::Undefined) return SystemRefusal::Undefined;
    if (pe.el != 0) return SystemRefusal::None;
    // At EL0 only operations of op1 = 3 exist, each behind a control of SCTLR_EL1.
    if ((key >> 11 & 7) != 3) return SystemRefusal::Undefined;
    const u64 control = operation == SystemOperation::ZeroBlock ? arch::SCTLR_EL1::DZE::kMask : arch::SCTLR_EL1::UCI::kMask;
    return (pe.sysreg(SysReg::SCTLR_EL1) & control) != 0 ? SystemRefusal::None : SystemRefusal::Trapped;
}

bool address_translate(Pe& pe, u64 key, u64 va) {
    const AtOperation& at = *find_at(key);
    const mmu::AccessDescriptor access{.kind = at.write ? mmu::AccessKind::Store : mmu::AccessKind::Load,
                                       .el = at.el, .pan = at.with_pan && pe.pan};
    const auto result = pe.mmu->translate_address(access, arch::VirtualAddress{va});
    if (!result && result.error().kind == arch::FaultKind::SyncExternalOnWalk) {
        mmu::FaultRecord fault = result.error();
        fault.cache_maintenance = true;  // ISS.CM stands for address translation instructions too
        pe.fault = data_abort(fault);
        return false;
    }
    pe.sysreg(SysReg::PAR_EL1) = result ? success_par(result.value()) : fault_par(result.error());
    return true;
}

void invalidate_tlb(Pe& pe, u64 key, u64 operand) {
    const bool has_ttl = BitField<51, 48>::test(pe.sysreg(SysReg::ID_AA64MMFR2_EL1));
    // Bits [43:0] are VA[55:12]; bit 43 tells the half of the address space.
    const arch::Granule granule = pe.mmu->granule_of(operand << 12);
    const mmu::MmuFeatures& translation = pe.mmu->features();
    const bool has_lpa2 = translation.lpa2_4k || translation.lpa2_16k;
    const bool ds = arch::TCR_EL1::DS::test(pe.sysreg(SysReg::TCR_EL1));
    const auto tlbi = arch::decode_tlbi(tlbi_opcode(key), operand, granule, has_ttl, {has_lpa2, ds});
    // A range with a reserved granule invalidates nothing.
    if (!tlbi) return;
    (void)pe.mmu->invalidate(*tlbi);
    pe.record.tlbi = *tlbi;
    pe.record.tlbi_valid = true;
}

u32 system_trap_iss(u32 word) {
    const u32 direction = word >> 21 & 1;
    const u32 crm = word >> 8 & 15;
    const u32 rt = word & 31;
    const u32 crn = word >> 12 & 15;
    const u32 op1 = word >> 16 & 7;
    const u32 op2 = word >> 5 & 7;
    const u32 op0 = word >> 19 & 3;
    return op0 << 20 | op2 << 17 | op1 << 14 | crn << 10 | rt << 5 | crm << 1 | direction;
}

}  // namespace emu
