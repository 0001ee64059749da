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
    row_ = &cells_[functions_.row_of(place, el)];
}

std::vector<LedgerLine> CostLedger::lines(const LedgerCells& cells) const {
    std::vector<LedgerLine> out;
    for (std::size_t f = 0; f < cells.size(); ++f) {
        for (std::size_t c = 0; c < kCauseCount; ++c) {
            if (cells[f][c] != 0) out.push_back({functions_.row_name(f), static_cast<Cause>(c), cells[f][c]});
        }
    }
    return out;
}

}  // namespace emu
