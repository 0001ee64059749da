#include "emu/machine/mmu_trace.h"

#include <cinttypes>
#include <cstdio>
#include <span>

#include "emu/machine/tlb_text.h"

namespace emu {
namespace {

using arch::u64;
using mmu::TlbEntry;
using Source = mmu::LookupRecord::Source;

std::string formatted(const char* format, auto... values) {
    char text[256];
    std::snprintf(text, sizeof text, format, values...);
    return text;
}

// Nothing but a hit that changed nothing.
bool is_quiet(const mmu::LookupRecord& lookup) {
    return (lookup.source == Source::L1Hit || lookup.source == Source::MmuOff) && lookup.step_count == 0;
}

bool is_quiet(const InstructionRecord& record) {
    if (record.tlbi_valid || record.exception) return false;
    if (record.fetch_looked_up && !is_quiet(record.fetch)) return false;
    for (unsigned i = 0; i < record.access_count; ++i) {
        if (!is_quiet(record.lookups[i])) return false;
    }
    return true;
}

std::string steps_text(std::span<const mmu::WalkStep> steps) {
    std::string out;
    for (const mmu::WalkStep& s : steps) {
        out += formatted(" %s%sL%d[%" PRIx64 "]=%016" PRIx64, s.update ? "set " : "", s.of_stage2 ? "S2-" : "", static_cast<int>(s.level), s.descriptor_pa, s.value);
    }
    return out;
}

bool is_abort(unsigned exception_class) { return exception_class >= 0x20 && exception_class <= 0x25; }

std::string status_text(u64 esr) {
    const auto code = static_cast<unsigned>(esr & 0x3f);
    constexpr const char* kByLevel[] = {"address size", "translation", "access flag", "permission"};
    if (code < 0x10) return formatted("%s level %u", kByLevel[code >> 2], code & 3);
    if (code == 0x10) return "external";
    if (code >= 0x14 && code <= 0x17) return formatted("external on walk level %u", code & 3);
    if (code == 0x21) return "alignment";
    if (code == 0x30) return "TLB conflict";
    if (code == 0x31) return "unsupported atomic update";
    return formatted("status 0x%02x", code);
}

const char* scope_text(arch::TlbInvalidation::Scope scope) {
    using Scope = arch::TlbInvalidation::Scope;
    switch (scope) {
        case Scope::All: return "all";
        case Scope::Asid: return "asid";
        case Scope::VaAsid: return "va";
        case Scope::VaAllAsids: return "va-all-asids";
    }
    return "";
}

const char* domain_text(arch::Shareability s) {
    return s == arch::Shareability::NonShareable ? "local" : s == arch::Shareability::InnerShareable ? "inner" : "outer";
}

bool same_translation(const TlbEntry& a, const TlbEntry& b) {
    return a.kind == b.kind && a.va == b.va && a.pa == b.pa && a.reach_shift == b.reach_shift && a.asid == b.asid &&
           a.global == b.global && a.descriptor == b.descriptor;
}

std::string tag_text(const TlbEntry& e) {
    return formatted("va=%" PRIx64 " size=%s asid=%s", e.va, size_text(e.reach_shift).c_str(), owner_text(e).c_str()) +
           (e.kind == TlbEntry::Kind::Table ? " table" : "");
}

std::string fill_text(const TlbEntry& e) {
    if (e.kind == TlbEntry::Kind::Table) return tag_text(e) + formatted(" pa=%" PRIx64 " level=%u", e.pa, unsigned{e.level});
    return tag_text(e) + formatted(" pa=%" PRIx64 " level=%u contiguity=%s", e.pa, unsigned{e.level}, contiguity_text(e).c_str());
}

}  // namespace

MmuTrace::MmuTrace(TraceRequest request, const FunctionTable& functions, const Pe& pe)
    : request_{std::move(request)}, functions_{functions}, pe_{pe} {
    pe.mmu->tlbs().for_each([&](const char* name, const mmu::Tlb& tlb) {
        views_.push_back({name, tlb, std::vector<TlbEntry>(tlb.size())});
    });
    request_.sink("# foldwalk mmu trace 1: number of the instruction, event (walk refill update evict fill widen tlbi drop narrow"
                  " fault), fields; walk: Llevel[physical address]=descriptor");
}

void MmuTrace::resume() {
    covered_ = false;
    for (View& view : views_) compare(view, false);
}

void MmuTrace::line(const std::string& text) {
    if (covered_) request_.sink(formatted("%10" PRIu64 "  ", number_) + text);
}

void MmuTrace::record(const InstructionRecord& record, const TraceRange::Place& place) {
    if (is_quiet(record)) return;
    covered_ = request_.range.covers(place, functions_);
    number_ = place.number;
    if (record.fetch_looked_up) lookup('i', record.pc, record.el, record.fetch);
    for (unsigned i = 0; i < record.access_count; ++i) lookup('d', record.access[i].va, record.el, record.lookups[i]);
    if (record.tlbi_valid) tlbi(record.tlbi);
    for (View& view : views_) compare(view, record.tlbi_valid);
    if (record.exception && is_abort(record.exception_class)) fault(record);
}

void MmuTrace::lookup(char side, u64 va, unsigned el, const mmu::LookupRecord& lookup) {
    if (is_quiet(lookup)) return;
    const char* event = lookup.source == Source::Walk ? "walk" : lookup.source == Source::L2Hit ? "refill" : "update";
    std::string text = formatted("%-6s  %c el=%u asid=%u va=%" PRIx64, event, side, el, unsigned{pe_.mmu->regime().asid}, va);
    if (lookup.source == Source::Walk) text += lookup.walk_cache_hit ? " from=cache" : " from=root";
    text += steps_text({lookup.steps.data(), lookup.step_count});
    if (lookup.prefetch_step_count != 0) text += " prefetch" + steps_text({lookup.prefetch_steps.data(), lookup.prefetch_step_count});
    line(text);
}

void MmuTrace::tlbi(const arch::TlbInvalidation& t) {
    using Scope = arch::TlbInvalidation::Scope;
    std::string text = formatted("tlbi    %s %s", scope_text(t.scope), domain_text(t.shareability));
    if (t.scope == Scope::Asid || t.scope == Scope::VaAsid) text += formatted(" asid=%u", unsigned{t.asid});
    if (t.scope == Scope::VaAsid || t.scope == Scope::VaAllAsids) {
        text += formatted(" va=%" PRIx64 " bytes=%" PRIx64, t.va, t.bytes);
        if (t.last_level_only) text += " last-level";
        if (t.is_range) text += " range";
        if (t.ttl_level >= 0) text += formatted(" ttl=%d", t.ttl_level);
    }
    line(text);
}

void MmuTrace::fault(const InstructionRecord& record) {
    const u64 esr = pe_.sysreg(SysReg::ESR_EL1);
    const bool is_data = record.exception_class >= 0x24;
    line(formatted("fault   %c el=%u va=%" PRIx64 " esr=%" PRIx64 " %s%s", is_data ? 'd' : 'i', unsigned{record.el},
                   pe_.sysreg(SysReg::FAR_EL1), esr, status_text(esr).c_str(),
                   !is_data ? "" : arch::ESR_EL1::WnR::test(esr) ? " write" : " read"));
}

// Evictions before fills: the order in which they happened.
void MmuTrace::compare(View& view, bool invalidated) {
    for (unsigned slot = 0; slot < view.tlb.size(); ++slot) {
        static const TlbEntry kEmpty;
        const TlbEntry& now = view.tlb.is_live(slot) ? view.tlb.entry(slot) : kEmpty;
        if (now == view.entries[slot]) continue;
        compare_slot(view, slot, now, invalidated);
        view.entries[slot] = now;
    }
}

void MmuTrace::compare_slot(View& view, unsigned slot, const TlbEntry& now, bool invalidated) {
    const TlbEntry& before = view.entries[slot];
    const std::string where = formatted("  %s slot=%u ", view.name, slot);
    if (same_translation(before, now)) {
        if (now.valid_pages == before.valid_pages) return;  // a clean page became dirty
        const bool fewer = (now.valid_pages & ~before.valid_pages) == 0;
        return line((fewer ? "narrow" : "widen ") + where + fill_text(now));
    }
    if (before.kind != TlbEntry::Kind::None) line((invalidated ? "drop  " : "evict ") + where + tag_text(before));
    if (now.kind != TlbEntry::Kind::None) line("fill  " + where + fill_text(now));
}

}  // namespace emu
