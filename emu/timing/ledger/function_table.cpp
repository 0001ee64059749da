#include "emu/timing/ledger/function_table.h"

#include <algorithm>
#include <cinttypes>
#include <cstdio>

namespace emu {

using arch::u64;

namespace {

// By address; of aliases the sized ones first, otherwise in the order given.
bool comes_before(const FunctionTable::Function& a, const FunctionTable::Function& b) {
    if (a.start != b.start) return a.start < b.start;
    return a.end != a.start && b.end == b.start;
}

}  // namespace

FunctionTable::FunctionTable(std::vector<Function> symbols) {
    std::stable_sort(symbols.begin(), symbols.end(), comes_before);
    for (Function& symbol : symbols) {
        if (!functions_.empty() && functions_.back().start == symbol.start) continue;
        if (symbol.end == symbol.start) symbol.end = ~u64{0};
        if (!functions_.empty()) functions_.back().end = std::min(functions_.back().end, symbol.start);
        functions_.push_back(std::move(symbol));
    }
}

FunctionTable::Place FunctionTable::place_of(u64 pc) const {
    const auto next = std::upper_bound(functions_.begin(), functions_.end(), pc,
                                       [](u64 address, const Function& f) { return address < f.start; });
    const u64 limit = next == functions_.end() ? ~u64{0} : next->start;
    if (next == functions_.begin()) return {0, limit, kNone};
    const Function& function = *(next - 1);
    if (pc >= function.end) return {function.end, limit, kNone};
    return {function.start, function.end, static_cast<std::size_t>(next - 1 - functions_.begin())};
}

std::string FunctionTable::row_name(std::size_t row) const {
    if (row < size()) return functions_[row].name;
    return row == size() ? "[el0]" : "[el1]";
}

std::string place_name(const FunctionTable& functions, u64 pc) {
    const FunctionTable::Place at = functions.place_of(pc);
    if (at.index == FunctionTable::kNone) return "?";
    char offset[24];
    std::snprintf(offset, sizeof offset, "+0x%" PRIx64, pc - at.start);
    return functions[at.index].name + offset;
}

}  // namespace emu
