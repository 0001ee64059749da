#include "emu/machine/guest_probes.h"

#include <fnmatch.h>

#include <algorithm>

#include "emu/machine/function_names.h"
#include "mmu/base/user_error.h"

namespace emu {

namespace {

struct Known {
    ProbeInfo info;
    std::vector<std::string> outcomes;  // in the order of the guest's enum
};

// AnonymousFault: the order of the new folio up to 15, then the others.
std::vector<std::string> anonymous_outcomes() {
    std::vector<std::string> out;
    for (unsigned kilobytes = 4; kilobytes < 1024; kilobytes *= 2) out.push_back(std::to_string(kilobytes) + "K");
    for (unsigned megabytes = 1; out.size() < 16; megabytes *= 2) out.push_back(std::to_string(megabytes) + "M");
    for (const char* other : {"zero page", "changed", "no memory", "shared"}) out.emplace_back(other);
    return out;
}

// Outcome enums: FoldOutcome (kernel_model/mm/contpte.h), FaultOutcome (kernel_model/mm/memory.h), AnonymousFault, FileFault
// and WriteFault (kernel_model/mm/fault.h).
const std::vector<Known>& known_probes() {
    static const std::vector<std::string> kFault{"handled", "retry", "out of memory", "bad access", "bad address", "bus error"};
    static const std::vector<std::string> kFileFault{"mapped", "fault-around", "copied", "shared", "changed", "no memory", "beyond end"};
    static const std::vector<std::string> kWriteFault{"copied", "reused", "shared reused", "changed", "no memory"};
    static const std::vector<Known> kKnown{
        {{"handle_mm_fault", "any page fault"}, kFault},
        {{"do_anonymous_page", "anonymous fault, by order of the folio, or the zero page"}, anonymous_outcomes()},
        {{"do_wp_page", "write to a present read-only page"}, kWriteFault},
        {{"wp_page_copy", "copy-on-write that copied"}, kWriteFault},
        {{"do_fault", "file fault"}, kFileFault},
        {{"contpte_convert", "fold or unfold: every entry of a block rewritten"}, {}},
        {{"__contpte_try_fold", "attempt to fold a block"}, {"folded", "not user", "folio too small", "mismatch", "disabled"}},
        {{"__contpte_try_unfold", "unfold of a block"}, {}},
        {{"contpte_set_ptes", "several entries written, whole blocks born folded"}, {}},
        {{"contpte_wrprotect_ptes", "entries of folded blocks write-protected"}, {}},
        {{"contpte_clear_full_ptes", "entries of folded blocks cleared"}, {}},
        {{"contpte_ptep_set_access_flags", "access flag, dirty state or write permission of a folded entry"}, {}},
        {{"contpte_clear_young_dirty_ptes", "access flags or dirty state of folded entries cleared"}, {}},
        {{"dup_mmap", "fork: the address space duplicated"}, {}},
        {{"do_munmap", "munmap"}, {}},
        {{"do_mprotect", "mprotect"}, {}},
        {{"do_mremap", "mremap"}, {}},
        {{"do_madvise", "madvise"}, {}},
        {{"mm_destroy", "exit: an address space torn down"}, {}},
    };
    return kKnown;
}

const Symbol* find_symbol(const std::vector<Symbol>& symbols, const std::string& name) {
    const auto at = std::find_if(symbols.begin(), symbols.end(), [&](const Symbol& s) { return s.name == name; });
    return at == symbols.end() ? nullptr : &*at;
}

void add_one(const Symbol& symbol, OperationProbes& probes) {
    for (const Known& k : known_probes()) {
        if (symbol.name == k.info.function) return probes.add(symbol.name, symbol.start, k.outcomes);
    }
    probes.add(symbol.name, symbol.start);
}

void add_matching(const std::string& pattern, const std::vector<Symbol>& kernel, OperationProbes& probes) {
    bool any = false;
    for (const Symbol& s : kernel) {
        if (fnmatch(pattern.c_str(), s.name.c_str(), 0) != 0) continue;
        any = true;
        add_one(s, probes);
    }
    if (!any) throw UserError("--probe: no function of the guest kernel matches '" + pattern + "'");
}

}  // namespace

const std::vector<ProbeInfo>& standard_probes() {
    static const std::vector<ProbeInfo> kInfos = [] {
        std::vector<ProbeInfo> out;
        for (const Known& k : known_probes()) out.push_back(k.info);
        return out;
    }();
    return kInfos;
}

void add_probes(const std::vector<std::string>& names, const std::vector<Symbol>& kernel, OperationProbes& probes) {
    for (const std::string& name : names) add_matching(name, kernel, probes);
    if (!names.empty()) return;
    for (const ProbeInfo& info : standard_probes()) {
        if (const Symbol* symbol = find_symbol(kernel, info.function)) add_one(*symbol, probes);
    }
}

FunctionTable function_table(const std::vector<Symbol>& kernel, const std::vector<Symbol>& program) {
    std::vector<std::string> names;
    for (const auto* symbols : {&kernel, &program}) {
        for (const Symbol& s : *symbols) names.push_back(s.name);
    }
    names = readable_names(names);
    std::vector<FunctionTable::Function> functions;
    for (const auto* symbols : {&kernel, &program}) {
        for (const Symbol& s : *symbols) functions.push_back({names[functions.size()], s.start, s.start + s.size});
    }
    return FunctionTable{std::move(functions)};
}

}  // namespace emu
