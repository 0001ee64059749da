#include "emu/timing/ledger/cost_ledger.h"

#include <numeric>

namespace emu {

u64 LedgerCells::total() const {
    u64 sum = 0;
    for (const Row& row : rows_) sum = std::accumulate(row.begin(), row.end(), sum);
    return sum;
}

u64 LedgerCells::total(Cause cause) const {
    u64 sum = 0;
    for (const Row& row : rows_) sum += row[static_cast<std::size_t>(cause)];
    return sum;
}

LedgerCells& LedgerCells::operator+=(const LedgerCells& other) {
    for (std::size_t f = 0; f < rows_.size(); ++f)
        for (std::size_t c = 0; c < kCauseCount; ++c) rows_[f][c] += other.rows_[f][c];
    for (std::size_t c = 0; c < kCauseCount; ++c) estimated_[c] += other.estimated_[c];
    return *this;
}

LedgerCells& LedgerCells::operator-=(const LedgerCells& other) {
    for (std::size_t f = 0; f < rows_.size(); ++f)
        for (std::size_t c = 0; c < kCauseCount; ++c) rows_[f][c] -= other.rows_[f][c];
    for (std::size_t c = 0; c < kCauseCount; ++c) estimated_[c] -= other.estimated_[c];
    return *this;
}

void CostLedger::move_to(u64 pc, unsigned el) {
    const FunctionTable::Place place = functions_.place_of(pc);
    start_ = place.start;
    size_ = place.end - place.start;
    el_ = el;
    const bool known = place.index != FunctionTable::kNone;
    row_ = &cells_[known ? place.index : functions_.size() + (el == 0 ? 0 : 1)];
}

std::string CostLedger::name_of_row(std::size_t index) const {
    if (index < functions_.size()) return functions_[index].name;
    return index == functions_.size() ? "[el0]" : "[el1]";
}

bool CostLedger::is_kernel_row(std::size_t index) const {
    if (index < functions_.size()) return arch::BitField<55>::test(functions_[index].start);
    return index != functions_.size();
}

std::vector<LedgerLine> CostLedger::lines(const LedgerCells& cells) const {
    std::vector<LedgerLine> out;
    for (std::size_t f = 0; f < cells.size(); ++f) {
        for (std::size_t c = 0; c < kCauseCount; ++c) {
            if (cells[f][c] != 0) out.push_back({name_of_row(f), static_cast<Cause>(c), cells[f][c], is_kernel_row(f)});
        }
    }
    return out;
}

}  // namespace emu
