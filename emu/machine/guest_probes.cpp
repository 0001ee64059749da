#include "emu/machine/guest_probes.h"

#include <fnmatch.h>

#include <algorithm>
#include <set>

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

const std::vector<std::string>& outcomes_of(const std::string& symbol) {
    static const std::vector<std::string> kNone;
    for (const Known& k : known_probes()) {
        if (symbol == k.info.function) return k.outcomes;
    }
    return kNone;
}

// Commas within the argument lists of C++ names part nothing.
std::vector<std::string> names_of(const std::string& request) {
    std::vector<std::string> out(1);
    int depth = 0;
    for (const char c : request) {
        if (c == '(' || c == '<') ++depth;
        if (c == ')' || c == '>') --depth;
        if (c == ',' && depth == 0) out.emplace_back();
        else out.back() += c;
    }
    return out;
}

// The functions of kernel and program, with all the names that each goes by.
class ProbeChooser {
public:
    ProbeChooser(const std::vector<Symbol>& kernel, const std::vector<Symbol>& program, OperationProbes& probes) : probes_{probes} {
        for (const auto* symbols : {&kernel, &program}) {
            for (const Symbol& s : *symbols) {
                symbols_.push_back(&s);
                spelled_.push_back(s.name);
            }
        }
        readable_ = readable_names(spelled_);
    }

    void add(const std::string& pattern) {
        bool any = false;
        for (std::size_t i = 0; i < symbols_.size(); ++i) {
            if (!matches(pattern, i)) continue;
            any = true;
            if (!taken_.insert(symbols_[i]->start).second) continue;
            probes_.add(readable_[i], symbols_[i]->start, outcomes_of(spelled_[i]));
        }
        if (!any) throw UserError("--probe: no function of the guest kernel or program matches '" + pattern + "' (standard ones: foldwalk list probes)");
    }

private:
    [[nodiscard]] bool matches(const std::string& pattern, std::size_t i) const {
        for (const std::string& name : {spelled_[i], readable_[i], demangled_name(spelled_[i])}) {
            if (name == pattern || fnmatch(pattern.c_str(), name.c_str(), 0) == 0) return true;
        }
        return false;
    }

    OperationProbes& probes_;
    std::vector<const Symbol*> symbols_;
    std::vector<std::string> spelled_;
    std::vector<std::string> readable_;
    std::set<arch::u64> taken_;
};

void add_standard_probes(const std::vector<Symbol>& kernel, OperationProbes& probes) {
    for (const Known& k : known_probes()) {
        if (const Symbol* symbol = find_symbol(kernel, k.info.function)) probes.add(symbol->name, symbol->start, k.outcomes);
    }
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

void add_probes(const std::vector<std::string>& requests, const std::vector<Symbol>& kernel,
                const std::vector<Symbol>& program, OperationProbes& probes) {
    if (requests.empty()) return add_standard_probes(kernel, probes);
    ProbeChooser chooser{kernel, program, probes};
    for (const std::string& request : requests) {
        for (const std::string& name : names_of(request)) {
            if (name != "none") chooser.add(name);
        }
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
