#include "emu/debug/registers.h"

#include <cstring>

#include "emu/core/exceptions.h"

namespace emu::debug {
namespace {

using Set = RegisterInfo::Set;
using arch::SPSR_EL1;

constexpr u8 kVectors = 32;

std::vector<RegisterInfo> build() {
    std::vector<RegisterInfo> out;
    for (u8 i = 0; i < kRegSp; ++i) out.push_back({Set::Core, "x" + std::to_string(i), 8, i});
    out.push_back({Set::Core, "sp", 8, kRegSp});
    out.push_back({Set::Core, "pc", 8, 0});
    out.push_back({Set::Core, "cpsr", 4, 0});
    for (u8 i = 0; i < kVectors; ++i) out.push_back({Set::Fpu, "v" + std::to_string(i), 16, i});
    out.push_back({Set::Fpu, "fpsr", 4, 0});
    out.push_back({Set::Fpu, "fpcr", 4, 0});
    for (std::size_t row = 0; row < kSysRegCount; ++row) {
        if (kSysRegs[row].rights == SysRegRights::WO) continue;
        out.push_back({Set::System, kSysRegs[row].name, 8, static_cast<u8>(row)});
    }
    return out;
}

// An MRS of a PMU register brings its counters up to date first, which a debugger must not do.
u64 read_system(Pe& pe, u8 row) {
    const PmuState before = pe.pmu;
    const u64 value = read_sysreg(pe, row);
    pe.pmu = before;
    return value;
}

u64 read_scalar(Pe& pe, const RegisterInfo& info, unsigned number) {
    if (info.set == Set::System) return read_system(pe, info.index);
    switch (number) {
        case kPcNumber: return pe.pc;
        case kCpsrNumber: return pack_pstate(pe);
        case kFpsrNumber: return pe.fpsr;
        case kFpcrNumber: return pe.fpcr;
        default: return pe.x[info.index];
    }
}

bool write_pstate(Pe& pe, u64 value) {
    constexpr u64 kFixed = SPSR_EL1::M::kMask | SPSR_EL1::IL::kMask;
    if (((value ^ pack_pstate(pe)) & kFixed) != 0) return false;
    pe.nzcv = static_cast<u32>(value & SPSR_EL1::NZCV::kMask);
    pe.daif = static_cast<u32>(value & 0x3c0);
    pe.ssbs = SPSR_EL1::SSBS::test(value);
    set_pan(pe, SPSR_EL1::PAN::test(value));
    set_uao(pe, SPSR_EL1::UAO::test(value));
    return true;
}

bool write_system(Pe& pe, u8 row, u64 value) {
    if (kSysRegs[row].rights != SysRegRights::RW) return false;
    write_sysreg(pe, row, value);
    return true;
}

bool write_scalar(Pe& pe, const RegisterInfo& info, unsigned number, u64 value) {
    if (info.set == Set::System) return write_system(pe, info.index, value);
    switch (number) {
        case kPcNumber:
            pe.pc = value;
            pe.refetch = true;  // another fetch group, looked up as after a branch
            return true;
        case kCpsrNumber: return write_pstate(pe, value);
        case kFpsrNumber: pe.fpsr = static_cast<u32>(value); return true;
        case kFpcrNumber: pe.fpcr = static_cast<u32>(value); return true;
        default: pe.x[info.index] = value; return true;
    }
}

bool is_vector(unsigned number) { return number >= kV0Number && number < kFpsrNumber; }

}  // namespace

const std::vector<RegisterInfo>& registers() {
    static const std::vector<RegisterInfo> all = build();
    return all;
}

std::vector<u8> read_register(Pe& pe, unsigned number) {
    const RegisterInfo& info = registers()[number];
    std::vector<u8> out(info.bytes);
    if (is_vector(number)) {
        std::memcpy(out.data(), pe.v[info.index].d, out.size());
        return out;
    }
    const u64 value = read_scalar(pe, info, number);
    std::memcpy(out.data(), &value, out.size());
    return out;
}

bool write_register(Pe& pe, unsigned number, std::span<const u8> bytes) {
    const RegisterInfo& info = registers()[number];
    if (bytes.size() != info.bytes) return false;
    if (is_vector(number)) {
        std::memcpy(pe.v[info.index].d, bytes.data(), bytes.size());
        return true;
    }
    u64 value = 0;
    std::memcpy(&value, bytes.data(), bytes.size());
    return write_scalar(pe, info, number, value);
}

}  // namespace emu::debug
