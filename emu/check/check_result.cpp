#include "emu/check/check_result.h"

#include <cinttypes>
#include <cstdio>

#include "emu/check/descriptor_text.h"

namespace emu {

namespace {

using mmu::check::Finding;
using mmu::check::MissingStep;
using mmu::check::Rule;
using mmu::check::Site;

const char* text_of(MissingStep step) {
    switch (step) {
        case MissingStep::Break: return "an invalid descriptor, DSB, TLBI and DSB between the two values";
        case MissingStep::Tlbi: return "a TLBI of the old value, with a DSB before and after it";
        case MissingStep::DsbBeforeTlbi: return "a DSB (of stores at least, in the TLBI's domain) between the store and the TLBI";
        case MissingStep::DsbAfterTlbi: return "a DSB (of loads and stores, in the TLBI's domain) after the TLBI";
        case MissingStep::RightLevel: return "a TLBI with the descriptor's level as hint, or with none";
        case MissingStep::DsbBeforeUse: return "DSB and ISB between the store and the use";
        case MissingStep::IsbBeforeUse: return "an ISB before the use";
        case MissingStep::Exchange: return "an atomic exchange in place of the store";
        case MissingStep::TlbiOfField: return "an ISB after the register write, then a TLBI of what may be cached under the old value, and a DSB";
        case MissingStep::IsbBeforeTlbi: return "an ISB between the register write and the TLBI";
        case MissingStep::Agreement: return "equal attributes and consecutive output addresses in all descriptors of the group";
    }
    return "";
}

// Where a descriptor is the same and a register is not: the field, as "MAIR_EL1".
const char* field_of(const Finding& f) {
    using mmu::check::RegisterEffect;
    switch (f.effect) {
        case RegisterEffect::None: return "";
        case RegisterEffect::MemoryType: return f.format.layout == arch::AddressLayout::Bits52Ds ? "MAIR_EL1 or TCR_EL1.SH" : "MAIR_EL1";
        case RegisterEffect::Execution: return "SCTLR_EL1.WXN";
        case RegisterEffect::DirtyState: return "TCR_EL1.HD";
        case RegisterEffect::Hierarchy: return "TCR_EL1.HPD";
        case RegisterEffect::UserAccess: return "TCR_EL1.E0PD";
        case RegisterEffect::OutputSize: return "TCR_EL1.IPS";
    }
    return "";
}

std::string under(const char* which, const Finding& f) {
    return f.effect == mmu::check::RegisterEffect::None ? std::string{} : std::string{", under the "} + which + " " + field_of(f);
}

std::optional<CheckPlace> place_of(const Site& site, const FunctionTable& functions) {
    if (!site.known()) return std::nullopt;
    return CheckPlace{site.instruction, site.pc, place_name(functions, site.pc)};
}

std::string root_text(arch::u64 table) {
    if (table == 0) return "tables of an address space that is gone";
    char text[40];
    std::snprintf(text, sizeof text, "tables at %" PRIx64, table);
    return text;
}

// Of these rules `before` and `after` are roots, not descriptors.
bool is_about_registers(Rule rule) { return rule == Rule::AsidReuse || rule == Rule::MissingIsb; }
std::string old_root_text(const Finding& f) {
    return f.rule == Rule::MissingIsb ? "what the registers said before the write" : root_text(f.before.raw);
}

CheckFinding finding(const Finding& f, const FunctionTable& functions) {
    const mmu::check::RuleInfo& rule = info_of(f.rule);
    CheckFinding out;
    out.rule = rule.name;
    out.tag = rule.tag;
    out.sentence = rule.sentence;
    out.missing = text_of(f.missing);
    out.count = f.count;
    out.va = f.va;
    out.bytes = f.bytes;
    out.owner = f.global ? "global" : "asid " + std::to_string(f.asid);
    out.descriptor_pa = f.descriptor_pa;
    out.before = f.before.raw;
    out.after = f.after.raw;
    const bool registers = is_about_registers(f.rule);
    out.before_text = registers ? old_root_text(f) : descriptor_text(f.before, f.format, f.before_level) + under("old", f);
    out.after_text = registers ? root_text(f.after.raw) : descriptor_text(f.after, f.format, f.after_level) + under("new", f);
    out.write = place_of(f.write, functions);
    out.broke = place_of(f.broke, functions);
    out.tlbi = place_of(f.tlbi, functions);
    out.freed = place_of(f.freed, functions);
    out.hardware = place_of(f.hardware, functions);
    out.access = place_of(f.access, functions);
    out.access_va = f.access_va;
    return out;
}

}  // namespace

CheckResult check_result(const mmu::check::CoherenceChecker& checker, const FunctionTable& functions) {
    using mmu::check::kRuleCount;
    using mmu::check::kRules;
    using mmu::check::kStaleKindCount;
    using mmu::check::kStaleKinds;
    CheckResult result;
    result.total = checker.findings().total();
    for (std::size_t i = 0; i < kRuleCount; ++i) result.errors.emplace_back(kRules[i].name, checker.findings().errors()[i]);
    for (const Finding& f : checker.findings().reports()) result.findings.push_back(finding(f, functions));
    for (std::size_t i = 0; i < kStaleKindCount; ++i) {
        result.stale_values.emplace_back(kStaleKinds[i].name, checker.legal().values[i]);
        result.stale_accesses.emplace_back(kStaleKinds[i].name, checker.legal().accesses[i]);
    }
    return result;
}

}  // namespace emu
