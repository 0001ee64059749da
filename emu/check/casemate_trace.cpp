#include "emu/check/casemate_trace.h"

#include <cinttypes>
#include <cstdio>

namespace emu {

namespace {

using arch::u64;
using Scope = arch::TlbInvalidation::Scope;

std::string field(const char* name, u64 value) {
    char text[64];
    std::snprintf(text, sizeof text, " (%s 0x%" PRIx64 ")", name, value);
    return text;
}
std::string number(const char* name, u64 value) { return std::string{" ("} + name + " " + std::to_string(value) + ")"; }

const char* domain_of(BarrierDomain domain) {
    switch (domain) {
        case BarrierDomain::OuterShareable: return "osh";
        case BarrierDomain::NonShareable: return "nsh";
        case BarrierDomain::InnerShareable: return "ish";
        case BarrierDomain::FullSystem: return "sy";
    }
    return "";
}

// As the assembler spells them: "ishst", but "st" for the full system.
std::string kind_of(const InstructionRecord& record) {
    const char* const types = record.types == BarrierTypes::All ? "" : record.types == BarrierTypes::Writes ? "st" : "ld";
    if (record.domain == BarrierDomain::FullSystem && *types != 0) return types;
    return std::string{domain_of(record.domain)} + types;
}

const char* share_of(arch::Shareability s) {
    return s == arch::Shareability::NonShareable ? "" : s == arch::Shareability::InnerShareable ? "is" : "os";
}

bool is_by_address(const arch::TlbInvalidation& t) { return t.scope == Scope::VaAsid || t.scope == Scope::VaAllAsids; }

std::string operation_of(const arch::TlbInvalidation& t) {
    std::string name = t.is_range ? "r" : "";
    if (t.scope == Scope::All) name = "vmalle1";
    else if (t.scope == Scope::Asid) name = "aside1";
    else name += std::string{"va"} + (t.scope == Scope::VaAllAsids ? "a" : "") + (t.last_level_only ? "l" : "") + "e1";
    return name + share_of(t.shareability);
}

}  // namespace

void CasemateTrace::event(const char* kind, const std::string& fields) {
    std::string line = std::string{"("} + kind + number("id", id_++) + number("tid", 0) + fields;
    if (!source_.empty()) line += " (src \"" + source_ + "\")";
    sink_(line + ")");
}

void CasemateTrace::table_found(u64 pa, std::span<const arch::Descriptor> descriptors) {
    event("mem-init", field("address", pa) + field("size", 8 * descriptors.size()));
    for (std::size_t i = 0; i < descriptors.size(); ++i)
        if (descriptors[i].raw != 0) write(pa + 8 * i, descriptors[i].raw);
}

void CasemateTrace::write(u64 pa, u64 value) {
    event("mem-write", " (mem-order plain)" + field("address", pa) + field("value", value));
}

void CasemateTrace::barrier(const InstructionRecord& record) {
    if (record.barrier == BarrierKind::Isb) return event("barrier", " isb");
    if (record.barrier == BarrierKind::Dsb) event("barrier", " dsb (kind " + kind_of(record) + ")");
}

void CasemateTrace::tlbi(const arch::TlbInvalidation& t) {
    std::string fields = " " + operation_of(t);
    if (is_by_address(t)) fields += field("addr", t.va) + number("level", t.ttl_level < 0 ? 0 : static_cast<u64>(t.ttl_level));
    if (t.is_range) fields += field("bytes", t.bytes);
    if (t.scope == Scope::Asid || t.scope == Scope::VaAsid) fields += number("asid", t.asid);
    event("tlbi", fields);
}

void CasemateTrace::register_write(const char* name, u64 value) {
    event("msr", std::string{" (sysreg "} + name + ")" + field("value", value));
}

}  // namespace emu
